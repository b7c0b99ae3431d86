"""Which of the proposed pairings are made, with whom, and from when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from contacts.forms.fields import DayField, not_past
from contacts.forms.handovers import option
from contacts.forms.pairings import pairable
from contacts.models import Officer, Stakeholder
from contacts.pairing_proposals import Proposal


@dataclass(frozen=True)
class Row:
    """One person on the page: whether they are ticked, and the field of their officer."""

    proposal: Proposal
    ticked: bool
    field: forms.BoundField


class Ticks(forms.MultipleChoiceField):
    """Those of the ticked who are there: whom somebody else paired meanwhile may have left one's reach."""

    def clean(self, value: list[str] | None) -> list[str]:
        return [pk for pk in value or [] if self.valid_value(pk)]


class ProposalsForm(forms.Form):
    """`ids` are the ticked people; `only`, from the button of one row, is that one alone."""

    on = DayField(label=_("From"))
    ids = Ticks(label=_("People"), required=False)
    only = forms.ChoiceField(required=False)

    def __init__(
        self, data: Any = None, *, editor: Officer, day: dt.date, proposals: Sequence[Proposal]
    ) -> None:
        super().__init__(data, initial={"on": day})
        self.editor, self.day, self.proposals = editor, day, proposals
        people = [(str(one.stakeholder.pk), one.stakeholder.name) for one in proposals]
        self.fields["ids"].choices = people  # type: ignore[attr-defined]
        self.fields["only"].choices = [("", ""), *people]  # type: ignore[attr-defined]
        for one in proposals:
            self.fields[f"to_{one.stakeholder.pk}"] = forms.ChoiceField(
                label=_("Officer for %(name)s") % {"name": one.stakeholder.name},
                required=False,
                choices=[("", "–"), *map(option, one.choices)],
                initial=one.officer.police_number if one.officer else "",
            )

    @property
    def rows(self) -> list[Row]:
        ticked = set(self["ids"].value() or ())
        return [
            Row(one, str(one.stakeholder.pk) in ticked, self[f"to_{one.stakeholder.pk}"])
            for one in self.proposals
        ]

    def clean_on(self) -> dt.date:
        return not_past(self.cleaned_data["on"], self.day)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        picked = self._picked(cleaned)
        if not self.errors and not picked:
            quicker = _("Somebody was quicker: those whom you ticked are not in your reach any more.")
            raise ValidationError(quicker if self.gone else _("Tick at least one person."))
        for pk in picked:
            if f"to_{pk}" in cleaned and not cleaned[f"to_{pk}"]:
                self.add_error(f"to_{pk}", _("Choose an officer, or take the tick away."))
        return cleaned

    @property
    def gone(self) -> int:
        """How many of the ticked are not within reach any more."""
        return len(set(self["ids"].data or ()) - set(self.cleaned_data.get("ids", ())))

    def _picked(self, cleaned: dict[str, Any]) -> set[str]:
        return {cleaned["only"]} if cleaned.get("only") else set(cleaned.get("ids", ()))

    @property
    def wanted(self) -> dict[Stakeholder, Officer]:
        """Person → officer, of those who were picked."""
        chosen = {pk: self.cleaned_data[f"to_{pk}"] for pk in self._picked(self.cleaned_data)}
        officers = pairable(self.editor).filter(police_number__in=set(chosen.values()))
        by_number = {officer.police_number: officer for officer in officers}
        people = {str(one.stakeholder.pk): one.stakeholder for one in self.proposals}
        return {people[pk]: by_number[number] for pk, number in chosen.items()}
