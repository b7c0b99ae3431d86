"""Which body's term turns, when, and its new roster."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from contacts.access import Deed
from contacts.forms.fields import DayField
from contacts.forms.imports import WorkbookField
from contacts.models import Officer, Seat, Stakeholder, Turnover, Unit
from contacts.models.turnovers import KINDS


class TurnoverForm(forms.ModelForm):
    starts_on = DayField(
        label=_("First day of the new term"), help_text=_("Seats of the old term end on the day before.")
    )
    ends_on = DayField(label=_("Last day of the new term"), required=False)
    file = WorkbookField(_("New roster"))

    class Meta:
        model = Turnover
        fields = ["kind", "level", "body", "unit", "term_number", "starts_on", "ends_on"]
        widgets = {"body": forms.TextInput(attrs={"list": "bodies", "autocomplete": "off"})}
        help_texts = {
            "body": _(
                "Empty: every seat of this kind and level whose holder the unit below is in charge of."
            ),
            "unit": _("Only people of this unit and those below it are looked at."),
            "term_number": _("The number of the new term, such as 15."),
        }

    def __init__(self, *args: Any, editor: Officer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = Unit.objects.visible_to(editor, Deed.IMPORT)
        unit = self.fields["unit"]
        unit.queryset, unit.empty_label = units, None  # type: ignore[attr-defined]
        unit.initial = min(units, key=lambda one: one.depth, default=None)
        self.fields["kind"].choices = KINDS  # type: ignore[attr-defined]
        self.bodies = bodies_of(editor)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        start, end = cleaned.get("starts_on"), cleaned.get("ends_on")
        if start and end and end < start:
            self.add_error("ends_on", _("A term can not end before it begins."))
        if cleaned.get("term_number") == 0:
            self.add_error("term_number", _("Terms are counted from 1."))
        return cleaned


def bodies_of(editor: Officer) -> list[str]:
    """The names of bodies that people within reach sit in."""
    people = Stakeholder.objects.visible_to(editor, Deed.IMPORT)
    seats = Seat.objects.filter(
        kind__in=[kind for kind, _label in KINDS], stakeholder__in=people.values("pk")
    )
    return list(seats.exclude(body="").order_by("body").values_list("body", flat=True).distinct())
