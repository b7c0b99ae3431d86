"""Drafts: what an officer has typed into a long form and not yet sent."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from contacts.models.answers import Answer
from contacts.models.feedback import Feedback
from contacts.models.gatherings import Gathering
from contacts.models.records import ContactRecord

if TYPE_CHECKING:
    from contacts.models.officers import Officer

SENT_TO: tuple[type[models.Model], ...] = (
    ContactRecord,
    Feedback,
    Gathering,
    Answer,
)  # the rows that bear a form's number


class DraftQuerySet(models.QuerySet["Draft"]):
    def visible_to(self, officer: Officer) -> DraftQuerySet:
        """One's own, and nobody else's."""
        return self.filter(officer=officer)

    def sent(self) -> DraftQuerySet:
        """Those whose form has done its deed, though perhaps the answer never arrived."""
        done = models.Q()
        for model in SENT_TO:
            done |= models.Q(Exists(model._default_manager.filter(submission=OuterRef("submission"))))
        return self.filter(done)

    def unsent(self) -> DraftQuerySet:
        return self.exclude(pk__in=self.sent().order_by().values("pk"))


class Draft(models.Model):
    """One entry on its way. `form` names the form and whom it is about ("record:17", contacts/drafts.py); `submission`
    is the number that the form carries, so that what was sent though the answer got lost is known again."""

    LONGEST = 200_000  # characters of its values
    MOST = 50  # of one officer

    officer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="drafts")
    form = models.CharField(max_length=40)
    submission = models.UUIDField()
    values = models.JSONField(encoder=DjangoJSONEncoder)  # name of a field → what it holds, as a list
    typed_at = models.DateTimeField(_("when"))

    objects = DraftQuerySet.as_manager()

    class Meta:
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")
        ordering = ["-typed_at", "-pk"]
        constraints = [
            # Whatever is kept again and again of one form is one draft.
            models.UniqueConstraint(fields=["officer", "submission"], name="contacts_draft_once_a_form"),
        ]
        indexes = [
            models.Index(fields=["typed_at"], name="contacts_draft_by_age"),  # what is let go
        ]

    def __str__(self) -> str:
        return f"{self.form}, {self.typed_at:%Y-%m-%d %H:%M}"

    @property
    def as_text(self) -> str:
        """The values for the script: (name, text) of each, as a form sends them, its number too."""
        pairs = [(name, text) for name, texts in self.values.items() for text in texts]
        return json.dumps([*pairs, ("submission", str(self.submission))])

    @property
    def excerpt(self) -> str:
        """The first words that were typed, to know it again by."""
        return next((text for name in EXCERPTS for text in self.values.get(name, []) if text.strip()), "")


EXCERPTS = ("title", "summary", "said", "text", "answer", "promised")
