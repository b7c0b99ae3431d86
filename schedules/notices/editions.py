"""Public editions in the notices: leaders hear of one that waits for their approval, and whoever wrote it of what became of it.
Told once for each time that it changes hands."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Value, When

from contacts.models import Officer
from schedules.models import EditionStage, NoticeLine, PublicEdition
from schedules.notices.hours import Moment
from schedules.notices.people import People

Stage, State = EditionStage, PublicEdition.State


def _editions() -> QuerySet[PublicEdition]:
    """Those of which there is something to tell, told or not."""
    stage = Case(
        When(state=State.SUBMITTED, then=Value(Stage.TO_APPROVE)),
        When(state=State.APPROVED, then=Value(Stage.APPROVED)),
        When(~Q(remark=""), state=State.DRAFT, then=Value(Stage.SENT_BACK)),
    )
    return PublicEdition.objects.annotate(stage=stage).filter(stage__isnull=False).order_by("pk")


def _lines(editions: QuerySet[PublicEdition], moment: Moment) -> Iterator[NoticeLine]:
    found = list(editions.select_related("digest").prefetch_related("writers"))
    people = People.read(moment.today) if found else People()
    for edition in found:
        for officer in sorted(_concerned(edition, people)):
            yield NoticeLine(
                edition=edition,
                stage=edition.stage,  # type: ignore[attr-defined]
                occasion=edition.turn,
                recipient_id=officer,
            )


def _concerned(edition: PublicEdition, people: People) -> set[int]:
    """The leaders of the nearest county or of the bureau, who approve what they did not write; or its writer."""
    if edition.state != State.SUBMITTED:
        return {edition.written_by_id} & people.serves_in.keys()
    writers = {writer.pk for writer in edition.writers.all()}
    above = (set(people.approvers(unit)) - writers for unit in people.above(edition.digest.unit_id))
    return next((found for found in above if found), set())


def untold(moment: Moment) -> list[NoticeLine]:
    """A line for everybody who is to be told now. Under the lock of the passes."""
    told = NoticeLine.objects.exclude(state=NoticeLine.State.CANCELLED)
    told = told.filter(edition=OuterRef("pk"), stage=OuterRef("stage"), occasion=OuterRef("turn"))
    return list(_lines(_editions().filter(~Exists(told)), moment))


def still_told(lines: Collection[NoticeLine], moment: Moment) -> set[int]:
    """The lines, of some about editions, that would be told again and to the same officer."""
    if not lines:
        return set()
    standing = {
        _key(line) for line in _lines(_editions().filter(pk__in={line.edition_id for line in lines}), moment)
    }
    return {line.pk for line in lines if _key(line) in standing}


def _key(line: NoticeLine) -> tuple[object, ...]:
    return line.edition_id, line.stage, line.occasion, line.recipient_id


# --- what is read of it --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Described:
    """A line as its reader reads it; without the edition where that is out of their reach by now."""

    line: int
    stage: EditionStage
    edition: PublicEdition | None


def described(lines: Iterable[NoticeLine], reader: Officer) -> list[Described]:
    """In one query however many there are."""
    about = [line for line in lines if line.edition_id]
    if not about:
        return []
    seen = PublicEdition.objects.visible_to(reader).filter(pk__in={line.edition_id for line in about})
    found = seen.select_related("digest__unit").defer("digest__figures").in_bulk()
    return [Described(line.pk, Stage(line.stage), found.get(line.edition_id)) for line in about]
