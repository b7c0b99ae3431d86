"""Two people side by side: which number stays, which of the values that differ, and whose pairing."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from contacts.merging import ABSORBED, FIELDS, SURVIVOR, default_side, must_choose, said
from contacts.models import Pairing, Stakeholder

# The unit in charge follows the pairing that stays.
CHOSEN = [field for field in FIELDS if field != "unit"]


class MergeForm(forms.Form):
    """`first` has the older number, which stays unless told otherwise. `held` are the current pairings of each."""

    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)

    def __init__(
        self, data: Any = None, *, first: Stakeholder, second: Stakeholder, held: dict[int, list[Pairing]]
    ) -> None:
        super().__init__(data)
        self.people = {str(first.pk): first, str(second.pk): second}
        self.pairings = {str(pairing.pk): pairing for rows in held.values() for pairing in rows[:1]}
        self._ask("survivor", _("Which number stays?"), [first, second], first)
        for field in CHOSEN:
            if said(first, field) != said(second, field):
                side = {SURVIVOR: first, ABSORBED: second}[default_side(first, second, field)]
                self._ask(field, label(field), [first, second], side)
        if must_choose(held[first.pk], held[second.pk]):
            choices = [(key, str(pairing.officer)) for key, pairing in self.pairings.items()]
            self.fields["pairing"] = forms.ChoiceField(
                label=_("Who stays responsible?"), choices=choices, widget=forms.RadioSelect
            )

    def _ask(self, name: str, text: Any, people: list[Stakeholder], initial: Stakeholder) -> None:
        self.fields[name] = forms.ChoiceField(
            label=text,
            choices=[(str(person.pk), person.number) for person in people],
            initial=str(initial.pk),
            widget=forms.RadioSelect,
        )

    @property
    def wanted(self) -> dict[str, Any]:
        """For `merge`: who stays, who goes, whose values and which pairing."""
        chosen = self.cleaned_data
        survivor = self.people[chosen["survivor"]]
        absorbed = next(person for person in self.people.values() if person != survivor)
        return {
            "survivor": survivor,
            "absorbed": absorbed,
            "keep": {
                field: SURVIVOR if chosen[field] == chosen["survivor"] else ABSORBED
                for field in CHOSEN
                if field in chosen
            },
            "pairing": self.pairings.get(chosen.get("pairing", "")),
            "reason": chosen["reason"],
        }


def label(field: str) -> Any:
    """What a field of a person is called."""
    return _("Born") if field == "birth" else Stakeholder._meta.get_field(field).verbose_name  # type: ignore[union-attr]
