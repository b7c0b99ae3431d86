"""The forms that take in workbooks and say what their columns mean."""

import datetime as dt
from pathlib import PurePath
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.forms.fields import DayField
from contacts.imports import tables
from contacts.imports.issues import FILE
from contacts.imports.workbook import BYTES
from contacts.models import ImportBatch

SUFFIXES = {".xlsx", ".xls", ".csv", ".tsv", ".txt"}
Sent = tuple[UploadedFile, str]  # a file, and the code of what can be told against it without opening it


class FilesInput(forms.FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files at once. One that is refused keeps no other out; only if all are, the form comes back."""

    def clean(self, data: Any, initial: Any = None) -> list[Sent]:
        files = [file for file in data or [] if file] if isinstance(data, list | tuple) else [data]
        if not any(files):
            raise forms.ValidationError(self.error_messages["required"], code="required")
        sent = [(file, refusal(file)) for file in files]
        if all(code for _file, code in sent):
            raise forms.ValidationError([sentence(*one, alone=len(sent) == 1) for one in sent])
        return sent


def refusal(file: UploadedFile) -> str:
    """The code of what can be told against a file without opening it, or ""."""
    if PurePath(file.name or "").suffix.lower() not in SUFFIXES:
        return "wrong_suffix"
    return "too_large" if (file.size or 0) > BYTES else "" if file.size else "empty_file"


def sentence(file: UploadedFile, code: str, *, alone: bool) -> str:
    return str(FILE[code]) if alone else f"{file.name}: {FILE[code]}"


class WorkbookField(forms.FileField):
    """One workbook or csv."""

    def __init__(self, label: Any) -> None:
        help_text = gettext_lazy(
            "An Excel workbook or a csv, with its headers as they are. Nothing changes before you confirm."
        )
        widget = forms.FileInput(attrs={"accept": ",".join(sorted(SUFFIXES))})
        super().__init__(label=label, help_text=help_text, widget=widget)

    def clean(self, data: Any, initial: Any = None) -> UploadedFile:
        file: UploadedFile = super().clean(data, initial)
        if code := refusal(file):
            raise forms.ValidationError(sentence(file, code, alone=True))
        return file


class UploadForm(forms.Form):
    file = FilesField(
        label=gettext_lazy("Files"),
        help_text=gettext_lazy(
            "Excel workbooks or csv files, one or several, with their headers as they are. Nothing changes before you confirm."
        ),
        widget=FilesInput(attrs={"accept": ",".join(sorted(SUFFIXES))}),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind of list"),
        choices=[("auto", gettext_lazy("as the columns tell")), *ImportBatch.Kind.choices],
        initial="auto",
    )
    since = DayField(
        label=gettext_lazy("Pairings count from"),
        help_text=gettext_lazy(
            "For the officers named in a roster. Whoever held a person until then, stops on the day before."
        ),
    )

    def __init__(self, *args, day: dt.date, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("since", day)


class ColumnsForm(forms.Form):
    """What each column of a file means; a field for every column, named by its place."""

    kind = forms.ChoiceField(choices=ImportBatch.Kind.choices, widget=forms.HiddenInput)

    def __init__(self, data: Any, *, columns: list[dict[str, Any]], kind: str) -> None:
        super().__init__(data, initial={"kind": kind})
        self.columns, self.chosen = columns, kind
        meanings = [
            ("", gettext_lazy("– leave out –")),
            *((n, tables.label(kind, n)) for n in tables.COLUMNS[kind]),
        ]
        for index, column in enumerate(columns):
            self.fields[f"column-{index}"] = forms.ChoiceField(
                label=column["header"], choices=meanings, required=False, initial=column["means"]
            )

    @property
    def lines(self) -> list[dict[str, Any]]:
        """For the page: each column, its first values, and the field to say what it means."""
        return [column | {"control": self[f"column-{index}"]} for index, column in enumerate(self.columns)]

    @property
    def wording(self) -> dict[str, str]:
        return {
            column["word"]: self.cleaned_data.get(f"column-{index}", "")
            for index, column in enumerate(self.columns)
        }

    def clean(self) -> dict[str, Any]:
        taken: dict[str, str] = {}
        for index, column in enumerate(self.columns):
            name = self.cleaned_data.get(f"column-{index}", "")
            if name and name in taken:
                words = {
                    "field": tables.label(self.chosen, name),
                    "one": taken[name],
                    "other": column["header"],
                }
                self.add_error(
                    f"column-{index}",
                    _("Both “%(one)s” and “%(other)s” can not be %(field)s; leave one of them out.") % words,
                )
            taken.setdefault(name, column["header"])
        missing = [
            tables.label(self.chosen, name)
            for name in tables.COLUMNS[self.chosen]
            if name in tables.needed(self.chosen) - taken.keys()
        ]
        if missing:
            self.add_error(
                None,
                _("Say which column is %(fields)s; without it nothing can be imported.")
                % {"fields": "、".join(missing)},
            )
        return self.cleaned_data
