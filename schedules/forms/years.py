"""The official notice of a whole year: some rows, entered at once."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contacts.forms.fields import DayField
from schedules.configuring import HolidayLine
from schedules.models import DayOverride

EMPTY_ROWS = 14  # a notice names seven holidays and about as many make-up days
LONGEST = dt.timedelta(days=20)  # a holiday; more is a month typed wrongly


class NoticeForm(forms.Form):
    """What the notice is of, and its text, which fills in the rows."""

    year = forms.IntegerField(label=_("Year"), min_value=2000, max_value=2100)
    text = forms.CharField(
        label=_("Text of the notice"),
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_(
            "Paste it as the State Council published it; the rows below are filled in from it for you to check."
        ),
    )
    known = forms.BooleanField(
        label=_("This is the whole notice: the year's make-up days are known"), required=False, initial=True
    )


class NoticeRow(forms.Form):
    """Days in a row that are off, or worked."""

    first = DayField(label=_("From"))
    last = DayField(label=_("Until"), required=False)
    is_working = forms.TypedChoiceField(
        label=_("These days are"),
        choices=[("no", _("days off")), ("yes", _("working days"))],
        coerce=lambda value: value == "yes",
    )
    note = forms.CharField(
        label=pgettext_lazy("of a thing", "Name"),
        required=False,
        max_length=DayOverride._meta.get_field("note").max_length,
    )

    def has_changed(self) -> bool:
        """A row in which nothing but the choice stands is an empty one."""
        return any(
            str(self.data.get(self.add_prefix(name), "")).strip() for name in ("first", "last", "note")
        )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        first = cleaned.get("first")
        if first and "last" not in self.errors:
            last = cleaned["last"] = cleaned.get("last") or first
            if last < first:
                self.add_error("last", _("The last day is before the first. Correct one of them."))
            elif last - first > LONGEST:
                self.add_error("last", _("More than twenty days in a row: look at the month."))
        return cleaned

    @property
    def line(self) -> HolidayLine:
        return HolidayLine(
            **{name: self.cleaned_data[name] for name in ("first", "last", "is_working", "note")}
        )


class BaseNoticeRows(forms.BaseFormSet):
    """The rows together: no day stands twice, and each row touches the year."""

    year: int | None = None  # set by the view once the form beside it is read

    def initial_form_count(self) -> int:
        """A row that was filled in from the text may be emptied like any other."""
        return 0 if self.is_bound else super().initial_form_count()

    @property
    def filled(self) -> list[tuple[int, NoticeRow]]:
        """The rows that say something, with their numbers as people count."""
        rows = ((number, form) for number, form in enumerate(self.forms, 1) if form.has_changed())
        return [(number, form) for number, form in rows if form.is_valid()]

    @property
    def lines(self) -> list[HolidayLine]:
        return [form.line for _number, form in self.filled]

    def clean(self) -> None:
        if not any(form.has_changed() for form in self.forms):
            raise ValidationError(_("Fill in at least one row, or paste the text of the notice."))
        rows_of: dict[dt.date, int] = {}
        for number, form in self.filled:
            line = form.line
            if self.year and self.year not in {line.first.year, line.last.year}:
                form.add_error("first", _("This day is not in %(year)s.") % {"year": self.year})
            for day in line.days:
                if rows_of.setdefault(day, number) != number:
                    form.add_error(
                        "first",
                        _("%(day)s stands in row %(row)s already.") % {"day": day, "row": rows_of[day]},
                    )
                    break

    @property
    def complaints(self) -> list[tuple[int, str, str]]:
        """Row, field and what is wrong with it, for the top of the page."""
        return [
            (number, str(form.fields[name].label) if name in form.fields else "", str(error))
            for number, form in enumerate(self.forms, 1)
            for name, errors in form.errors.items()
            for error in errors
        ]


_NoticeRows: Any = forms.formset_factory(
    NoticeRow, formset=BaseNoticeRows, extra=EMPTY_ROWS, max_num=60, absolute_max=60
)


def notice_rows(data: Any = None, initial: Any = None) -> BaseNoticeRows:
    rows: BaseNoticeRows = _NoticeRows(data, prefix="rows", initial=initial)
    return rows
