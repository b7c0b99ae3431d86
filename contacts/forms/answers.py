"""Answers: what is told, in which contact, and how satisfied people are with it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.forms.utils import from_current_timezone
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contacts.answering import asked_on, may_be_left, still_to_tell, told_last, untold
from contacts.forms.fields import ClockField, DayField, SubmissionField
from contacts.models import Answer, ContactRecord, Feedback, Officer, Rating, Telling

NEW, LATER = "new", "later"
OFFERED = 5  # recent contacts in which the person may have been told


def mark(written: Answer | None) -> str:
    """Tells one text of an answer from the next."""
    return f"{written.pk}-{written.prepared_at.timestamp()}" if written else ""


class ToldForm(forms.Form):
    """The contact in which somebody was told: one that stands, or one logged right here."""

    told_in = forms.ChoiceField(label=_("Told in"), widget=forms.RadioSelect)
    kind = forms.ChoiceField(label=_("Kind"), choices=ContactRecord.TALK_KINDS, required=False)
    day = DayField(label=_("Day"), required=False)
    time = ClockField(label=_("Time"), required=False)
    submission = SubmissionField()
    seen = forms.CharField(widget=forms.HiddenInput, required=False)  # the answer that stood on the page

    def __init__(
        self, data: Any = None, *, item: Feedback, officer: Officer, now: dt.datetime, **kwargs: Any
    ) -> None:
        local = timezone.localtime(now)
        self.item, self.now = item, now
        # Where several asked, a place in a list that another officer shortens meanwhile would name somebody else.
        several = len(item.to_be_told()) > 1
        self.people = {f"{NEW}-{person.pk}" if several else NEW: person for person in still_to_tell(item)}
        self.written = untold(item)
        when = {
            "seen": mark(self.written),
            "told_in": next(iter(self.people), LATER),
            "day": local.date(),
            "time": local.time(),
            "kind": "call",
        }
        super().__init__(data, **{"initial": when | kwargs.pop("initial", {})} | kwargs)
        seen = Q(pk__in=ContactRecord.objects.visible_to(officer).values("pk")) | Q(officer=officer)
        since = ContactRecord.objects.reached().filter(
            seen, stakeholder__in=self.people.values(), occurred_on__gte=asked_on(item)
        )
        recent = since.select_related("stakeholder").order_by("-occurred_at")[:OFFERED]
        before = told_last(item)
        self.records = {
            str(record.pk): record
            for record in recent
            if record.stakeholder_id not in before or record.occurred_at > before[record.stakeholder_id]
        }
        self.fields["told_in"].choices = [*self.unlogged(), *self.standing()]  # type: ignore[attr-defined]

    def unlogged(self) -> list[tuple[str, Any]]:
        if len(self.people) == 1:
            return [(key, _("a contact not logged yet:")) for key in self.people]
        words = _("a contact with %(name)s not logged yet")
        return [(key, words % {"name": person.name}) for key, person in self.people.items()]

    def standing(self) -> list[tuple[str, str]]:
        several = len(self.people) > 1
        return [
            (pk, f"{record.stakeholder}: {record}" if several else str(record))
            for pk, record in self.records.items()
        ]

    def clean_seen(self) -> str:
        """Nobody is told, and nothing is written over, what somebody else wrote after the page was opened."""
        seen: str = self.cleaned_data["seen"]
        if "seen" in self.data and seen != mark(self.written):
            data: Any = self.data.copy()  # type: ignore[attr-defined]
            data["seen"] = mark(self.written)
            self.data = data
            self.add_error(None, self.meanwhile())
        return seen

    def meanwhile(self) -> str:
        if self.written is None:
            return str(_("The answer that stood here was told or taken back meanwhile. Look at the item."))
        said = {"name": self.written.prepared_by.name, "text": self.written.text}
        words = _("%(name)s wrote another answer meanwhile: “%(text)s”. Tell that one, or write anew.")
        return str(words) % said

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if str(cleaned.get("told_in")).startswith(NEW):
            self._clean_new(cleaned)
        return cleaned

    def _clean_new(self, cleaned: dict[str, Any]) -> None:
        for name in ("kind", "day", "time"):
            if cleaned.get(name) in (None, "") and name not in self.errors:
                self.add_error(name, _("Say how and when the person was told."))
        if cleaned.get("day") and cleaned.get("time") is not None:
            cleaned["occurred_at"] = from_current_timezone(
                dt.datetime.combine(cleaned["day"], cleaned["time"])
            )
            if cleaned["occurred_at"] > self.now:
                self.add_error("day", _("This lies in the future. Enter when the person was told."))

    def was_sent(self) -> bool:
        """Has this very form told somebody the answer, or written one, before?"""
        try:
            sent = self.fields["submission"].clean(self.data.get("submission"))
        except ValidationError:
            return False
        told = Telling.objects.filter(answer__feedback=self.item, record__submission=sent)
        return sent is not None and (told.exists() or self.item.answers.filter(submission=sent).exists())

    def record(self, officer: Officer, summary: str) -> ContactRecord | None:
        """The contact: one that stands, or one to log, which has no key yet; None where nobody was told."""
        told = self.cleaned_data
        if told["told_in"] == LATER:
            return None
        if told["told_in"] in self.records:
            return self.records[told["told_in"]]
        return ContactRecord(
            stakeholder=self.people[told["told_in"]],
            officer=officer,
            kind=told["kind"],
            outcome=ContactRecord.Outcome.REACHED,
            occurred_at=told["occurred_at"],
            summary=summary[:2000],
            submission=told["submission"],
        )


class AnswerForm(ToldForm):
    """The answer, and in which contact the person was told, if that has been done. The second answer to a promise may be
    the last word; the first one, only if the matter is solved (R12)."""

    answer = forms.CharField(
        label=_("What the person is told"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4})
    )
    result = forms.ChoiceField(label=_("Result"), choices=Answer.Result.choices, widget=forms.RadioSelect)
    review_on = DayField(label=_("To be looked at again on"), required=False)

    def __init__(self, data: Any = None, *, item: Feedback, officer: Officer, now: dt.datetime) -> None:
        draft = untold(item)
        said = {"answer": draft.text, "result": draft.result, "review_on": draft.review_on} if draft else {}
        super().__init__(data, item=item, officer=officer, now=now, initial=said)
        self.second = item.review_on is not None
        self.fields["review_on"].help_text = (
            _("For what is in progress or on the plan: the promise goes on.")
            if self.second
            else _("For any result but solved: a second answer is due then.")
        )

    def standing(self) -> list[tuple[str, str]]:
        return [*super().standing(), (LATER, _("nobody has been told yet: keep it as written"))]  # type: ignore[list-item]

    def clean_review_on(self) -> dt.date | None:
        day = self.cleaned_data["review_on"]
        if day and day <= timezone.localdate(self.now):
            raise ValidationError(_("Choose a day to come."))
        return day

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        result = cleaned.get("result")
        final = result == Answer.Result.SOLVED or self.second and result in Answer.LAST_WORDS
        if result and not final and not cleaned.get("review_on") and "review_on" not in self.errors:
            self.add_error(
                "review_on", _("Any result but solved needs a day on which it is looked at again.")
            )
        return cleaned


class RateForm(forms.Form):
    """How satisfied somebody is: with the handling and with the result, apart."""

    telling = forms.ModelChoiceField(Telling.objects.none(), label=_("Asked"), empty_label=None)
    process = forms.ChoiceField(
        label=_("With the handling"), choices=Rating.Verdict.choices, widget=forms.RadioSelect
    )
    result = forms.ChoiceField(
        label=_("With the result"), choices=Rating.Verdict.choices, widget=forms.RadioSelect
    )
    comment = forms.CharField(
        label=_("In their words"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    leave = forms.BooleanField(
        label=_("Leave it at that: it was opened again for this before"), required=False
    )

    def __init__(self, data: Any = None, *, tellings: Any, item: Feedback, initial: dict[str, Any]) -> None:
        super().__init__(data, initial={"telling": tellings.first()} | initial)
        self.fields["telling"].queryset = tellings  # type: ignore[attr-defined]
        self.fields["telling"].label_from_instance = lambda told: told.record.stakeholder.name  # type: ignore[attr-defined]
        if len(tellings) == 1:
            self.fields["telling"].widget = forms.HiddenInput()
        if not may_be_left(item):
            del self.fields["leave"]
