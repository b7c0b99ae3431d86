"""What tells people apart: the traits of a person, and each piece of evidence that two are one with its weight.

One table for everything that compares: imports ask for the agreement of a row and a person of that name, the page of
possible duplicates for the score of two people. Nothing is ever merged by it: somebody decides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from contacts.imports import cells

if TYPE_CHECKING:
    from contacts.imports.rosters import Entry
    from contacts.models import ContactPhone, Stakeholder
    from contacts.phones import Phone


@dataclass(frozen=True, slots=True)
class Traits:
    """What is known of a person. Texts are plain: half-width and without blanks."""

    mobiles: tuple[str, ...] = ()
    landlines: tuple[str, ...] = ()
    birth: str = ""
    sex: str = ""
    employer: str = ""
    address: str = ""
    name: str = ""
    certificates: tuple[str, ...] = ()

    @classmethod
    def of(
        cls,
        numbers: Iterable[Phone | ContactPhone],
        birth: str,
        sex: str,
        employer: str,
        address: str,
        **more: Any,
    ) -> Traits:
        by_kind: dict[str, list[str]] = {"mobile": [], "landline": []}
        for one in numbers:
            by_kind[one.kind].append(f"{one.e164};ext={one.extension}" if one.extension else one.e164)
        texts = birth, sex, cells.plain(employer), cells.plain(address)
        return cls(tuple(by_kind["mobile"]), tuple(by_kind["landline"]), *texts, **more)

    @classmethod
    def of_entry(cls, entry: Entry) -> Traits:
        said = (entry.said.get(name, "") for name in ("birth", "sex", "employer", "address"))
        return cls.of(entry.phones, *said)

    @classmethod
    def of_person(
        cls,
        person: Stakeholder,
        phones: Iterable[ContactPhone] | None = None,
        certificates: Iterable[str] = (),
    ) -> Traits:
        """`phones`: where they are at hand, or must not be asked for."""
        numbers = person.phones.all() if phones is None else phones
        texts = person.birth, person.sex, person.employer, person.address
        return cls.of(numbers, *texts, name=person.name, certificates=tuple(certificates))

    def __or__(self, other: Traits) -> Traits:
        """What two sources say together of one person."""
        return Traits(
            self.mobiles + other.mobiles,
            self.landlines + other.landlines,
            max(self.birth, other.birth, key=len),
            self.sex or other.sex,
            self.employer or other.employer,
            self.address or other.address,
            self.name or other.name,
            self.certificates + other.certificates,
        )

    def agreement(self, other: Traits) -> int:
        """How much speaks for one and the same person, their name aside; matching knows how much is enough."""
        return sum(one.points for one in OF_A_NAMESAKE if one.holds(self, other))

    def evidence(self, other: Traits) -> tuple[Evidence, ...]:
        """Everything that speaks for one and the same person, and against it."""
        return tuple(one for one in EVIDENCE if one.holds(self, other))

    def contradicts(self, other: Traits) -> bool:
        """Do both say something of the same kind, and not the same?"""
        pairs = [(self.birth, other.birth), (self.sex, other.sex), (self.employer, other.employer)]
        return _differ(self.mobiles, other.mobiles) or any(
            here and there and here != there for here, there in pairs
        )

    def is_but_for_the_name(self, other: Traits) -> bool:
        birth, employer = self.birth or None, self.employer or None
        return _share(self.mobiles, other.mobiles) and birth == other.birth and employer == other.employer

    def may_be_same(self, other: Traits) -> bool:
        """Of two people with one name: a shared mobile, or birth and employer where no phones speak against it."""
        if _share(self.mobiles, other.mobiles):
            return True
        two_mobiles = bool(self.mobiles and other.mobiles)
        same = self.birth and self.birth == other.birth and self.employer and self.employer == other.employer
        return bool(same) and not two_mobiles


@dataclass(frozen=True)
class Evidence:
    """One thing that speaks for two being one person (points above 0) or against it (below)."""

    code: str
    points: int
    words: str | Promise
    holds: Callable[[Traits, Traits], bool]


def _share(here: tuple[str, ...], there: tuple[str, ...]) -> bool:
    return any(one in there for one in here)


def _differ(here: tuple[str, ...], there: tuple[str, ...]) -> bool:
    return bool(here and there) and not _share(here, there)


def _same(name: str) -> Callable[[Traits, Traits], bool]:
    return lambda one, other: bool(getattr(one, name)) and getattr(one, name) == getattr(other, name)


def _other_year(one: Traits, other: Traits) -> bool:
    return bool(one.birth and other.birth) and one.birth[:4] != other.birth[:4]


# A month beside a year alone, or two months of one year, say nothing.
OF_A_NAMESAKE = (
    Evidence("same_mobile", 4, _("the same mobile"), lambda one, other: _share(one.mobiles, other.mobiles)),
    Evidence("same_birth", 2, _("the same birth"), _same("birth")),
    Evidence("same_employer", 2, _("the same employer and post"), _same("employer")),
    Evidence("same_landline", 1, _("the same landline"), lambda one, other: _share(one.landlines, other.landlines)),
    Evidence("same_address", 1, _("the same address"), _same("address")),
    Evidence("other_birth", -3, _("another year of birth"), _other_year),
    Evidence("other_sex", -4, _("another sex"), lambda one, other: bool(one.sex and other.sex) and one.sex != other.sex),
)  # fmt: skip
EVIDENCE = (
    Evidence("same_name", 2, _("the same name"), _same("name")),
    Evidence(
        "same_certificate", 4, _("the same certificate number"),
        lambda one, other: _share(one.certificates, other.certificates),
    ),
    *OF_A_NAMESAKE,
    Evidence("other_mobile", -3, _("different mobiles"), lambda one, other: _differ(one.mobiles, other.mobiles)),
    Evidence("other_name", -3, _("another name"), lambda one, other: one.name != other.name),
)  # fmt: skip
