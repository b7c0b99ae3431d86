"""What Huey does for imports. What waits stands in the database, so that a lost message is taken up within a minute."""

from django.utils import timezone
from huey import crontab
from huey.contrib.djhuey import db_periodic_task, db_task

from contacts.imports import taking_back


@db_task()
def carry_out() -> None:
    taking_back.carry_out(timezone.now())


@db_periodic_task(crontab(minute="*", strict=True))
def carry_out_what_waits() -> None:
    taking_back.carry_out(timezone.now())
