"""The form that takes in a workbook."""

import datetime as dt
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import FileExtensionValidator
from django.utils.translation import gettext_lazy as _

from contacts.forms.fields import DayField
from contacts.imports.issues import FILE
from contacts.imports.workbook import BYTES
from contacts.models import ImportBatch

SUFFIXES = ["xlsx", "xls", "csv", "txt"]


class WorkbookField(forms.FileField):
    """A workbook or csv of a size that is read."""

    def __init__(self, label: Any) -> None:
        super().__init__(
            label=label,
            help_text=_(
                "An Excel workbook or a csv, with its headers as they are. Nothing changes before you confirm."
            ),
            widget=forms.FileInput(attrs={"accept": ",".join(f".{suffix}" for suffix in SUFFIXES)}),
            validators=[FileExtensionValidator(SUFFIXES, _("Only .xlsx, .xls and .csv can be imported."))],
        )

    def clean(self, data: Any, initial: Any = None) -> UploadedFile:
        file: UploadedFile = super().clean(data, initial)
        if file.size and file.size > BYTES:
            raise forms.ValidationError(FILE["too_large"])
        return file


class UploadForm(forms.Form):
    file = WorkbookField(_("File"))
    kind = forms.ChoiceField(
        label=_("Kind of list"),
        choices=[("auto", _("as the columns tell")), *ImportBatch.Kind.choices],
        initial="auto",
    )
    since = DayField(
        label=_("Pairings count from"),
        help_text=_(
            "For the officers named in a roster. Whoever held a person until then, stops on the day before."
        ),
    )

    def __init__(self, *args, day: dt.date, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("since", day)
