"""People who may be one and the same: found by what they share, weighed by `contacts.traits`, decided by somebody.

Four queries name the groups that share a mobile, a certificate number, name and birth, or name and employer; all else
is reckoned from the few people in them. Groups of more than CROWD are no evidence (a switchboard typed as a mobile, a
name and an employer that half a town has) and are left out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import combinations, islice
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Aggregate, CharField, Count, F, Max, Min, Q, QuerySet
from django.utils.translation import gettext as _

from contacts.access import Deed
from contacts.models import Actor, AuditEntry, ContactPhone, Distinct, Officer, Seat, Stakeholder
from contacts.traits import Evidence, Traits
from liaison.batches import batches

LIKELY = 6  # points: shown without being asked for; less than that are weak
WEAK = 1
CROWD = 30  # people
PAIRS = 20_000  # of one kind, looked at in one go; from the smallest groups, where true duplicates are
LANDLINE = 1  # points that numbers can still add to two who do not share a mobile


@dataclass(frozen=True)
class Pair:
    """Two people, the older number first, with what speaks for and against their being one."""

    first: int
    second: int
    evidence: tuple[Evidence, ...]

    @property
    def score(self) -> int:
        return sum(one.points for one in self.evidence)

    @property
    def is_likely(self) -> bool:
        return self.score >= LIKELY

    @property
    def speaks_for(self) -> list[Evidence]:
        return [one for one in self.evidence if one.points > 0]

    @property
    def speaks_against(self) -> list[Evidence]:
        return [one for one in self.evidence if one.points < 0]

    @property
    def place(self) -> tuple[int, int, int]:
        """Where it stands in a list: the likeliest first."""
        return -self.score, self.first, self.second


class Keys(Aggregate):
    """The keys of a group as one text, "1,2,3"."""

    function = "GROUP_CONCAT"
    output_field = CharField()

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, template="STRING_AGG(%(expressions)s::text, ',')", **extra)


def people_of(officer: Officer | None) -> QuerySet[Stakeholder]:
    """Whom they may decide about; None is the server itself."""
    people = Stakeholder.objects.order_by()
    return people.visible_to(officer, Deed.EDIT_ROSTER) if officer else people


@dataclass(frozen=True)
class Found:
    """The likeliest first. `more`: there was more to look at than is looked at in one go."""

    pairs: list[Pair]
    more: bool


def find(officer: Officer | None, *, weak: bool = False) -> Found:
    """The likely pairs within reach, or the weak ones."""
    people = people_of(officer)
    found = Candidates()
    found.add(found.called, groups(people, "name", "birth_year", "birth_month"))
    found.add(found.called, groups(people.exclude(employer=""), "name", "employer"))
    phones = _within(ContactPhone.objects.filter(kind=ContactPhone.Kind.MOBILE), people, officer)
    found.add(found.sharing, groups(phones, "e164", of="stakeholder"))
    seats = _within(Seat.objects.exclude(certificate=""), people, officer)
    found.add(found.sharing, found.certified(groups(seats, "certificate", of="stakeholder")))
    pairs = (pair for pair in found.weighed(weak) if pair.is_likely is not weak)
    return Found(sorted(pairs, key=lambda pair: pair.place), found.more)


def around(person: Stakeholder, officer: Officer) -> list[Pair]:
    """Everybody within reach who may be this person, likely or not."""
    phones = ContactPhone.objects.filter(kind=ContactPhone.Kind.MOBILE)
    mobiles = phones.filter(stakeholder=person).values("e164")
    certificates = Seat.objects.exclude(certificate="").filter(stakeholder=person).values("certificate")
    same = Q(pk__in=phones.filter(e164__in=mobiles).values("stakeholder")) | Q(
        pk__in=Seat.objects.filter(certificate__in=certificates).values("stakeholder")
    )
    if person.birth_year:
        same |= Q(name=person.name, birth_year=person.birth_year, birth_month=person.birth_month)
    if person.employer:
        same |= Q(name=person.name, employer=person.employer)
    others = (
        people_of(officer)
        .filter(same)
        .exclude(pk=person.pk)
        .order_by("pk")
        .values_list("pk", flat=True)[:CROWD]
    )
    pairs = {in_order(person.pk, pk) for pk in others}
    return sorted(weigh(pairs), key=lambda pair: pair.place)


def compare(one: Stakeholder, other: Stakeholder) -> Pair:
    """What speaks for and against these two, whoever asks."""
    first, second = sorted([one, other], key=lambda person: person.pk)
    traits = [
        Traits.of_person(
            person, certificates=[seat.certificate for seat in person.seats.all() if seat.certificate]
        )
        for person in (first, second)
    ]
    return Pair(first.pk, second.pk, traits[0].evidence(traits[1]))


def in_order(one: int, other: int) -> tuple[int, int]:
    return min(one, other), max(one, other)


# --- candidates ----------------------------------------------------------------------------------------------


def groups(rows: QuerySet[Any], *shared: str, of: str = "pk") -> Iterator[tuple[Any, list[int]]]:
    """What is shared, and the people who share it. What is not known is shared by nobody."""
    known = rows.filter(**{f"{shared[1]}__isnull": False}) if len(shared) > 1 else rows
    found = (
        known.order_by().values(*shared).annotate(rows=Count(of), low=Min(of), high=Max(of), keys=Keys(of))
    )
    found = found.filter(low__lt=F("high"), rows__lte=CROWD).order_by("rows", "low")
    for *values, keys in found.values_list(*shared, "keys")[:PAIRS]:
        yield values[-1], sorted(set(map(int, keys.split(","))))


def _within(rows: QuerySet[Any], people: QuerySet[Stakeholder], officer: Officer | None) -> QuerySet[Any]:
    if officer is None or officer.rights.reach(Deed.EDIT_ROSTER).everything:
        return rows
    return rows.filter(stakeholder__in=people.values("pk"))


@dataclass
class Candidates:
    """Pairs to be weighed. `called`: known by their names alone so far, so that most need no look at their numbers."""

    called: set[tuple[int, int]] = field(default_factory=set)
    sharing: set[tuple[int, int]] = field(default_factory=set)
    certificates: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    more: bool = False

    def add(self, pairs: set[tuple[int, int]], found: Iterable[tuple[Any, list[int]]]) -> None:
        each = (pair for _shared, people in found for pair in combinations(people, 2))
        pairs.update(islice(each, PAIRS))
        self.more |= next(each, None) is not None

    def certified(self, found: Iterable[tuple[str, list[int]]]) -> Iterator[tuple[str, list[int]]]:
        for certificate, people in found:
            for pk in people:
                self.certificates[pk].add(certificate)
            yield certificate, people

    def weighed(self, weak: bool) -> Iterator[Pair]:
        """Those that are worth a look, each with its evidence. Whoever shares no mobile and falls short without any
        number can not become likely by one."""
        enough = WEAK if weak else LIKELY - LANDLINE
        people = read(self.called | self.sharing)
        plain = {pk: Traits.of_person(person, phones=()) for pk, person in people.items()}
        called = {
            pair
            for pair in self.called - self.sharing
            if sum(one.points for one in plain[pair[0]].evidence(plain[pair[1]])) >= enough
        }
        decided = Distinct.objects.among(people)
        pairs = (called | self.sharing) - decided
        return (pair for pair in weigh(pairs, people, self.certificates) if pair.score >= WEAK)


def read(pairs: Iterable[tuple[int, int]]) -> dict[int, Stakeholder]:
    """The people of some pairs, as far as traits ask."""
    pks = sorted({pk for pair in pairs for pk in pair})
    rows = Stakeholder.objects.only("name", "sex", "birth_year", "birth_month", "employer", "address")
    found: dict[int, Stakeholder] = {}
    for some in batches(pks):
        found.update(rows.in_bulk(some))
    return found


def weigh(
    pairs: set[tuple[int, int]],
    people: dict[int, Stakeholder] | None = None,
    certificates: dict[int, set[str]] | None = None,
) -> Iterator[Pair]:
    people = people or read(pairs)
    phones: dict[int, list[ContactPhone]] = defaultdict(list)
    pks = sorted({pk for pair in pairs for pk in pair})
    for some in batches(pks):
        for phone in ContactPhone.objects.filter(stakeholder__in=some):
            phones[phone.stakeholder_id].append(phone)
    known = certificates or {}
    traits = {pk: Traits.of_person(people[pk], phones[pk], known.get(pk, ())) for pk in pks if pk in people}
    for first, second in pairs:
        if first in traits and second in traits:  # one may have gone since
            yield Pair(first, second, traits[first].evidence(traits[second]))


# --- not the same --------------------------------------------------------------------------------------------


def locked(one: Stakeholder, other: Stakeholder) -> tuple[Stakeholder, Stakeholder]:
    """Both, locked in the order of their numbers, so that A with B and B with A take turns; ValidationError when
    somebody merged one of them meanwhile."""
    pks = in_order(one.pk, other.pk)
    rows = Stakeholder.objects.select_for_update().filter(pk__in=pks).order_by("pk")
    found = {person.pk: person for person in rows}
    if len(found) < 2:
        raise ValidationError(
            _("Somebody merged one of the two meanwhile, so nothing was changed. Look at the person.")
        )
    return found[one.pk], found[other.pk]


@transaction.atomic
def keep_apart(one: Stakeholder, other: Stakeholder, *, actor: Actor, reason: str = "") -> Distinct:
    """These two are not the same; nobody is asked again. Deciding it twice decides it once."""
    first, second = sorted(locked(one, other), key=lambda person: person.pk)
    found, made = Distinct.objects.get_or_create(
        first=first, second=second, defaults={"decided_by": actor.officer, "reason": reason}
    )
    if made:
        after = {"first": first.number, "second": second.number}
        AuditEntry.objects.record(actor, "keep people apart", found, after=after, reason=reason)
    return found


@transaction.atomic
def ask_again(distinct: Distinct, *, actor: Actor) -> None:
    """Take back that two are not the same; they stand among the possible duplicates again."""
    gone, _counts = Distinct.objects.filter(pk=distinct.pk).delete()
    if gone:
        before = {"first": distinct.first.number, "second": distinct.second.number, "reason": distinct.reason}
        AuditEntry.objects.record(actor, "ask again about people", distinct, before=before)
