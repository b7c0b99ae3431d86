"""What Huey rings. The ring is only a nudge: every consumer rings every minute, and a double ring does no harm."""

from django.utils import timezone
from huey import crontab
from huey.contrib.djhuey import db_periodic_task

from schedules import heartbeats, passes


@db_periodic_task(crontab(minute="*", strict=True))
def ring() -> None:
    passes.run_schedule(timezone.now(), worker=heartbeats.consumer())


@db_periodic_task(crontab(minute="17", strict=True))
def sweep() -> None:
    heartbeats.remove_gone(timezone.now())
