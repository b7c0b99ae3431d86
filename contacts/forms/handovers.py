"""Who takes over each of an officer's people, from when, and why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from contacts.forms.fields import DayField, not_past
from contacts.forms.pairings import pairable, the_one
from contacts.models import Officer, Pairing
from contacts.pairing_proposals import Choice, Proposal


@dataclass(frozen=True)
class Row:
    """One person on the page: the field of their successor, and why that one is proposed."""

    pairing: Pairing
    proposal: Proposal
    field: forms.BoundField


class HandOverForm(forms.Form):
    """A select for each pairing; its first choice leaves the person where they are. Options are the officers whom the
    `proposals` (by person) name, all of them within the editor's reach."""

    on = DayField(label=_("From"), help_text=_("Whoever is responsible now stops on the day before."))
    reason = forms.CharField(label=_("Reason"), max_length=200)
    everybody_to = forms.CharField(
        label=_("One successor for all"),
        required=False,
        help_text=_("Police number or name. Leave it empty to decide for each person below."),
        widget=forms.TextInput(attrs={"list": "officers", "autocomplete": "off"}),
    )

    def __init__(
        self,
        data: Any = None,
        *,
        editor: Officer,
        day: dt.date,
        pairings: Collection[Pairing],
        proposals: Mapping[int, Proposal],
    ) -> None:
        super().__init__(data, initial={"on": day})
        self.editor, self.day, self.pairings, self.proposals = editor, day, pairings, proposals
        for pairing in pairings:
            proposal = proposals[pairing.stakeholder_id]
            self.fields[f"to_{pairing.pk}"] = forms.ChoiceField(
                label=_("Successor of %(name)s") % {"name": pairing.stakeholder.name},
                required=False,
                choices=[("", _("stays for now")), *map(option, proposal.choices)],
                initial=proposal.officer.police_number if proposal.officer else "",
            )

    @property
    def rows(self) -> list[Row]:
        return [Row(one, self.proposals[one.stakeholder_id], self[f"to_{one.pk}"]) for one in self.pairings]

    @property
    def head(self) -> list[forms.BoundField]:
        return [self["on"], self["reason"], self["everybody_to"]]

    def clean_on(self) -> dt.date:
        return not_past(self.cleaned_data["on"], self.day)

    def clean_everybody_to(self) -> Officer | None:
        words = self.cleaned_data["everybody_to"]
        return the_one(words, pairable(self.editor)) if words else None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not self.successors:
            raise ValidationError(_("Choose a successor for at least one person."))
        return cleaned

    @property
    def successors(self) -> dict[int, Officer]:
        """Key of the pairing → who takes the person over."""
        if everybody_to := self.cleaned_data["everybody_to"]:
            return {pairing.pk: everybody_to for pairing in self.pairings}
        chosen = {pairing.pk: self.cleaned_data[f"to_{pairing.pk}"] for pairing in self.pairings}
        found = pairable(self.editor).filter(police_number__in=set(chosen.values()))
        by_number = {officer.police_number: officer for officer in found}
        return {pk: by_number[number] for pk, number in chosen.items() if number in by_number}


def option(choice: Choice) -> tuple[str, str]:
    return choice.officer.police_number, str(choice)
