"""Personal calendar addresses: secrets that are shown once, stored as a hash, and end by being revoked, by the officer
leaving, or by a transfer."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from contacts.models import Actor, AuditEntry, Officer
from schedules import calendars
from schedules.models import FeedToken

SEEN_EVERY = dt.timedelta(
    minutes=10
)  # how exact "last used" is: clients that look often cost no write each time


@transaction.atomic
def subscribe(
    officer: Officer, *, name: str, with_names: bool, with_alarm: bool, now: dt.datetime, actor: Actor
) -> tuple[FeedToken, str]:
    """A new subscription and its secret, which nobody can be shown again."""
    secret = secrets.token_urlsafe(32)
    feed = FeedToken.objects.create(
        officer=officer,
        unit=officer.unit,
        name=name,
        sha256=digest_of(secret),
        with_names=with_names,
        with_alarm=with_alarm,
        created_at=now,
    )
    after = {"name": name, "with_names": with_names, "with_alarm": with_alarm}
    AuditEntry.objects.record(actor, "subscribe calendar", feed, after=after)
    return feed, secret


@transaction.atomic
def revoke(feed: FeedToken, *, now: dt.datetime, actor: Actor, reason: str = "") -> None:
    """The address answers 404 from now on."""
    if FeedToken.objects.filter(pk=feed.pk, revoked_at=None).update(revoked_at=now):
        AuditEntry.objects.record(actor, "revoke calendar", feed, reason=reason)


def revoke_stale(now: dt.datetime, *, actor: Actor) -> int:
    """Revoke those whose officer has left or moved to another unit: coming back does not bring them back."""
    stale = list(FeedToken.objects.stale())
    for feed in stale:
        revoke(feed, now=now, actor=actor, reason="left or transferred")
    return len(stale)


def find(secret: str) -> FeedToken | None:
    """The live subscription of this secret."""
    return FeedToken.objects.live().filter(sha256=digest_of(secret)).select_related("officer__unit").first()


def address(secret: str) -> str:
    return f"{settings.BASE_URL}{reverse('schedules:feed', args=[secret])}"


def content(feed: FeedToken, now: dt.datetime) -> bytes:
    """The calendar behind the address, in the language of its officer; notes that someone looked."""
    seen_before = Q(last_used_at=None) | Q(last_used_at__lt=now - SEEN_EVERY)
    FeedToken.objects.filter(seen_before, pk=feed.pk).update(last_used_at=now)
    officer = feed.officer
    with translation.override(officer.language or settings.LANGUAGE_CODE):
        title = _("Contacts of %(name)s") % {"name": officer.name}
        wishes = calendars.Wishes(names=feed.with_names, alarm=feed.with_alarm, title=title)
        return calendars.calendar(calendars.of_officer(officer, officer, now), wishes)


def digest_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
