"""Logging a gathering: what all have in common once, and a few fields for each who may have been there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.filters.base import suggesting
from contacts.forms.fields import ClockField, DayField, SubmissionField, happened_at
from contacts.gatherings import Attendee
from contacts.models import Gathering, Officer, Stakeholder
from contacts.models.stakeholders import StakeholderQuerySet
from contacts.models.verdicts import Verdict

LONGEST_NOTE = 400  # beside what was said to all
THEIRS = ("said", "note", "satisfied")  # the fields of one who came, as Attendee has them
NOT_ASKED = [("", gettext_lazy("not asked")), *Verdict.choices]


def satisfied_field() -> forms.ChoiceField:
    return forms.ChoiceField(label=gettext_lazy("How satisfied"), choices=NOT_ASKED, required=False)


@dataclass(frozen=True)
class Row:
    """The fields of one who may have been there."""

    person: Stakeholder
    came: forms.BoundField
    said: forms.BoundField
    note: forms.BoundField
    satisfied: forms.BoundField

    @property
    def is_open(self) -> bool:
        fields = (self.said, self.note, self.satisfied)
        return any(field.value() or field.errors for field in fields)


class GatheringForm(forms.Form):
    title = forms.CharField(label=gettext_lazy("Title"), max_length=100)
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        choices=[(kind.value, kind.label) for kind in Gathering.KINDS],
        initial=Gathering.KINDS[0],
        widget=forms.RadioSelect,
        help_text=gettext_lazy("A work report counts as one for everybody who was there."),
    )
    day = DayField(label=gettext_lazy("Day"))
    time = ClockField(label=gettext_lazy("Time"))
    place = forms.CharField(label=gettext_lazy("Place"), max_length=100, required=False)
    summary = forms.CharField(
        label=gettext_lazy("What was said to all"),
        max_length=1500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    submission = SubmissionField()

    COMMON = ("title", "kind", "day", "time", "place", "summary")

    def __init__(
        self, data: Any = None, *, people: Sequence[Stakeholder], ticked: bool, now: dt.datetime
    ) -> None:
        """`ticked`: whether everybody is taken to have come until somebody says otherwise."""
        local = timezone.localtime(now)
        super().__init__(data, initial={"day": local.date(), "time": local.time()})
        self.people, self.now = people, now
        self.fields["day"].widget.attrs["max"] = local.date().isoformat()
        for person in people:
            self.fields[f"came_{person.pk}"] = forms.BooleanField(
                label=person.name, initial=ticked, required=False
            )
            self.fields[f"said_{person.pk}"] = forms.CharField(
                label=gettext_lazy("Opinion or suggestion"),
                max_length=4000,
                required=False,
                widget=forms.Textarea(attrs={"rows": 2}),
            )
            self.fields[f"note_{person.pk}"] = forms.CharField(
                label=gettext_lazy("Note on this person alone"), max_length=LONGEST_NOTE, required=False
            )
            self.fields[f"satisfied_{person.pk}"] = satisfied_field()

    @property
    def common(self) -> Iterator[forms.BoundField]:
        return (self[name] for name in self.COMMON)

    @property
    def rows(self) -> Iterator[Row]:
        for person in self.people:
            yield Row(person, *(self[f"{name}_{person.pk}"] for name in ("came", *THEIRS)))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        cleaned["occurred_at"] = happened_at(self, self.now)
        for person in self.people:
            absent = not cleaned.get(f"came_{person.pk}")
            for name in THEIRS:
                if absent and cleaned.get(f"{name}_{person.pk}"):
                    words = _("%(name)s is not ticked. Tick the name, or leave this out.")
                    self.add_error(f"{name}_{person.pk}", words % {"name": person.name})
        if not any(cleaned.get(f"came_{person.pk}") for person in self.people):
            self.add_error(None, _("Nobody is ticked: tick everybody who was there."))
        for words in self._out_of_reach():
            self.add_error(None, words)
        return cleaned

    def _out_of_reach(self) -> Iterator[str]:
        """Whoever was handed over while the form was filled in: nothing is saved without a word, and what was typed of
        them is said back."""
        known = {str(person.pk) for person in self.people}
        for name in self.data:
            kind, _dash, key = name.partition("_")
            if kind == "came" and key.isdecimal() and len(key) < 12 and key not in known:
                typed = [self.data.get(f"{field}_{key}", "") for field in ("said", "note")]
                words = _(
                    "%(number)s is not within your reach any more and was taken out. Typed there: %(typed)s"
                )
                yield words % {"number": f"L{int(key):06d}", "typed": " / ".join(filter(None, typed)) or "–"}

    def gathering(self, officer: Officer) -> Gathering:
        """What all have in common, not yet saved."""
        told = self.cleaned_data
        return Gathering(
            **{
                name: told[name]
                for name in ("title", "kind", "place", "summary", "submission", "occurred_at")
            },
            officer=officer,
        )

    def attendees(self) -> list[Attendee]:
        told = self.cleaned_data
        return [
            Attendee(one, *(told[f"{name}_{one.pk}"].strip() for name in THEIRS))
            for one in self.people
            if told[f"came_{one.pk}"]
        ]


class AttendeeForm(forms.Form):
    """One who was forgotten."""

    person = forms.CharField(
        label=gettext_lazy("Person"),
        max_length=100,
        help_text=gettext_lazy("The number (L000123), or the name if only one bears it."),
        widget=forms.TextInput(attrs=suggesting("stakeholder")),
    )
    said = forms.CharField(
        label=gettext_lazy("Opinion or suggestion"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    note = forms.CharField(
        label=gettext_lazy("Note on this person alone"), max_length=LONGEST_NOTE, required=False
    )
    satisfied = satisfied_field()

    def __init__(self, data: Any = None, *, people: StakeholderQuerySet) -> None:
        super().__init__(data)
        self.people = people

    def clean_person(self) -> Stakeholder:
        words = self.cleaned_data["person"].split()
        number = words[0] if words else ""
        if number[:1] in {"L", "l"} and number[1:].isdecimal() and len(number) < 12:
            found: Iterable[Stakeholder] = self.people.filter(pk=int(number[1:]))
        else:
            found = self.people.filter(name="".join(words))[:2]
        few = list(found)
        if len(few) != 1:
            raise ValidationError(
                _("Several people bear this name; give the number.")
                if few
                else _("Nobody within your reach bears this number or name.")
            )
        return few[0]

    def attendee(self) -> Attendee:
        told = self.cleaned_data
        return Attendee(told["person"], *(told[name].strip() for name in THEIRS))
