"""Tables of past imports, and of the rows of one."""

from collections.abc import Mapping
from typing import Any

import django_tables2 as tables
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contacts import phones
from contacts.audit_words import field_name
from contacts.imports.issues import Issue
from contacts.models import ContactRecord, ImportBatch, ImportRow, Officer, Seat, Stakeholder, Unit
from liaison.markup import badge

NUMBER = {"td": {"class": "number"}, "th": {"class": "number"}}
FIELDS = {
    "name": pgettext_lazy("of a person", "name"), "sex": _("sex"), "birth": _("month of birth"), "employer": _("employer and post"),
    "address": _("address"), "street": _("township or street"), "email": _("e-mail"), "remark": _("remark"),
    "unit": _("unit in charge"), "phones": _("phone numbers"), "officer": _("officer"), "level": _("level"),
    "term_number": _("term"), "term": _("from – until"), "certificate": _("certificate number"),
    "occupation": _("walk of life"), "delegation": _("delegation"), "body": _("body"), "appointing": _("appointing unit"),
    "post": _("post"), "post_class": _("class of post"), "mobile": _("mobile"), "short_name": _("short name"),
    "kind": _("kind"), "parent": _("parent unit"), "ended_on": _("until"), "outcome": _("outcome"),
    "summary": _("what was said"), "feedback": _("feedback"),
}  # fmt: skip

# What stored words read like.
WORDS = {
    (name, value): label
    for name, choices in {
        "sex": Stakeholder.Sex.choices, "level": Seat.Level.choices, "post_class": Officer.PostClass.choices,
        "kind": Unit.Kind.choices, "outcome": ContactRecord.Outcome.choices,
    }.items()
    for value, label in choices
}  # fmt: skip


class ImportTable(tables.Table):
    file_name = tables.Column(linkify=True)
    kind = tables.Column()
    state = tables.Column()
    created_at = tables.DateTimeColumn(format="Y-m-d H:i", attrs={"td": {"class": "nowrap"}})
    officer = tables.Column(order_by="officer__pinyin", empty_values=(), attrs={"td": {"class": "nowrap"}})
    rows_count = tables.Column()

    class Meta:
        model = ImportBatch
        fields = ["file_name", "kind", "state", "created_at", "officer", "rows_count"]
        order_by = "-created_at"
        empty_text = _("Nothing was imported yet.")

    def render_state(self, record: ImportBatch) -> SafeString:
        tones = {"checked": "warn", "applied": "good", "taking_back": "warn", "failed": "bad"}
        tone = tones.get(record.state, record.state)
        return format_html("{} {}", badge(tone, record.state_in_words), record.refused_because)

    def render_rows_count(self, record: ImportBatch) -> str:
        """How many, and what became of them as far as anything did."""
        names = ("created_count", "updated_count", "unchanged_count", "flagged_count", "rejected_count")
        told = [
            f"{number} {field_name('contacts.importbatch', name)}"
            for name in names
            if (number := getattr(record, name))
        ]
        return f"{record.rows_count}: {', '.join(told)}" if told else str(record.rows_count or "–")

    def render_officer(self, record: ImportBatch) -> str:
        return record.officer.name if record.officer else str(_("the server"))


class ImportRowTable(tables.Table):
    """`units` names units by their codes."""

    number = tables.Column(attrs=NUMBER, order_by="id")
    sheet = tables.Column(default="–", orderable=False)
    name = tables.Column(attrs={"td": {"class": "nowrap"}})
    outcome = tables.Column()
    issues = tables.Column(verbose_name=_("What to look at"), orderable=False, default="")
    changes = tables.Column(verbose_name=_("Before → after"), orderable=False, default="")

    class Meta:
        model = ImportRow
        fields = ["name", "number", "sheet", "outcome", "issues", "changes"]
        empty_text = _("No row like this.")

    def __init__(self, *args: Any, units: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.units = units

    def render_name(self, record: ImportRow) -> SafeString | str:
        if record.stakeholder:
            return format_html('<a href="{}">{}</a>', record.stakeholder.get_absolute_url(), record.name)
        return record.name or "–"

    def render_outcome(self, record: ImportRow) -> SafeString:
        tone = {"created": "good", "updated": "good", "rejected": "bad"}.get(record.outcome, record.outcome)
        return badge(tone, record.get_outcome_display())

    def render_issues(self, value: list[dict[str, Any]]) -> SafeString:
        found = [Issue.from_json(stored) for stored in value]
        return format_html_join("", "<p>{}{}</p>", ((heading(issue), issue.message) for issue in found))

    def render_changes(self, value: dict[str, list[Any]]) -> SafeString:
        return change_list(value, self.units)


def change_list(changes: dict[str, list[Any]], units: Mapping[str, str]) -> SafeString:
    """Field: before → after, one a line, each value as people write it. `units`: code → short name."""
    lines = (
        (FIELDS.get(name, name), worded(name, old, units), worded(name, new, units))
        for name, (old, new) in changes.items()
    )
    return format_html("<ul class=changes>{}</ul>", format_html_join("", "<li>{}: {} → {}</li>", lines))


def worded(name: str, value: Any, units: Mapping[str, str]) -> str:
    """A value of the field as people write it."""
    if value in (None, "", []):
        return "–"
    if name == "term":
        return " – ".join(day or "…" for day in value)
    if isinstance(value, list):
        return "、".join(worded(name, one, units) for one in value)
    if name in {"phones", "mobile"}:
        number, _sign, extension = str(value).partition(";ext=")
        return phones.shown(number, extension)
    if name in {"unit", "appointing", "parent"}:
        return units.get(value, value)
    return str(WORDS.get((name, value), value))


def heading(issue: Issue) -> SafeString | str:
    return format_html("<b>{}</b> ", issue.column) if issue.column else ""
