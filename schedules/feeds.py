"""Personal calendar addresses: secrets that are shown once, stored as a hash, and end by being revoked, by the officer
leaving, or by a transfer. What one shows is asked anew at every fetch."""

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

from contacts.access import Deed, reach
from contacts.models import Actor, AuditEntry, Officer, Stakeholder, Unit
from schedules import calendars
from schedules.calendars import Calendar, Selection, Wishes
from schedules.models import FeedToken

SEEN_EVERY = dt.timedelta(
    minutes=10
)  # how exact "last used" is: clients that look often cost no write each time


@transaction.atomic
def subscribe(
    officer: Officer, *, name: str, with_names: bool, with_alarm: bool, of_unit: Unit | None = None,
    of_person: Stakeholder | None = None, now: dt.datetime, actor: Actor,
) -> tuple[FeedToken, str]:  # fmt: skip
    """A new subscription and its secret, which nobody can be shown again."""
    secret = secrets.token_urlsafe(32)
    feed = FeedToken.objects.create(
        officer=officer,
        unit=officer.unit,
        of_unit=of_unit,
        of_person=of_person,
        name=name,
        sha256=digest_of(secret),
        with_names=with_names,
        with_alarm=with_alarm,
        created_at=now,
    )
    after = {"name": name, "with_names": with_names, "with_alarm": with_alarm}
    if of_unit:
        after["of_unit"] = of_unit.code
    if of_person:
        after["of_person"] = of_person.number
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
    live = FeedToken.objects.live().select_related("officer__unit", "of_unit", "of_person")
    return live.filter(sha256=digest_of(secret)).first()


def address(secret: str) -> str:
    return f"{settings.BASE_URL}{reverse('schedules:feed', args=[secret])}"


def calendar(feed: FeedToken, now: dt.datetime) -> Calendar | None:
    """What stands behind the address, in the language of its officer; None while the officer may not take it out."""
    selection = shown(feed, now)
    if selection is None:
        return None
    language = feed.officer.language or settings.LANGUAGE_CODE
    with translation.override(language):
        title = title_of(feed)
    return Calendar(selection, Wishes(feed.with_names, feed.with_alarm, title, language))


def shown(feed: FeedToken, now: dt.datetime) -> Selection | None:
    officer, unit, person = feed.officer, feed.of_unit, feed.of_person
    if unit:
        # The whole of it: whoever may take out no more than their own people has a subscription of their own for that.
        covered = reach(officer, Deed.EXPORT).covers(unit.path, own=False)
        return calendars.of_unit(unit, officer, now) if covered else None
    if person:
        covered = officer.rights.may(Deed.EXPORT, person)
        return calendars.of_person(person, officer, now) if covered else None
    return calendars.of_officer(officer, officer, now) if officer.rights.may(Deed.EXPORT) else None


def title_of(feed: FeedToken) -> str:
    """A person's name stands in it only where the officer wanted names."""
    if feed.of_person:
        person = feed.of_person.name if feed.with_names else feed.of_person.number
        return _("Contacts with %(name)s") % {"name": person}
    return _("Contacts of %(name)s") % {"name": feed.of_unit or feed.officer.name}


def note_use(feed: FeedToken, now: dt.datetime) -> None:
    seen_before = Q(last_used_at=None) | Q(last_used_at__lt=now - SEEN_EVERY)
    FeedToken.objects.filter(seen_before, pk=feed.pk).update(last_used_at=now)


def digest_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
