"""Who else takes part in handling an item: other units' opinions, notes, and files."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts.feedback_steps import locked, stated, step
from contacts.models import Actor, Attachment, AuditEntry, CoHandling, Feedback, FeedbackStep, Unit

ATTACHED = 20  # files of one item


@transaction.atomic
def ask_opinion(
    feedback: Feedback, *, unit: Unit, question: str, due_on: dt.date, day: dt.date, actor: Actor
) -> CoHandling:
    """Ask another unit. The lead stays where it is."""
    feedback = locked(feedback)
    if not feedback.is_pending:
        raise ValidationError(_("It is answered already."))
    if unit.closed_on:
        raise ValidationError(_("%(unit)s is closed; choose a unit that is open."), params={"unit": unit})
    if unit.pk == feedback.unit_id or feedback.co_handling.filter(unit=unit, given_at=None).exists():
        raise ValidationError(
            _("%(unit)s handles it, or has been asked already. Choose another one."), params={"unit": unit}
        )
    if due_on < day:
        raise ValidationError(_("This day is over; choose today or a later one."))
    asked = CoHandling.objects.create(
        feedback=feedback, unit=unit, question=stated(question, _("Say what you want to know.")), due_on=due_on,
        asked_on=day, asked_by=actor.officer or feedback.received_by,
    )  # fmt: skip
    step(feedback, FeedbackStep.Deed.ASKED, actor, f"{unit}: {asked.question}")
    AuditEntry.objects.record(
        actor, "ask for opinion", feedback, after={"unit": unit.code, "due_on": due_on}, reason=asked.question
    )
    return asked


@transaction.atomic
def give_opinion(asked: CoHandling, *, opinion: str, actor: Actor) -> None:
    feedback = locked(asked.feedback)
    asked = CoHandling.objects.select_for_update(of=("self",)).select_related("unit").get(pk=asked.pk)
    if asked.given_at is not None:
        raise ValidationError(_("The opinion has been given already."))
    asked.opinion = stated(opinion, _("Say what your unit thinks."))
    asked.given_by, asked.given_at = actor.officer, timezone.now()
    asked.save()
    step(feedback, FeedbackStep.Deed.ADVISED, actor, f"{asked.unit}: {asked.opinion}")
    AuditEntry.objects.record(
        actor, "give opinion", feedback, after={"unit": asked.unit.code, "opinion": asked.opinion}
    )


@transaction.atomic
def note(feedback: Feedback, *, text: str, actor: Actor) -> None:
    """What was found out or arranged meanwhile."""
    feedback = locked(feedback)
    text = stated(text, _("Write what is to be noted."))
    step(feedback, FeedbackStep.Deed.NOTED, actor, text)
    AuditEntry.objects.record(actor, "note on feedback", feedback, after={"note": text})


@transaction.atomic
def attach(feedback: Feedback, upload: UploadedFile, media_type: str, *, actor: Actor) -> Attachment:
    """Keep a file with the item; the same content once."""
    feedback = locked(feedback)
    kept = kept_as(upload, media_type)
    name, sha256 = kept["name"], kept["sha256"]
    if feedback.attachments.filter(sha256=sha256).exists():
        raise ValidationError(_("This file stands there already."))
    if feedback.attachments.count() >= ATTACHED:
        raise ValidationError(
            _("More than %(number)d files are not kept for one item."), params={"number": ATTACHED}
        )
    attachment = Attachment.objects.create(
        feedback=feedback, added_by=actor.officer or feedback.received_by, **kept
    )
    step(feedback, FeedbackStep.Deed.ATTACHED, actor, name)
    AuditEntry.objects.record(actor, "attach file", feedback, after={"name": name, "sha256": sha256})
    return attachment


def kept_as(upload: UploadedFile, media_type: str) -> dict[str, Any]:
    """What a KeptFile says of a file."""
    sha256 = hashlib.file_digest(upload.file, "sha256").hexdigest()  # type: ignore[arg-type]
    upload.seek(0)
    name = (upload.name or "")[-120:]
    return {
        "name": name,
        "media_type": media_type,
        "file": upload,
        "size": upload.size or 0,
        "sha256": sha256,
    }
