"""What a unit is called, where it hangs, and which units become one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from contacts.forms.fields import ReasonForm
from contacts.models import Unit

NEW = "new"


class RenameForm(ReasonForm):
    name = forms.CharField(label=_("Name of the unit"), max_length=100)
    short_name = forms.CharField(label=_("Short name"), max_length=50)

    field_order = ["name", "short_name"]


class MoveForm(ReasonForm):
    below = forms.ModelChoiceField(Unit.objects.none(), label=_("From today on below"))

    field_order = ["below"]

    def __init__(self, data: Any = None, *, unit: Unit, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        outside = Unit.objects.open().exclude(path__startswith=unit.path).exclude(children=unit)
        self.fields["below"].queryset = outside  # type: ignore[attr-defined]


class MergeForm(ReasonForm):
    """The unit at hand and others of its kind beside it become part of one that is there, or of a new one, which takes
    their kind and their place."""

    others = forms.ModelMultipleChoiceField(
        Unit.objects.none(), label=_("Together with"), required=False, widget=forms.CheckboxSelectMultiple
    )
    into = forms.ChoiceField(label=_("They become part of"))
    code = forms.CharField(
        label=_("Code"), required=False, max_length=12, validators=[RegexValidator(r"^[0-9A-Za-z-]+$")]
    )
    name = forms.CharField(label=_("Name of the unit"), required=False, max_length=100)
    short_name = forms.CharField(label=_("Short name"), required=False, max_length=50)

    field_order = ["others", "into", "code", "name", "short_name"]
    of_the_new = ("code", "name", "short_name")

    def __init__(self, data: Any = None, *, unit: Unit, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.unit = unit
        beside = Unit.objects.open().filter(parent=unit.parent_id, kind=unit.kind).exclude(pk=unit.pk)
        self.fields["others"].queryset = beside  # type: ignore[attr-defined]
        self.targets = {str(one.pk): one for one in Unit.objects.open() if not unit.contains(one)}
        self.fields["into"].choices = [  # type: ignore[attr-defined]
            (NEW, _("a new unit")), *((pk, str(one)) for pk, one in self.targets.items())
        ]  # fmt: skip
        for name in self.of_the_new:
            self.fields[name].help_text = _("Only of a new unit.")

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if code and Unit.objects.filter(code=code).exists():
            raise ValidationError(_("The code %(code)s belongs to another unit."), params={"code": code})
        return code

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("into") == NEW:
            for name in self.of_the_new:
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, _("A new unit needs this."))
        return cleaned

    @property
    def units(self) -> list[Unit]:
        """Those that close."""
        into = self.targets.get(self.cleaned_data["into"])
        return [unit for unit in [self.unit, *self.cleaned_data["others"]] if unit != into]

    @property
    def target(self) -> Unit:
        """What they become part of; not yet saved, if it is new."""
        if self.cleaned_data["into"] != NEW:
            return self.targets[self.cleaned_data["into"]]
        said = {name: self.cleaned_data[name] for name in self.of_the_new}
        return Unit(kind=self.unit.kind, parent_id=self.unit.parent_id, **said)
