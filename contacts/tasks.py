"""What Huey rings. The ring is only a nudge: the database says what is due, and the minute takes up what a lost ring or
a killed worker left behind."""

from django.utils import timezone
from huey import crontab
from huey.contrib.djhuey import db_periodic_task, db_task

from contacts import drafts
from contacts.imports import retention, taking_back, work
from contacts.work_reports import files


@db_task()
def work_on_imports() -> None:
    work.do_what_is_due()


@db_task()
def carry_out() -> None:
    taking_back.carry_out(timezone.now())


@db_periodic_task(crontab(minute="*", strict=True))
def look_after_imports() -> None:
    retention.let_go(timezone.now())
    work.do_what_is_due()
    taking_back.carry_out(timezone.now())


@db_periodic_task(crontab(minute="23", strict=True))
def sweep_drafts() -> None:
    drafts.let_go(timezone.now())


@db_task()
def make_reports() -> None:
    files.make_what_is_due()


@db_periodic_task(crontab(minute="*", strict=True))
def look_after_reports() -> None:
    files.make_what_is_due()


@db_periodic_task(crontab(minute="23", strict=True))
def sweep_reports() -> None:
    files.let_go(timezone.now())
