"""A small bureau that lives through some weeks, the same each time it is told: what its passes must leave behind does
not depend on what befell them."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from random import Random
from typing import Any

from django.core import mail
from django.db import connection, transaction

from contacts.models import Handover, Officer, Pairing, Seat
from schedules.models import Delivery, NoticeLine, Obligation, PeriodClosing
from schedules.passes import run_schedule
from schedules.workdays import Workdays
from tests import factories
from tests.schedules.deaths import Counting
from tests.schedules.scenes import at, day

DAYS = Workdays().between(day("2026-11-16"), day("2026-12-10"))  # a month's end, a freezing, four weekends


def begin() -> None:
    """Twelve officers of four stations under four leaders, each with seven people; two have no address."""
    bureau = factories.unit("无锡市公安局", kind="bureau")
    factories.role(factories.officer("Lea", bureau, post_class="bureau_leader"), "leader")
    counties = [factories.unit(f"County {number}", bureau, kind="county") for number in range(2)]
    for number in range(4):
        station = factories.unit(f"Station {number}", counties[number // 2])
        factories.role(factories.officer(f"Leader {number}", station, post_class="station_leader"), "leader")
        for which in range(3):
            officer = factories.officer(f"Officer {number}{which}", station)
            for one in range(7):
                arrive(officer, f"Person {number}{which}{one}", day("2026-01-01"), f"Street {one % 3}")
    Officer.objects.update(language="en")
    Officer.objects.filter(name__in=["Officer 02", "Officer 30"]).update(email="")


def arrive(officer: Officer, name: str, since: dt.date, street: str) -> None:
    person = factories.stakeholder(name, officer.unit, street=street)
    factories.seat(person)
    factories.pairing(officer, person, since)


def evening(date: dt.date) -> None:
    """What happens after the passes of a day: contacts, somebody new, a hand-over, a term that ends, a waiver."""
    chance = Random(date.toordinal())
    held = list(
        Pairing.objects.filter(ended_on=None, started_on__lt=date)
        .select_related("officer__unit", "stakeholder")
        .order_by("stakeholder__name")
    )
    for pairing in chance.sample(held, 6):
        kind = chance.choice(["call", "call", "visit"])
        factories.record(pairing.stakeholder, pairing.officer, at(f"{date} 16:00"), kind=kind)
    arrive(chance.choice(held).officer, f"New {date}", date, "Street 0")
    hand_over(chance.choice(held), date, chance)
    Seat.objects.filter(stakeholder=chance.choice(held).stakeholder).update(ended_on=date)
    owed = Obligation.objects.live().filter(waived_at=None)
    one = chance.choice(list(owed.order_by("stakeholder__name", "policy", "period_key")))
    one.waived_at, one.waive_reason = at(f"{date} 17:00"), "Abroad."
    one.save()


def hand_over(given: Pairing, date: dt.date, chance: Random) -> None:
    """From the day after, to a colleague of the same station."""
    after = date + dt.timedelta(days=1)
    colleagues = Officer.objects.filter(unit=given.officer.unit, name__startswith="Officer")
    taker = chance.choice(list(colleagues.exclude(pk=given.officer_id).order_by("name")))
    Pairing.objects.filter(pk=given.pk).update(ended_on=date)
    factories.pairing(taker, given.stakeholder, after)
    made = factories.handover(given.officer, {given.stakeholder: taker}, after)
    Handover.objects.filter(pk=made.pk).update(made_at=at(f"{date} 18:00"))


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

    days: list[dt.date]
    ending: Ending
    read: Counter[tuple[str, str, str]]
    statements: dict[dt.date, Counter[str]]
    mails: dict[dt.date, int]

    def mornings(self) -> Iterator[tuple[dt.date, dt.datetime]]:
        """Each day, with the instant of its pass; what happens in the evening happens after it."""
        return mornings(self.days)


def mornings(days: list[dt.date]) -> Iterator[tuple[dt.date, dt.datetime]]:
    for date in days:
        yield date, at(f"{date} 08:05")
        if date < days[-1]:
            evening(date)


def tell(days: list[dt.date]) -> Told:
    """Live through these days undisturbed, and leave no trace: `begin` has come before."""
    statements, mails = {}, {}
    with transaction.atomic():
        for date, now in mornings(days):
            counting, before = Counting(), len(mail.outbox)
            with connection.execute_wrapper(counting):
                run_schedule(now)
            statements[date], mails[date] = counting.statements, len(mail.outbox) - before
        assert set(Delivery.objects.values_list("state", flat=True)) == {"sent"}
        ending = Ending.read()
        transaction.set_rollback(True)
    return Told(days, ending, read(one.message() for one in mail.outbox), statements, mails)


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
            elif line.endswith(")"):  # with how many there are; the lines below it are streets
                heading = line.rpartition(" (")[0]
        found[message["Message-ID"]] = items
    return sum(found.values(), Counter())
