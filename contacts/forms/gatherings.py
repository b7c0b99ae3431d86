"""Logging a gathering or a briefing: what all have in common once, and a few fields for each who was there or got it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.filters.base import suggesting
from contacts.forms.consulting import media_type_of
from contacts.forms.fields import ClockField, DayField, SubmissionField, happened_at
from contacts.gatherings import Attendee
from contacts.models import ContactRecord, Gathering, Officer, Publication, Stakeholder
from contacts.models.stakeholders import StakeholderQuerySet
from contacts.models.verdicts import Verdict

LONGEST_NOTE = 400  # beside what was said to all
NOT_ASKED = [("", gettext_lazy("not asked")), *Verdict.choices]


def satisfied_field() -> forms.ChoiceField:
    return forms.ChoiceField(label=gettext_lazy("How satisfied"), choices=NOT_ASKED, required=False)


# The fields of one who came, by their names in Attendee.
THEIR_FIELDS: dict[str, Callable[[], forms.Field]] = {
    "said": lambda: forms.CharField(
        label=gettext_lazy("Opinion or suggestion"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    ),
    "note": lambda: forms.CharField(
        label=gettext_lazy("Note on this person alone"), max_length=LONGEST_NOTE, required=False
    ),
    "satisfied": satisfied_field,
}
THEIRS = tuple(THEIR_FIELDS)


class LinkField(forms.URLField):
    """An address of the web; without a scheme it is taken to be a safe one."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"assume_scheme": "https"} | kwargs)


@dataclass(frozen=True)
class Row:
    """The fields of one who is meant, or may be."""

    person: Stakeholder
    came: forms.BoundField
    said: forms.BoundField | None = None
    note: forms.BoundField | None = None
    satisfied: forms.BoundField | None = None

    @property
    def is_open(self) -> bool:
        fields = (self.said, self.note, self.satisfied)
        return any(field and (field.value() or field.errors) for field in fields)


class ManyForm(forms.Form):
    """What many have in common, and who of them is meant. Of each there is a box, and the fields named in `THEIRS`."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=100)
    day = DayField(label=gettext_lazy("Day"))
    time = ClockField(label=gettext_lazy("Time"))
    submission = SubmissionField()

    THEIRS: ClassVar[tuple[str, ...]] = ()
    COMMON: ClassVar[tuple[str, ...]]  # the fields of the Gathering
    NOBODY: ClassVar[Any]

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        people: Sequence[Stakeholder],
        ticked: bool,
        now: dt.datetime,
    ) -> None:
        """`ticked`: whether everybody is meant until somebody says otherwise."""
        local = timezone.localtime(now)
        super().__init__(data, files, initial={"day": local.date(), "time": local.time()})
        self.people, self.now = people, now
        self.fields["day"].widget.attrs["max"] = local.date().isoformat()
        for person in people:
            self.fields[f"came_{person.pk}"] = forms.BooleanField(
                label=person.name, initial=ticked, required=False
            )
            for name in self.THEIRS:
                self.fields[f"{name}_{person.pk}"] = THEIR_FIELDS[name]()

    @property
    def rows(self) -> Iterator[Row]:
        for person in self.people:
            yield Row(person, *(self[f"{name}_{person.pk}"] for name in ("came", *self.THEIRS)))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        cleaned["occurred_at"] = happened_at(self, self.now)
        for person in self.people:
            absent = not cleaned.get(f"came_{person.pk}")
            for name in self.THEIRS:
                if absent and cleaned.get(f"{name}_{person.pk}"):
                    words = _("%(name)s is not ticked. Tick the name, or leave this out.")
                    self.add_error(f"{name}_{person.pk}", words % {"name": person.name})
        if not any(cleaned.get(f"came_{person.pk}") for person in self.people):
            self.add_error(None, self.NOBODY)
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
        told = {name: self.cleaned_data[name] for name in (*self.COMMON, "submission", "occurred_at")}
        return Gathering(**told, officer=officer)

    def attendees(self) -> list[Attendee]:
        told = self.cleaned_data
        return [
            Attendee(one, *(told[f"{name}_{one.pk}"].strip() for name in self.THEIRS))
            for one in self.people
            if told[f"came_{one.pk}"]
        ]


class GatheringForm(ManyForm):
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        choices=[(kind.value, kind.label) for kind in Gathering.KINDS],
        initial=Gathering.KINDS[0],
        widget=forms.RadioSelect,
        help_text=gettext_lazy("A work report counts as one for everybody who was there."),
    )
    place = forms.CharField(label=gettext_lazy("Place"), max_length=100, required=False)
    summary = forms.CharField(
        label=gettext_lazy("What was said to all"),
        max_length=1500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    THEIRS = THEIRS
    COMMON = ("title", "kind", "place", "summary")
    NOBODY = gettext_lazy("Nobody is ticked: tick everybody who was there.")


class BriefingForm(ManyForm):
    """Official facts that were sent to many at once."""

    summary = forms.CharField(
        label=gettext_lazy("Text of the briefing"),
        max_length=1500,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy("As it was sent. It stands in the record of each who got it."),
    )
    channel = forms.ChoiceField(
        label=gettext_lazy("Sent by"),
        choices=Gathering.Channel.choices,
        initial=Gathering.Channel.CHAT,
        widget=forms.RadioSelect,
    )
    file = forms.FileField(
        label=gettext_lazy("File"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("What went out with it: a photograph, a PDF, a Word or Excel document."),
    )

    COMMON = ("title", "channel", "summary")
    NOBODY = gettext_lazy("Nobody is ticked: tick everybody who got it.")

    def clean_file(self) -> Any:
        if upload := self.cleaned_data["file"]:
            self.cleaned_data["media_type"] = media_type_of(upload)
        return upload

    def gathering(self, officer: Officer) -> Gathering:
        sent = super().gathering(officer)
        sent.kind = ContactRecord.Kind.BRIEFING
        return sent

    def file_to_keep(self) -> tuple[UploadedFile, str] | None:
        """What went out with it, and its media type."""
        upload = self.cleaned_data["file"]
        return (upload, self.cleaned_data["media_type"]) if upload else None


class PublicationForm(forms.ModelForm):
    published_on = DayField(label=gettext_lazy("Published on"))

    class Meta:
        model = Publication
        fields = ["medium", "title", "published_on", "link"]
        field_classes = {"link": LinkField}

    def __init__(self, data: Any = None, *, record: ContactRecord, today: dt.date) -> None:
        super().__init__(data, instance=Publication(record=record), initial={"published_on": today})
        self.today = today

    def clean_published_on(self) -> dt.date:
        day: dt.date = self.cleaned_data["published_on"]
        if day > self.today:
            raise ValidationError(_("This day lies in the future."))
        if day < self.instance.record.occurred_on:
            raise ValidationError(
                _("The briefing went out later, on %(day)s."),
                params={"day": self.instance.record.occurred_on},
            )
        return day


class AttendeeForm(forms.Form):
    """One who was forgotten."""

    person = forms.CharField(
        label=gettext_lazy("Person"),
        max_length=100,
        help_text=gettext_lazy("The number (L000123), or the name if only one bears it."),
        widget=forms.TextInput(attrs=suggesting("stakeholder")),
    )
    said = THEIR_FIELDS["said"]()
    note = THEIR_FIELDS["note"]()
    satisfied = THEIR_FIELDS["satisfied"]()

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
