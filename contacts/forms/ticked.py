"""What is done to the people that are ticked in the list."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from contacts.exports import FORMATS
from contacts.filters.base import suggesting
from contacts.forms.fields import DayField
from contacts.forms.pairings import PairForm
from contacts.models import Seat, Stakeholder


class TickedPairForm(PairForm):
    """One officer for all; the reason is asked for, since some of them are held by somebody."""

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, hand_over=True, **kwargs)
        self.fields["officer"].widget.attrs |= suggesting("officer")


class EndSeatsForm(forms.Form):
    """Of which seats the last day is told; offers what the people have."""

    kind = forms.ChoiceField(label=_("Kind"))
    level = forms.ChoiceField(label=_("Level"), required=False)
    body = forms.ChoiceField(label=_("Body"), required=False)
    last_day = DayField(label=_("Last day"))

    def __init__(self, data: Any = None, *, people: Iterable[Stakeholder], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        held = list(Seat.objects.filter(stakeholder__in=people).values_list("kind", "level", "body"))
        kinds, levels, bodies = ({row[place] for row in held} for place in range(3))
        every = [("", _("all"))]
        choices = {
            "kind": [choice for choice in Seat.Kind.choices if choice[0] in kinds],
            "level": every + [choice for choice in Seat.Level.choices if choice[0] in levels],
            "body": every + [(body, body) for body in sorted(bodies - {""})],
        }
        for name, offered in choices.items():
            self.fields[name].choices = offered  # type: ignore[attr-defined]


class FormatForm(forms.Form):
    form = forms.ChoiceField(
        label=_("Format"), choices=[(name, name) for name in sorted(FORMATS, reverse=True)], initial="xlsx"
    )
