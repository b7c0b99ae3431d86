"""Tables of turnovers, and of the people and rows of one."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import django_tables2 as tables
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from contacts.imports.issues import Issue
from contacts.models import (
    ContactRecord,
    Feedback,
    Officer,
    Pairing,
    Seat,
    Stakeholder,
    Turnover,
    TurnoverLine,
    Unit,
)
from contacts.tables import cells
from contacts.tables.imports import change_list, heading
from contacts.turnover import words
from liaison.markup import badge

TONES = {
    "continuing": "good", "ended": "bad", "new": "assigned", "moved": "due_soon", "doubtful": "warn", "refused": "bad",
    "checked": "warn", "applied": "good",
}  # fmt: skip


class TurnoverTable(tables.Table):
    body = tables.Column(accessor="pk", verbose_name=_("Body"), orderable=False)
    unit = tables.Column(orderable=False)
    term_number = tables.Column(orderable=False)
    starts_on = cells.DayColumn()
    state = tables.Column(verbose_name=_("State"), orderable=False)
    officer = tables.Column(accessor="batch__officer", verbose_name=_("Who"), orderable=False)
    created_at = cells.InstantColumn(accessor="batch__created_at", verbose_name=_("When"))

    class Meta:
        model = Turnover
        fields = ["body", "unit", "term_number", "starts_on", "state", "officer", "created_at"]
        empty_text = _("No term has been turned here.")

    def render_body(self, record: Turnover) -> SafeString:
        return format_html('<a href="{}">{}</a>', record.get_absolute_url(), record)

    def render_state(self, record: Turnover) -> SafeString:
        return badge(TONES.get(record.state, record.state), record.state_label)


@dataclass
class Matters:
    """What is open with some people: who holds them on the last day of the old term, and what we owe them."""

    officers: dict[int, Officer] = field(default_factory=dict)
    feedback: Counter[int] = field(default_factory=Counter)
    promises: Counter[int] = field(default_factory=Counter)
    seats: dict[int, list[Seat]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of(cls, people: Collection[int], turnover: Turnover, viewer: Officer) -> Matters:
        found = cls()
        mine = {"stakeholder__in": Stakeholder.objects.visible_to(viewer).filter(pk__in=people).values("pk")}
        for pairing in Pairing.objects.open(turnover.eve).filter(**mine).select_related("officer"):
            found.officers[pairing.stakeholder_id] = pairing.officer
        pending = Feedback.objects.visible_to(viewer).pending().filter(**mine)
        found.feedback.update(pending.values_list("stakeholder", flat=True))
        promised = ContactRecord.objects.promised().filter(**mine)
        found.promises.update(promised.values_list("stakeholder", flat=True))
        for seat in Seat.objects.active(turnover.starts_on).filter(**mine):
            if not turnover.is_of_body(seat):
                found.seats[seat.stakeholder_id].append(seat)
        return found

    def words(self, person: int) -> list[str]:
        said = []
        if officer := self.officers.get(person):
            said.append(f"{officer.name} {officer.police_number}")
        if count := self.feedback[person]:
            said.append(ngettext("%(n)s opinion open", "%(n)s opinions open", count) % {"n": count})
        if count := self.promises[person]:
            said.append(ngettext("%(n)s promise open", "%(n)s promises open", count) % {"n": count})
        return said + list(dict.fromkeys(cells.seat_text(seat) for seat in self.seats[person]))


class TurnoverLineTable(tables.Table):
    name = tables.Column(attrs=cells.NOWRAP, order_by="name")
    number = tables.Column(default="–", order_by="id", attrs={"td": {"class": "number"}})
    group = tables.Column()
    why = tables.Column(verbose_name=_("Why"), orderable=False, empty_values=())
    changes = tables.Column(verbose_name=_("Before → after"), orderable=False, default="")
    matters = tables.Column(
        verbose_name=_("Officer, what is open, other seats"),
        accessor="stakeholder_id",
        orderable=False,
        default="",
    )

    matters_of: Matters = Matters()
    units: Mapping[str, str] = MappingProxyType({})  # code → short name

    class Meta:
        model = TurnoverLine
        fields = ["name", "number", "group", "why", "changes", "matters"]
        empty_text = _("Nobody like this.")

    def look_up(self, turnover: Turnover, viewer: Officer) -> None:
        """Read what is open with the people of the page that is shown."""
        people = [row.record.stakeholder_id for row in self.paginated_rows if row.record.stakeholder_id]
        self.matters_of = Matters.of(people, turnover, viewer)
        self.units = dict(Unit.objects.values_list("code", "short_name"))

    def render_name(self, record: TurnoverLine) -> SafeString | str:
        return cells.person_link(record.stakeholder) if record.stakeholder else record.name or "–"

    def render_number(self, record: TurnoverLine) -> str:
        return f"{record.sheet} {record.number}".strip()

    def render_group(self, record: TurnoverLine) -> SafeString:
        return badge(TONES[record.group], record.get_group_display())

    def render_why(self, record: TurnoverLine) -> SafeString:
        remarks = [Issue.from_json(stored) for stored in record.issues]
        lines = [("", words.why(record)), *((heading(issue), issue.message) for issue in remarks)]
        return format_html_join("", "<p>{}{}</p>", ((head, text) for head, text in lines if text))

    def render_changes(self, value: dict[str, list[Any]]) -> SafeString:
        return change_list(value, self.units)

    def render_matters(self, value: int) -> SafeString:
        return format_html_join(cells.BREAK, "{}", ((text,) for text in self.matters_of.words(value)))
