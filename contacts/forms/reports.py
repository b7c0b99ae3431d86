"""Writing a work report, handing a copy over, appraising, and a meeting that heard one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from itertools import groupby
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.forms.utils import from_current_timezone
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contacts.access import Deed, reach
from contacts.forms.fields import DayField, SubmissionField
from contacts.forms.topics import TopicField
from contacts.half_years import HalfYear
from contacts.models import (
    Appraisal,
    ContactRecord,
    Officer,
    ReportCopy,
    ReportDelivery,
    ReportMeeting,
    ReportVersion,
    Stakeholder,
    Unit,
)
from contacts.work_reports.delivering import loggable

NEW = "new"
NOON = dt.time(12)  # a day is enough for what was handed over on an earlier one
SAYINGS = 3  # rows for what was said in a meeting; more can be entered on its page

NOT_ASKED = ("", pgettext_lazy("appraisal", "not asked"))


def writable(officer: Officer) -> QuerySet[Unit]:
    """The units for which an officer may write."""
    within = reach(officer, Deed.WRITE_REPORT)
    return Unit.objects.open().filter(within.q(unit="", own=Q(pk__in=[])))


class TextForm(forms.ModelForm):
    """The text of a report."""

    class Meta:
        model = ReportVersion
        fields = ["text"]
        widgets = {"text": forms.Textarea(attrs={"rows": 24})}
        help_texts = {
            "text": _(
                "What the unit did in the half-year. An empty line begins a paragraph. "
                "What each person said and what was done about it follows by itself."
            )
        }


class VersionForm(TextForm):
    """`seen` is the version that this one was made from, so that nobody writes over another's text."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)


