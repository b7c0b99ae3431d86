"""Which digests an officer gets, and when; and which two stand side by side."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from contacts.access import Deed, reach
from contacts.models import Actor, AuditEntry, Officer, Unit
from schedules import periods
from schedules.digests.choices import BY_ITSELF, of_officer
from schedules.digests.shown import OWN
from schedules.filters.obligations import EVERY, PeriodField
from schedules.models import DigestChoice

When = DigestChoice.When
LENGTHS = dict(DigestChoice.Length.choices)
OF_A_WEEK = [(when.value, when.label) for when in (When.NEVER, When.FROZEN)]


class ChoicesForm(forms.Form):
    """For each of the `units` and each length of period one choice."""

    def __init__(self, data: Any = None, *, officer: Officer, units: Iterable[Unit]) -> None:
        super().__init__(data)
        self.officer, self.units = officer, list(units)
        self.current = of_officer(officer)
        for unit in self.units:
            for cadence, label in LENGTHS.items():
                self.fields[self._name(unit, cadence)] = forms.ChoiceField(
                    label=_("%(unit)s: %(length)s") % {"unit": unit, "length": label},
                    choices=When.choices if cadence in BY_ITSELF else OF_A_WEEK,
                    initial=self.current.get((unit.pk, cadence), When.NEVER),
                )

    @staticmethod
    def _name(unit: Unit, cadence: str) -> str:
        return f"{unit.pk}-{cadence}"

    def rows(self) -> Iterator[tuple[Unit, list[tuple[Any, forms.BoundField]]]]:
        for unit in self.units:
            yield unit, [(label, self[self._name(unit, cadence)]) for cadence, label in LENGTHS.items()]

    @transaction.atomic
    def save(self, actor: Actor) -> None:
        for unit in self.units:
            for cadence in LENGTHS:
                before = self.current.get((unit.pk, cadence), When.NEVER)
                when = self.cleaned_data[self._name(unit, cadence)]
                if when == before:
                    continue
                choice, _new = DigestChoice.objects.update_or_create(
                    officer=self.officer, unit=unit, cadence=cadence, defaults={"when": when}
                )
                said = {"unit": unit.code, "cadence": cadence, "when": when}
                AuditEntry.objects.record(
                    actor, "choose digests", choice, before={"when": before}, after=said
                )


class ComparisonForm(forms.Form):
    """Two digests, each of a unit that the officer may look at, or of their own figures."""

    unit = forms.ChoiceField(label=_("Unit"))
    period = PeriodField(
        label=_("Period"), max_length=8, help_text=_("2026-11, 2026-Q4, 2026-H2, 2026 or 2026-W47.")
    )
    other_unit = forms.ChoiceField(label=_("With unit"))
    other_period = PeriodField(label=_("With period"), max_length=8)

    def __init__(self, data: dict[str, str], *, officer: Officer, day: dt.date) -> None:
        """What is not said: the highest unit, this month; and the same unit's period before."""
        units = Unit.objects.filter(reach(officer, Deed.DIGEST).q(unit="", own=Q(pk__in=[]))).order_by("path")
        offered = [(unit.code, str(unit)) for unit in units] + [(OWN, gettext("My own figures"))]
        said = {"unit": offered[0][0], "period": periods.containing(day, "month").key} | data
        super().__init__({"other_unit": said["unit"], "other_period": _before(said["period"]), **said})
        self.day = day
        for name in ("unit", "other_unit"):
            self.fields[name].choices = offered  # type: ignore[attr-defined]

    def clean_period(self) -> str:
        return self._begun(self.cleaned_data["period"])

    def clean_other_period(self) -> str:
        return self._begun(self.cleaned_data["other_period"])

    def _begun(self, key: str) -> str:
        if key == EVERY or periods.parse(key).start > self.day:
            raise ValidationError(_("Choose a period that has begun."))
        return key

    def asked(self) -> list[dict[str, str]]:
        """Both, as the address of a digest's page names it."""
        said = self.cleaned_data
        return [{"unit": said[f"{which}unit"], "period": said[f"{which}period"]} for which in ("", "other_")]


def _before(key: str) -> str:
    try:
        return periods.parse(key).preceding().key
    except ValueError:  # said at the field
        return key


class EditionForm(forms.Form):
    """The text of a public edition, beside its figures. `seen`: the text that it was made from."""

    text = forms.CharField(
        label=_("Text"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_(
            "What was done and what is promised, in your words: no names, no numbers of people. Figures are added by themselves."
        ),
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)
