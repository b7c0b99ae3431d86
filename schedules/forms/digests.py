"""Which digests an officer gets, and when; and which two stand side by side."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django import forms
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from contacts.access import Deed, reach
from contacts.models import Actor, AuditEntry, Officer, Unit
from schedules.digests.choices import BY_ITSELF, of_officer
from schedules.digests.shown import OWN
from schedules.filters.obligations import PeriodField
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

    def __init__(self, data: Any = None, *, officer: Officer) -> None:
        super().__init__(data)
        within = reach(officer, Deed.DIGEST)
        units = Unit.objects.filter(within.q(unit="", own=Q(pk__in=[]))).order_by("path")
        offered = [(unit.code, str(unit)) for unit in units]
        if within.own:
            offered.append((OWN, gettext("My own figures")))
        for name in ("unit", "other_unit"):
            self.fields[name].choices = offered  # type: ignore[attr-defined]


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
