"""A small bureau that lives through some weeks, the same each time it is told: what its passes must leave behind does
not depend on what befell them."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from email.message import EmailMessage
from random import Random
from typing import Any

from django.core import mail
from django.db import connection, transaction

from contacts.models import Officer, Pairing, Seat, Stakeholder
from schedules.models import Delivery, NoticeLine, Obligation, PeriodClosing
from schedules.passes import run_schedule
from schedules.workdays import Workdays
from tests import factories
from tests.schedules.deaths import Counting
from tests.schedules.scenes import at, day

PEOPLE_OF_EACH = 7
DAYS = Workdays().between(day("2026-11-16"), day("2026-12-08"))  # a month's end, a freezing, four weekends


def begin() -> None:
    """Twelve officers of four stations under four leaders, each with seven people; two have no address."""
    bureau = factories.unit("无锡市公安局", kind="bureau")
    lea = factories.officer("Lea", bureau, post_class="bureau_leader")
    factories.role(lea, "leader")
    for number in range(4):
        county = factories.unit(f"County {number // 2}", bureau, kind="county") if number % 2 == 0 else county
        station = factories.unit(f"Station {number}", county)
        factories.role(factories.officer(f"Leader {number}", station, post_class="station_leader"), "leader")
        for which in range(3):
            officer = factories.officer(f"Officer {number}{which}", station)
            for one in range(PEOPLE_OF_EACH):
                arrive(officer, f"Person {number}{which}{one}", day("2026-01-01"), f"Street {one % 3}")
    Officer.objects.update(language="en")
    Officer.objects.filter(name__in=["Officer 02", "Officer 30"]).update(email="")


def arrive(officer: Officer, name: str, since: dt.date, street: str) -> None:
    person = factories.stakeholder(name, officer.unit, street=street)
    factories.seat(person)
    factories.pairing(officer, person, since)


def evening(date: dt.date) -> None:
    """What happens after the passes of a day: contacts, somebody new, a hand-over, a term that ends, a waiver."""
    chance = Random(date.toordinal())  # noqa: S311 - a story, not a secret
    held = Pairing.objects.open(date).select_related("officer__unit", "stakeholder").order_by("stakeholder__name")
    held = list(held.filter(ended_on=None))
    for pairing in chance.sample(held, 6):
        kind = chance.choice(["call", "call", "visit"])
        factories.record(pairing.stakeholder, pairing.officer, at(f"{date} 16:00"), kind=kind)
    new = chance.choice(held).officer
    arrive(new, f"New {date}", date, "Street 0")
    given = chance.choice(held)
    others = Officer.objects.filter(unit=given.officer.unit, name__startswith="Officer").exclude(pk=given.officer_id)
    if given.started_on < date:
        Pairing.objects.filter(pk=given.pk).update(ended_on=date)
        taker = chance.choice(list(others.order_by("name")))
        factories.pairing(taker, given.stakeholder, date + dt.timedelta(days=1))
        factories.handover(given.officer, {given.stakeholder: taker}, date + dt.timedelta(days=1))
    Seat.objects.filter(stakeholder=chance.choice(held).stakeholder).update(ended_on=date)
    owed = Obligation.objects.live().filter(waived_at=None).order_by("stakeholder__name", "policy", "period_key")
    one = chance.choice(list(owed))
    one.waived_at, one.waive_reason = at(f"{date} 17:00"), "Abroad."
    one.save()


@dataclass
class Ending:
    """What stands in the database, in words that hold in another database too."""

    obligations: Counter[tuple[Any, ...]]
    lines: Counter[tuple[Any, ...]]
    closings: Counter[tuple[Any, ...]]

    @classmethod
    def read(cls) -> Ending:
        owed = ("stakeholder__name", "policy__code", "period_key")
        obligations = Obligation.objects.values_list(
            *owed, "due_on", "planned_on", "sequence", "withdrawn_at__date", "waived_at"
        )
        lines = NoticeLine.objects.values_list(
            *(f"obligation__{name}" for name in owed),
            "digest__unit__name", "digest__period_key", "handover__officer__name", "handover__on",
            "stage", "recipient__name", "state", "notice__send_on", "created_at__date",
        )  # fmt: skip
        closings = PeriodClosing.objects.values_list("policy__code", "period_key")
        return cls(*(Counter(rows.order_by()) for rows in (obligations, lines, closings)))


@dataclass
class Told:
    """How it ends when nothing happens to the passes, and what there was to do on each day."""

    ending: Ending
    read: Counter[tuple[str, str, str]]
    statements: dict[dt.date, Counter[str]] = field(default_factory=dict)
    mails: dict[dt.date, int] = field(default_factory=dict)


def tell() -> Told:
    """Live through all of it undisturbed, and leave no trace: `begin` has come before."""
    statements, mails = {}, {}
    with transaction.atomic():
        for date in DAYS:
            counting, before = Counting(), len(mail.outbox)
            with connection.execute_wrapper(counting):
                run_schedule(at(f"{date} 08:05"))
            statements[date], mails[date] = counting.statements, len(mail.outbox) - before
            if date < DAYS[-1]:
                evening(date)
        told = Told(Ending.read(), read([one.message() for one in mail.outbox]), statements, mails)
        assert set(Delivery.objects.values_list("state", flat=True)) == {"sent"}
        transaction.set_rollback(True)
    mail.outbox.clear()
    return told


def read(messages: Iterable[EmailMessage]) -> Counter[tuple[str, str, str]]:
    """What stands in the messages: (reader, heading, item), as often as under different ids."""
    found = {}
    for message in messages:
        text = next(part for part in message.walk() if part.get_content_type() == "text/plain")
        lines = text.get_payload(decode=True).decode().splitlines()
        items, heading = Counter(), ""
        for line in lines:
            if line.startswith("- "):
                items[message["To"], heading, line] += 1
            elif line and not line.startswith(" "):
                heading = line
        found[message["Message-ID"]] = items
    return sum(found.values(), Counter())
