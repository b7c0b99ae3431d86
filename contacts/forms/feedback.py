"""What a person said: taken in, assigned, taken in hand, put together with another item."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from contacts.access import Deed
from contacts.forms.fields import DayField, SubmissionField
from contacts.forms.topics import OFFERED_TOPICS, TopicField
from contacts.models import ContactRecord, Feedback, Officer, Stakeholder, Unit

NAMESAKES = 5  # so many are told apart by their numbers
BRACKETS = str.maketrans("[(【])】", "〔〔〔〕〕〕")


class FeedbackForm(forms.ModelForm):
    """An opinion that came by itself: in a letter, at the desk, in the street; or a formal suggestion or proposal, which
    comes with a document."""

    topic = TopicField()
    received_on = DayField(label=_("Received on"))
    signers = forms.CharField(
        label=_("Signed with"),
        required=False,
        max_length=400,
        help_text=_(
            "Names or numbers (L000123) of those who signed beside this person, with commas between; each is told the answer."
        ),
    )
    # What they answered to: a briefing, say. Other contacts are logged with what was said in them.
    record = forms.ModelChoiceField(ContactRecord.objects.none(), widget=forms.HiddenInput, required=False)
    submission = SubmissionField()

    class Meta:
        model = Feedback
        fields = ["kind", "document_number", "text", "topic", "received_on"]
        widgets = {"kind": forms.RadioSelect, "text": forms.Textarea(attrs={"rows": 5, **OFFERED_TOPICS})}
        help_texts = {
            "document_number": _("Of a formal suggestion or proposal; its clock is the statutory one.")
        }

    def __init__(
        self, data: Any = None, *, day: dt.date, person: Stakeholder, officer: Officer, **kwargs: Any
    ) -> None:
        super().__init__(data, initial={"received_on": day} | kwargs.pop("initial", {}), **kwargs)
        self.day, self.person, self.officer = day, person, officer
        self.fields["record"].queryset = person.records.all()  # type: ignore[attr-defined]

    def clean_signers(self) -> list[Stakeholder]:
        """The people behind names and numbers; whoever is out of reach is as nobody."""
        typed = filter(None, re.split(r"[\s,;、，；]+", self.cleaned_data["signers"]))
        found = {person.pk: person for person in map(self._signer, typed)}
        found.pop(self.person.pk, None)
        return list(found.values())

    def _signer(self, typed: str) -> Stakeholder:
        seen, digits = Stakeholder.objects.visible_to(self.officer), typed.upper().removeprefix("L")
        named = seen.filter(pk=int(digits)) if digits.isdecimal() else seen.filter(name=typed).order_by("pk")
        found = list(named.select_related("unit")[:NAMESAKES])
        if not found:
            raise ValidationError(
                _("Nobody within your reach has the name or number %(typed)s."), params={"typed": typed}
            )
        if len(found) > 1:
            raise ValidationError(
                _("Several people are called %(name)s: %(people)s. Enter the number of the one who signed."),
                params={"name": typed, "people": _(", ").join(f"{one.number} {one.unit}" for one in found)},
            )
        return found[0]

    def clean_received_on(self) -> dt.date:
        received_on = self.cleaned_data["received_on"]
        if received_on > self.day:
            raise ValidationError(_("This day lies in the future."))
        return received_on

    def clean_record(self) -> ContactRecord | None:
        """As it stands by now: what corrected it; and none where it was voided, for the opinion stands by itself."""
        record: ContactRecord | None = self.cleaned_data["record"]
        while record and record.superseded_at:
            record = record.superseded_by
        return record if record and record.is_live else None

    def clean_document_number(self) -> str:
        """In one way of writing it: 〔2026〕, whatever brackets, blanks and wide digits were typed."""
        typed: str = self.cleaned_data["document_number"]
        number = "".join(unicodedata.normalize("NFKC", typed).split()).translate(BRACKETS)
        before = number and Feedback.objects.filter(document_number=number).first()
        if before and self.officer.rights.may(Deed.READ_FEEDBACK, before):
            raise ValidationError(
                _("This document has been entered already: it is %(number)s."),
                params={"number": before.number},
            )
        if before:
            raise ValidationError(_("This document has been entered already, by another unit."))
        return number

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        formal = cleaned.get("kind") not in {None, Feedback.Kind.ORAL}
        number = cleaned.get("document_number")
        if formal and not number and "document_number" not in self.errors:
            self.add_error(
                "document_number", _("A formal suggestion or proposal has one. Enter it as it is printed.")
            )
        if cleaned.get("signers") and cleaned.get("kind") == Feedback.Kind.ORAL:
            self.add_error("signers", _("Only a formal suggestion or proposal is signed by several."))
        if number and cleaned.get("kind") == Feedback.Kind.ORAL:
            self.add_error("kind", _("What has a document number is a formal suggestion or a proposal."))
        return cleaned

    def sent_before(self) -> Feedback | None:
        """What this very form took in when it was sent for the first time: a document is entered once, not refused."""
        try:
            number = self.fields["submission"].clean(self.data.get("submission"))
        except ValidationError:
            return None
        return number and Feedback.objects.filter(stakeholder=self.person, submission=number).first()

    def feedback(self) -> Feedback:
        """The item, not yet saved."""
        item: Feedback = self.save(commit=False)
        item.stakeholder, item.submission = self.person, self.cleaned_data["submission"]
        item.record = self.cleaned_data["record"]
        return item


class AssignForm(forms.Form):
    unit = forms.ModelChoiceField(Unit.objects.none(), label=_("Unit"))
    note = forms.CharField(
        label=_("Note"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, data: Any = None, *, units: Any, item: Feedback, **kwargs: Any) -> None:
        super().__init__(data, **{"initial": {"unit": item.unit_id}} | kwargs)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]
        if item.state in {Feedback.State.ANSWERED, Feedback.State.CLOSED}:
            self.fields["note"].label, self.fields["note"].required = _("Why it is opened again"), True


class TakeUpForm(forms.Form):
    handler = forms.ModelChoiceField(Officer.objects.none(), label=_("In hand of"))

    def __init__(self, data: Any = None, *, item: Feedback, officer: Officer) -> None:
        super().__init__(data, initial={"handler": officer if officer.unit_id == item.unit_id else None})
        of_unit = Officer.objects.active().filter(unit=item.unit_id).order_by("pinyin", "pk")
        self.fields["handler"].queryset = of_unit  # type: ignore[attr-defined]


class LinkForm(forms.Form):
    other = forms.CharField(label=_("Number of the other item"), max_length=12, help_text=_("As F000123."))

    def __init__(self, data: Any = None, *, officer: Officer) -> None:
        super().__init__(data)
        self.officer = officer

    def clean_other(self) -> Feedback:
        """The item; one out of reach is as one that is not there, and what one may only read stays as it is."""
        number = self.cleaned_data["other"].strip().upper().removeprefix("F")
        seen = Feedback.objects.visible_to(self.officer)
        other = seen.filter(pk=int(number)).first() if number.isdecimal() else None
        if other is None:
            raise ValidationError(_("There is no such item within your reach. Look at the number again."))
        if not self.officer.rights.may(Deed.LOG, other):
            raise ValidationError(
                _("You may read that item and not handle it. Ask whoever has it to put them together.")
            )
        return other
