"""What stands in the way of taking a deed back, in words: person by person, field by field, and who was there since."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from contacts import phones
from contacts.access import Deed
from contacts.models import AuditEntry, ImportBatch, ImportRow, JournalLine, Officer, Stakeholder, Unit
from contacts.rows import field_of, model_of
from liaison.batches import batches

MAIN = {"officers": Officer, "units": Unit}  # whose key is the group; elsewhere the row names the person
HIDDEN = {"pinyin", "initials", "occurred_on", "id"}
FIELDS: dict[str, str | Promise] = {
    "position": gettext_lazy("order of dialling"),
    "superseded_at": gettext_lazy("corrected at"),
    "voided_at": gettext_lazy("voided at"),
    "voided_by_id": gettext_lazy("voided by"),
    "promise_kept_at": gettext_lazy("promise kept at"),
    "last_login": gettext_lazy("last sign-in"),
}
WHY: dict[str, str | Promise] = {
    "missing": gettext_lazy("what it said before is there no more"),
    "taken": gettext_lazy("what it said before belongs to something else now"),
    "covered": gettext_lazy("another pairing covers these days now"),
    "circle": gettext_lazy("the unit that was above it stands below it now"),
    "follows": gettext_lazy("it follows the pairing, which stays"),
}
ELSEWHERE = gettext_lazy("It belongs to a unit that you do not coordinate.")


@dataclass(frozen=True)
class Why:
    """One thing in the way: a field with what the import left and what stands now, or a sentence. `since`: who did it."""

    what: str
    field: str = ""
    left: str = ""
    now: str = ""
    sentence: str = ""
    since: str = ""

    def __str__(self) -> str:
        told = self.sentence or f"{self.left} → {self.now}"
        named = ", ".join(part for part in (self.what, self.field) if part)
        since = f" ({self.since})" if self.since else ""
        return f"{named}: {told}{since}" if named else f"{told}{since}"


@dataclass(frozen=True)
class Stayed:
    """Something that stayed, or would: the row that brought it, and why."""

    row: ImportRow
    why: list[Why]


def explain(
    batch: ImportBatch, rows: Sequence[ImportRow], lines: Iterable[JournalLine], officer: Officer | None
) -> list[Stayed]:
    """Of the rows, each with the lines of its group. What `officer` does not coordinate says only that."""
    told = [line for line in lines if (line.obstacle or {}).keys() - {"bound"}]
    by_group: dict[int, list[JournalLine]] = defaultdict(list)
    for line in told:
        by_group[line.group].append(line)
    seen = _within(batch, rows, officer)
    words = Words([line for row in rows if row.pk in seen for line in by_group[row.group or 0]])
    since = Since(batch, [row for row in rows if row.pk in seen], told)
    elsewhere = [Why("", sentence=str(ELSEWHERE))]
    return [
        Stayed(
            row,
            [why for line in by_group[row.group or 0] for why in reasons(line, words, since)]
            if row.pk in seen
            else elsewhere,
        )
        for row in rows
    ]


def key_of(batch: ImportBatch, row: ImportRow) -> int | None:
    """The person, officer or unit that a row is about."""
    return row.group if batch.kind in MAIN else row.stakeholder_id


def _within(batch: ImportBatch, rows: Sequence[ImportRow], officer: Officer | None) -> set[int]:
    """The rows of which the officer may see what stands there now."""
    if officer is None or officer.rights.reach(Deed.RECOUNT).everything:
        return {row.pk for row in rows}
    model: Any = MAIN.get(batch.kind, Stakeholder)
    keys = [key_of(batch, row) for row in rows]
    within: set[int | None] = {None}  # who is gone has nothing to hide
    for some in batches([key for key in keys if key is not None]):
        visible = model.objects.visible_to(officer, Deed.RECOUNT).filter(pk__in=some)
        within.update(visible.values_list("pk", flat=True))
    return {row.pk for row, key in zip(rows, keys, strict=True) if key in within}


def reasons(line: JournalLine, words: Words, since: Since | None = None) -> list[Why]:
    """Without `since` it is not said who did it."""
    obstacle: dict[str, Any] = line.obstacle or {}
    what, found = words.what(line), []
    if obstacle.get("reach"):
        found.append(Why("", sentence=str(ELSEWHERE)))
    if "pk" in obstacle:
        gone = obstacle["pk"][1] is None
        sentence = _("there no more") if gone else _("there again")
        found.append(Why(what, sentence=sentence, since=since.of(line, "pk") if since else ""))
    for label, count in obstacle.get("rows", {}).items():
        found.append(Why(what, sentence=hanging(label, count)))
    why = obstacle.get("why", {})
    names = [field.attname for field in model_of(line.model)._meta.concrete_fields]
    for name in (name for name in names if name in obstacle and name not in HIDDEN):
        left, now = obstacle[name]
        if name in why:
            found.append(Why(what, words.field(line, name), sentence=str(WHY[why[name]])))
        elif left != now:
            shown = words.value(line, name, left), words.value(line, name, now)
            by = since.of(line, name) if since else ""
            found.append(Why(what, words.field(line, name), *shown, since=by))
    return found


def hanging(label: str, count: int) -> str:
    if not label:
        return _("other entries refer to it now")
    meta = model_of(label)._meta
    named = meta.verbose_name if count == 1 else meta.verbose_name_plural
    return ngettext("%(count)s %(what)s hangs on it now", "%(count)s %(what)s hang on it now", count) % {
        "count": count,
        "what": named,
    }


class Words:
    """Names of what lines point to, read at once."""

    def __init__(self, lines: Iterable[JournalLine]) -> None:
        wanted: dict[type[models.Model], set[Any]] = defaultdict(set)
        for line in lines:
            for name, both in (line.obstacle or {}).items():
                field = self._field(line, name)
                if field is not None and field.is_relation:
                    wanted[field.related_model] |= {value for value in both if value is not None}
        self.names = {
            model: {pk: self._named(row) for pk, row in model._base_manager.in_bulk(pks).items()}
            for model, pks in wanted.items()
            if pks
        }

    def what(self, line: JournalLine) -> str:
        """The thing that a line is about: "" for the person, officer or unit itself, a number by what it is."""
        if model_of(line.model) in {Stakeholder, Officer, Unit}:
            return ""
        name = str(model_of(line.model)._meta.verbose_name)
        told: dict[str, Any] = line.after or line.before or {}
        return f"{name} {phones.shown(told['e164'])}" if "e164" in told else name

    def field(self, line: JournalLine, name: str) -> str:
        return str(FIELDS.get(name) or field_of(model_of(line.model), name).verbose_name)

    def value(self, line: JournalLine, name: str, value: Any) -> str:
        field = self._field(line, name)
        if value in (None, ""):
            return "–"
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if field.is_relation:
            return self.names.get(field.related_model, {}).get(value, "–")
        if isinstance(field, models.DateTimeField):
            instant = parse_datetime(value)
            return f"{timezone.localtime(instant):%Y-%m-%d %H:%M}" if instant else value
        return str(dict(field.flatchoices).get(value, value))

    def _field(self, line: JournalLine, name: str) -> Any:
        fields = model_of(line.model)._meta.concrete_fields
        return next((field for field in fields if field.attname == name and name != "id"), None)

    def _named(self, row: models.Model) -> str:
        return f"{row.name} {row.police_number}" if isinstance(row, Officer) else str(row)


class Since:
    """Who touched the lines' rows after the import: a later journal tells, or else the audit trail."""

    def __init__(self, batch: ImportBatch, rows: Sequence[ImportRow], lines: Sequence[JournalLine]) -> None:
        groups = {row.group for row in rows}
        touched: dict[str, set[int]] = defaultdict(set)
        for line in lines:
            if line.group in groups:
                touched[line.model].add(line.object_id)
        which = Q(pk__in=[])
        for label, pks in touched.items():
            which |= Q(model=label, object_id__in=pks)
        later = JournalLine.objects.standing().filter(which, journal__gt=batch.journal_id)
        self.later: dict[tuple[str, int], list[JournalLine]] = defaultdict(list)
        if touched:
            for line in later.select_related("journal__import_batch").order_by("pk"):
                self.later[line.model, line.object_id].append(line)
        self.keys = {row.group: key_of(batch, row) for row in rows}
        self.entries: dict[str, list[AuditEntry]] = defaultdict(list)
        label = MAIN.get(batch.kind, Stakeholder)._meta.label_lower
        entries = AuditEntry.objects.filter(
            object_type=label, object_id__in=[str(key) for key in self.keys.values()], at__gt=batch.applied_at
        )
        if touched:
            for entry in entries.exclude(action="import").select_related("officer").order_by("pk"):
                self.entries[entry.object_id].append(entry)

    def of(self, line: JournalLine, name: str) -> str:
        for later in reversed(self.later[line.model, line.object_id]):
            if name in (later.after or {name}):
                return self._journal(later)
        word = {
            "contacts.contactphone": "phones",
            "contacts.seat": "seats",
            "contacts.pairing": "officer",
        }.get(line.model, name.removesuffix("_id"))
        for entry in reversed(self.entries[str(self.keys.get(line.group))]):
            if word in (entry.before or {}) or word in (entry.after or {}):
                by = entry.officer.name if entry.officer else entry.via
                return _("by %(who)s on %(day)s") % {"who": by, "day": day(entry.at)}
        return ""

    def _journal(self, line: JournalLine) -> str:
        found = line.journal
        batch = getattr(found, "import_batch", None)
        if batch:
            named = {"file": batch.file_name, "day": day(found.made_at)}
            return _("by the import of %(file)s on %(day)s") % named
        return f"{found.get_kind_display()}, {day(found.made_at)}"


def day(instant: Any) -> str:
    return f"{timezone.localtime(instant):%Y-%m-%d}"
