"""The audit trail: who did what, when, from where, and what it was before and after. Only ever added to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contacts import access

if TYPE_CHECKING:
    from contacts.models.officers import Officer


@dataclass(frozen=True)
class Actor:
    """On whose behalf something is done: an officer at an address, or a command or the worker without one."""

    officer: Officer | None = None
    address: str | None = None
    via: str = "web"

    @classmethod
    def of(cls, request: HttpRequest) -> Actor:
        officer = request.user if request.user.is_authenticated else None
        return cls(officer, request.META.get("REMOTE_ADDR"), "web")

    @classmethod
    def command(cls, name: str, officer: Officer | None = None) -> Actor:
        return cls(officer, None, name)


class AuditEntryQuerySet(models.QuerySet["AuditEntry"]):
    def visible_to(self, officer: Officer, deed: access.Deed = access.Deed.READ_AUDIT) -> AuditEntryQuerySet:
        return self.filter(access.reach(officer, deed).q(unit="", own=models.Q(pk__in=[])))

    def record(
        self,
        actor: Actor,
        action: str,
        obj: models.Model | None = None,
        *,
        before: dict[str, Any] | None = None,
        after: dict[str, Any] | None = None,
        reason: str = "",
    ) -> AuditEntry:
        """Add an entry; call it inside the transaction of the deed, so that neither stands without the other."""
        entry = self.entry(actor, action, obj, before=before, after=after, reason=reason)
        entry.save(force_insert=True)
        return entry

    def entry(self, actor: Actor, action: str, obj: models.Model | None = None, **details: Any) -> AuditEntry:
        """An entry not yet saved, for deeds over many rows that add theirs with `bulk_create`."""
        return self.model(
            officer=actor.officer,
            address=actor.address,
            via=actor.via,
            action=action,
            object_type=obj._meta.label_lower if obj is not None else "",
            object_id=str(obj.pk) if obj is not None else "",
            object_text=str(obj)[:200] if obj is not None else "",
            **details,
        )

    def update(self, **kwargs: Any) -> int:
        raise TypeError("The audit trail is only added to.")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise TypeError("The audit trail is only added to.")


class AuditEntry(models.Model):
    """One entry. `before` and `after` hold only the fields that changed."""

    at = models.DateTimeField(_("when"), default=timezone.now)
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("who")
    )
    address = models.GenericIPAddressField(_("from where"), null=True)
    via = models.CharField(_("by way of"), max_length=50)
    action = models.CharField(_("what"), max_length=50)
    object_type = models.CharField(max_length=50, blank=True)
    object_id = models.CharField(max_length=40, blank=True)
    object_text = models.CharField(_("on what"), max_length=200, blank=True)
    before = models.JSONField(_("before"), null=True, encoder=DjangoJSONEncoder)
    after = models.JSONField(_("after"), null=True, encoder=DjangoJSONEncoder)
    reason = models.CharField(_("reason"), max_length=500, blank=True)

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit trail")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["object_type", "object_id"], name="contacts_audit_of_object"),
            models.Index(fields=["officer", "-id"], name="contacts_audit_of_officer"),
            models.Index(fields=["action", "-id"], name="contacts_audit_of_action"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action} {self.object_text}"

    def save(self, **kwargs) -> None:
        if not self._state.adding:
            raise TypeError("The audit trail is only added to.")
        super().save(**kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError("The audit trail is only added to.")
