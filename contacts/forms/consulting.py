"""Asking another unit, noting, attaching, and what leaders do with an item."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from contacts.forms.fields import DayField, not_past
from contacts.models import Feedback, Unit

# What may be attached: suffix → how its content begins, and what it is served as.
KINDS: dict[str, tuple[bytes, str]] = {
    "pdf": (b"%PDF-", "application/pdf"),
    "jpg": (b"\xff\xd8\xff", "image/jpeg"),
    "jpeg": (b"\xff\xd8\xff", "image/jpeg"),
    "png": (b"\x89PNG\r\n\x1a\n", "image/png"),
    "docx": (
        b"PK\x03\x04",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    "xlsx": (b"PK\x03\x04", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}


class TextForm(forms.Form):
    """One text and nothing else."""

    def __init__(self, data: Any = None, *, label: Any, length: int = 500) -> None:
        super().__init__(data)
        widget = forms.Textarea(attrs={"rows": 4})
        self.fields["text"] = forms.CharField(label=label, max_length=length, widget=widget)


class OpinionForm(forms.Form):
    """A question to another unit."""

    unit = forms.ModelChoiceField(Unit.objects.open(), label=_("Unit"))
    question = forms.CharField(
        label=_("What you want to know"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )
    due_on = DayField(label=_("Opinion due on"))

    def __init__(self, data: Any = None, *, item: Feedback, today: dt.date, due_on: dt.date) -> None:
        super().__init__(data, initial={"due_on": due_on})
        self.today = today
        self.fields["unit"].queryset = Unit.objects.open().exclude(pk=item.unit_id)  # type: ignore[attr-defined]

    def clean_due_on(self) -> dt.date:
        return not_past(self.cleaned_data["due_on"], self.today)


class EscalateForm(forms.Form):
    unit = forms.ModelChoiceField(Unit.objects.none(), label=_("To the leaders of"), empty_label=None)
    text = forms.CharField(
        label=_("What they are to decide"), max_length=400, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, data: Any = None, *, item: Feedback) -> None:
        super().__init__(data)
        above = [code for code in item.unit.path.split("/") if code and code != item.unit.code]
        self.fields["unit"].queryset = Unit.objects.filter(code__in=above).order_by("-path")  # type: ignore[attr-defined]


class SuperviseForm(forms.Form):
    report_by = DayField(label=_("Report due on"))
    text = forms.CharField(
        label=_("What is to be done"), max_length=400, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, data: Any = None, *, today: dt.date, report_by: dt.date) -> None:
        super().__init__(data, initial={"report_by": report_by})
        self.today = today

    def clean_report_by(self) -> dt.date:
        return not_past(self.cleaned_data["report_by"], self.today)


class AttachForm(forms.Form):
    file = forms.FileField(
        label=_("File"),
        max_length=120,
        help_text=_("A photograph, a PDF, a Word or Excel document."),
        widget=forms.ClearableFileInput(attrs={"accept": ",".join(f".{suffix}" for suffix in KINDS)}),
    )

    def clean_file(self) -> UploadedFile:
        upload: UploadedFile = self.cleaned_data["file"]
        self.cleaned_data["media_type"] = media_type_of(upload)
        return upload


def media_type_of(upload: UploadedFile) -> str:
    """What its name says, by how it begins as well; ValidationError above the setting's size."""
    if (upload.size or 0) > settings.ATTACHMENT_MAX_BYTES:
        raise ValidationError(
            _("The file has %(size)s; at most %(most)s can be kept. Make it smaller."),
            params={
                "size": filesizeformat(upload.size or 0),
                "most": filesizeformat(settings.ATTACHMENT_MAX_BYTES),
            },
        )
    begins, media_type = KINDS.get((upload.name or "").rpartition(".")[2].lower(), (b"", ""))
    if not media_type or not upload.read(len(begins)) == begins:
        raise ValidationError(_("Only PDF, JPEG, PNG, Word (docx) and Excel (xlsx) files can be attached."))
    upload.seek(0)
    return media_type
