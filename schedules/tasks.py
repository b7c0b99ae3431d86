"""What Huey rings. The ring is only a nudge: every consumer rings every minute, and a double ring does no harm."""

from django.utils import timezone
from huey import crontab
from huey.contrib.djhuey import db_periodic_task, db_task

from schedules import heartbeats, passes
from schedules.calendars import keeping, sets


@db_periodic_task(crontab(minute="*", strict=True))
def ring() -> None:
    passes.run_schedule(timezone.now(), worker=heartbeats.consumer())


@db_task()
def make_calendars() -> None:
    sets.make_what_is_due()


@db_periodic_task(crontab(minute="*", strict=True))
def look_after_calendars() -> None:
    sets.make_what_is_due()


@db_periodic_task(crontab(minute="17", strict=True))
def sweep() -> None:
    """What nobody needs any more."""
    heartbeats.remove_gone(timezone.now())
    keeping.let_go(timezone.now())
    sets.let_go(timezone.now())