class ReportForm(TextForm):
    """A new report."""

    unit = forms.ModelChoiceField(Unit.objects.none(), label=_("Unit"))
    half_year = forms.ChoiceField(label=_("Half-year"))

    field_order = ["unit", "half_year", "text"]

    def __init__(self, data: Any = None, *, officer: Officer, day: dt.date, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        now = HalfYear.containing(day)
        units = self.fields["unit"]
        units.queryset = writable(officer)  # type: ignore[attr-defined]
        units.initial = officer.unit_id
        self.fields["half_year"].choices = [(one.key, str(one)) for one in (now, now.before)]  # type: ignore[attr-defined]


class FilesForm(forms.Form):
    """Whose letters are made into files."""

    unit = forms.ModelChoiceField(Unit.objects.none(), label=_("Unit, with all below it"))
    half_year = forms.ChoiceField(label=_("Half-year"))

    def __init__(self, data: Any = None, *, officer: Officer, day: dt.date, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        now = HalfYear.containing(day)
        self.fields["unit"].queryset = writable(officer)  # type: ignore[attr-defined]
        self.fields["half_year"].choices = [(one.key, str(one)) for one in (now, now.before)]  # type: ignore[attr-defined]


class AppraisalForm(forms.Form):
    appraisal = forms.ChoiceField(
        label=_("Appraisal"),
        choices=[*Appraisal.choices, NOT_ASKED],
        widget=forms.RadioSelect,
        required=False,
    )


class DeliveryForm(AppraisalForm):
    """How and when a copy was handed over: a new contact, or one that was logged before."""

    method = forms.ChoiceField(
        label=_("How"), choices=ReportDelivery.Method.choices, widget=forms.RadioSelect, initial="in_person"
    )
    logged_in = forms.ChoiceField(label=_("Contact"), widget=forms.RadioSelect)
    day = DayField(label=_("Day"), required=False)
    summary = forms.CharField(
        label=_("Note"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )
    said = forms.CharField(
        label=_("Opinion or suggestion"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("In the person's words. It gets a number and a day by which it is answered."),
    )  # fmt: skip
    topic = TopicField()
    late = forms.BooleanField(required=False)
    submission = SubmissionField()

    field_order = ["method", "logged_in", "day", "appraisal", "summary", "said", "topic", "submission"]

    def __init__(self, data: Any = None, *, copy: ReportCopy, now: dt.datetime, **kwargs: Any) -> None:
        initial = {"day": timezone.localdate(now), "logged_in": NEW, "appraisal": ""}
        super().__init__(data, **{"initial": initial} | kwargs)
        self.copy, self.now = copy, now
        self.records = {str(record.pk): record for record in loggable(copy).order_by("-occurred_at")[:5]}
        if self.records:
            self.fields["logged_in"].choices = [  # type: ignore[attr-defined]
                (NEW, _("a contact not logged yet:")),
                *((pk, str(record)) for pk, record in self.records.items()),
            ]
        else:
            del self.fields["logged_in"]
        self.fields["day"].widget.attrs["max"] = timezone.localdate(now).isoformat()
        self.fields["late"].label = _("It is handed over after %(about)s: it counts as the work report of %(counts)s.") % {
            "about": copy.report.period, "counts": HalfYear.containing(timezone.localdate(now)),
        }  # fmt: skip

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        day = cleaned.get("day")
        if self.is_new:
            if day is None and "day" not in self.errors:
                self.add_error("day", _("Say on which day it was."))
            elif day and day > timezone.localdate(self.now):
                self.add_error("day", _("This day lies in the future. Enter when it was handed over."))
            elif day and day < self.copy.issued_on:
                self.add_error(
                    "day",
                    _("It was issued on %(day)s; before that nobody had it.") % {"day": self.copy.issued_on},
                )
            elif day and self.is_late(day) and not cleaned.get("late"):
                self.add_error("late", _("Tick this, or enter the day on which it was handed over."))
        elif cleaned.get("said"):
            self.add_error("said", _("Record it on the person's page; this contact was logged before."))
        return cleaned

    def is_late(self, day: dt.date) -> bool:
        """After the half-year that the report is about: it counts for the one in which it is handed over (R6)."""
        return day > self.copy.report.period.last

    @property
    def asks_for_late(self) -> bool:
        """Is that, or may it be, the case?"""
        return self.is_late(timezone.localdate(self.now))

    @property
    def is_new(self) -> bool:
        return self.cleaned_data.get("logged_in", NEW) == NEW

    def record(self, officer: Officer) -> ContactRecord:
        """The contact, not yet saved if it is new."""
        told = self.cleaned_data
        if not self.is_new:
            return self.records[told["logged_in"]]
        at = self.now
        if told["day"] != timezone.localdate(self.now):
            at = from_current_timezone(dt.datetime.combine(told["day"], NOON))
        return ContactRecord(
            stakeholder=self.copy.stakeholder, officer=officer, kind=ContactRecord.Kind.REPORT, occurred_at=at,
            summary=told["summary"], submission=told["submission"],
        )  # fmt: skip


class SayingForm(forms.Form):
    """What one of those present said."""

    person = forms.ChoiceField(label=_("Said by"), required=False)
    text = forms.CharField(
        label=_("Opinion or suggestion"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    topic = TopicField()

    def __init__(self, *args: Any, people: list[Any], topics: list[Any], **kwargs: Any) -> None:
        """`people`, `topics`: the choices, read once for all forms of the set."""
        super().__init__(*args, **kwargs)
        self.fields["person"].choices, self.fields["topic"].choices = people, topics  # type: ignore[attr-defined]

    @staticmethod
    def choices(copies: Collection[ReportCopy]) -> dict[str, list[Any]]:
        named = [(str(copy.pk), copy.stakeholder.name) for copy in copies]
        return {"people": [("", "–"), *named], "topics": list(iter(TopicField().choices))}  # type: ignore[arg-type]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("text", "").strip() and not cleaned.get("person"):
            self.add_error("person", _("Say who said this, or write it into the note of the meeting."))
        return cleaned


SayingFormSet = forms.formset_factory(SayingForm, extra=SAYINGS, max_num=50, absolute_max=50)


class MeetingForm(forms.ModelForm):
    """A meeting, who was there, and the count of the ballot. `copies` are those of the people who can be ticked."""

    held_on = DayField(label=_("Day"))
    leader = forms.CharField(
        label=_("Who reported"), max_length=50, help_text=_("Police number or name of the leader.")
    )
    reports = forms.BooleanField(
        label=_("The report itself was given there"),
        required=False,
        initial=True,
        help_text=_("Then it is the half-year's work report for everybody present; otherwise a meeting, and it is still owed."),
    )  # fmt: skip
    present = forms.MultipleChoiceField(label=_("Who was there"), widget=forms.CheckboxSelectMultiple)
    submission = SubmissionField()

    field_order = ["held_on", "place", "leader", "reports", "present"]

    class Meta:
        model = ReportMeeting
        fields = ["held_on", "place", "satisfied", "basically", "unsatisfied", "abstained", "said"]
        widgets = {"said": forms.Textarea(attrs={"rows": 3})}
        help_texts = {"said": _("What cannot be put down to one person.")}

    def __init__(
        self, data: Any = None, *, copies: Collection[ReportCopy], leaders: QuerySet[Officer], day: dt.date, **kwargs: Any
    ) -> None:  # fmt: skip
        super().__init__(data, **{"initial": {"held_on": day}} | kwargs)
        self.copies, self.leaders, self.day = {str(copy.pk): copy for copy in copies}, leaders, day
        self.fields["present"].choices = [(pk, copy.stakeholder.name) for pk, copy in self.copies.items()]  # type: ignore[attr-defined]
        self.fields["held_on"].widget.attrs["max"] = day.isoformat()
        self.fields["leader"].widget.attrs |= {"list": "leaders", "autocomplete": "off"}

    def by_unit(self) -> Iterator[tuple[str, list[tuple[Any, Stakeholder]]]]:
        """Each unit with its people and the box of each, as they are sorted."""
        boxes = zip(self["present"], self.copies.values(), strict=True)
        for unit, rows in groupby(boxes, key=lambda row: row[1].stakeholder.unit):
            yield str(unit), [(box, copy.stakeholder) for box, copy in rows]

    def clean_held_on(self) -> dt.date:
        held_on: dt.date = self.cleaned_data["held_on"]
        if held_on > self.day:
            raise ValidationError(
                _("This day lies in the future. Enter the meeting once it has taken place.")
            )
        begins = min((HalfYear.parse(copy.half_year).first for copy in self.copies.values()), default=held_on)
        if held_on < begins:
            raise ValidationError(
                _("The half-year that is reported on begins on %(day)s."), params={"day": begins}
            )
        return held_on

    def clean_leader(self) -> Officer:
        words = self.cleaned_data["leader"].split(" ")[0]
        found = list(self.leaders.filter(police_number=words)[:2] or self.leaders.filter(name=words)[:2])
        if len(found) != 1:
            raise ValidationError(_("No one officer of the unit is called so; choose one of those offered."))
        return found[0]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        votes = sum(cleaned.get(name) or 0 for name in ("satisfied", "basically", "unsatisfied", "abstained"))
        present = cleaned.get("present", [])
        if present and votes > len(present):
            self.add_error(
                "satisfied",
                _("%(votes)s votes were cast, but only %(present)s people were there.")
                % {"votes": votes, "present": len(present)},
            )
        return cleaned

    def meeting(self) -> ReportMeeting:
        """Not yet saved."""
        meeting: ReportMeeting = self.save(commit=False)
        meeting.leader, meeting.submission = self.cleaned_data["leader"], self.cleaned_data["submission"]
        return meeting
