"""A person by hand: who they are, their numbers one a line, and their seats."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from contacts import names, phones, terms
from contacts.access import Deed
from contacts.forms.fields import DayField
from contacts.models import Officer, Seat, Stakeholder, Unit


class StakeholderForm(forms.ModelForm):
    numbers = forms.CharField(
        label=_("Phone numbers"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "inputmode": "tel"}),
        help_text=_("One a line, the one to dial first on top; an extension after 转."),
    )

    field_order = ["name", "numbers"]

    class Meta:
        model = Stakeholder
        fields = [
            "name", "sex", "birth_year", "birth_month", "employer", "street", "address", "email", "reach_hint", "unit",
            "remark",
        ]  # fmt: skip

    def __init__(self, data: Any = None, *, editor: Officer, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        unit = self.fields["unit"]
        unit.queryset = Unit.objects.visible_to(editor, Deed.EDIT_ROSTER).open()  # type: ignore[attr-defined]
        person = self.instance
        if person.pk:
            self.fields["numbers"].initial = "\n".join(str(phone) for phone in person.phones.all())
            if person.pairings.filter(ended_on=None).exists():
                unit.disabled = True
                unit.help_text = _("Follows the officer who is responsible.")

    def looks_for_similar(self) -> None:
        """Show who may be the same one while a new person is being typed."""
        for name in ("name", "numbers"):
            self.fields[name].widget.attrs |= {
                "hx-post": reverse("contacts:stakeholder-similar"),
                "hx-trigger": "input changed delay:400ms",
                "hx-include": "[name=name], [name=numbers]",
                "hx-params": "name, numbers",
                "hx-target": "#similar",
            }

    def clean_name(self) -> str:
        name = names.normalise(self.cleaned_data["name"])
        if not name:
            raise ValidationError(_("A name has at least one character besides blanks and brackets."))
        return name

    def clean_numbers(self) -> tuple[phones.Phone, ...]:
        cell = phones.read(self.cleaned_data["numbers"])
        if cell.invalid:
            raise ValidationError(
                _("No number that could ring: %(numbers)s. Write 11 digits, or the area code and 8 digits."),
                params={"numbers": ", ".join(cell.invalid)},
            )
        return cell.numbers

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        month = cleaned.get("birth_month")
        if month and not 1 <= month <= 12:
            self.add_error("birth_month", _("A month is a number from 1 to 12."))
        elif month and not cleaned.get("birth_year"):
            self.add_error("birth_month", _("A month of birth needs its year."))
        if (year := cleaned.get("birth_year")) and not 1900 <= year <= 2020:
            self.add_error("birth_year", _("Write the year with four digits."))
        return cleaned


class SharedSeatForm(forms.ModelForm):
    """What the seats of several people can have in common."""

    started_on = DayField(label=_("From"), required=False)
    ended_on = DayField(label=_("Until"), required=False)

    class Meta:
        model = Seat
        fields = [
            "kind",
            "level",
            "body",
            "delegation",
            "term_number",
            "occupation",
            "started_on",
            "ended_on",
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        start, end = cleaned.get("started_on"), cleaned.get("ended_on")
        if start and end and end < start:
            self.add_error("ended_on", _("A seat can not end before it starts."))
        return cleaned


class SeatForm(SharedSeatForm):
    class Meta(SharedSeatForm.Meta):
        fields = [
            "kind", "level", "body", "delegation", "term_number", "certificate", "occupation", "unit", "started_on",
            "ended_on",
        ]  # fmt: skip

    def __init__(self, *args: Any, units: list[tuple[Any, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].choices = units  # type: ignore[attr-defined]  # read once for all rows

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        certificate = cleaned.get("certificate")
        seat = self.instance
        others = Seat.objects.filter(kind=cleaned.get("kind"), certificate=certificate).exclude(pk=seat.pk)
        # Appointments of one person that renew each other may have one number.
        renewing = Q() if seat.renews_id else Q(renews__isnull=False)
        others = others.exclude(renewing, stakeholder=seat.stakeholder_id)
        if certificate and others.exists():
            self.add_error("certificate", _("This certificate number belongs to another person or seat."))
        return cleaned


class BaseSeatFormSet(forms.BaseInlineFormSet):
    def clean(self) -> None:
        """Two seats in one body at a time are a mistake; those that were so before, and are not touched here, are left to
        whoever corrects them. It is no constraint of the database: rosters that give terms by months overlap by one."""
        super().clean()
        forms_of = {
            id(form.instance): form
            for form in self.forms
            if form not in self.deleted_forms and form.is_valid() and form.cleaned_data.get("kind")
        }
        for one, two in terms.overlapping(form.instance for form in forms_of.values()):
            if forms_of[id(one)].has_changed() or forms_of[id(two)].has_changed():
                forms_of[id(two)].add_error(
                    None,
                    _(
                        "Two seats in one body at a time: %(one)s and %(two)s. End the first one on the day before the "
                        "second begins, or correct the days."
                    )
                    % {"one": named(one), "two": named(two)},
                )
        self._keep_what_is_renewed()

    def _keep_what_is_renewed(self) -> None:
        """An appointment does not go while the one that renews it stays."""
        going = {form.instance.pk for form in self.deleted_forms}
        for form in self.forms:
            if form.instance.renews_id in going - {None} and form.instance.pk not in going:
                form.add_error(
                    None,
                    _("This renews an appointment that is to be taken away. Take both away, or leave both."),
                )


def named(seat: Seat) -> str:
    return f"{seat} ({', '.join(part for part in (terms.term(seat.term_number), terms.days(seat)) if part)})"


SeatFormSet = forms.inlineformset_factory(
    Stakeholder, Seat, form=SeatForm, formset=BaseSeatFormSet, extra=1, can_delete=True
)


def seat_forms(data: Any, person: Stakeholder) -> forms.BaseInlineFormSet[Seat, Stakeholder, SeatForm]:
    """The person's seats and one empty row, over one reading of the units."""
    units = [("", "---------"), *((unit.pk, unit.label) for unit in Unit.objects.order_by("path"))]
    return SeatFormSet(data, instance=person, prefix="seats", form_kwargs={"units": units})
