"""What leaders made of their digests: which they want, what they remarked on, and what hangs on the wall."""

from __future__ import annotations

import datetime as dt

from contacts.models import Actor, Officer
from schedules import periods, publishing, remarking
from schedules.demo import sayings
from schedules.demo.calendar import in_office
from schedules.demo.cast import cast
from schedules.demo.chance import chance
from schedules.models import Digest, DigestChoice, DigestLists, PublicEdition, Remark, RemarkStep
from schedules.workdays import Workdays

When = DigestChoice.When


def react(day: dt.date) -> int:
    """Of those who can sign in; how many remarks."""
    who = dict(cast(day))
    _choose(who)
    _publish(who, day)
    return _remark(who, day)


def _choose(who: dict[str, Officer]) -> None:
    """The station's leader wants to know before the month ends, the county's leader reads every week."""
    station, county = who["station leader"], who["county leader"]
    DigestChoice.objects.create(officer=station, unit=station.unit, cadence="month", when=When.BOTH)
    DigestChoice.objects.create(officer=county, unit=county.unit, cadence="week", when=When.FROZEN)


def _remark(who: dict[str, Officer], day: dt.date) -> int:
    """From the bureau to the county and from there to the station, on the last month that is over: one settled, one reported
    on, two to be done. The worker tells of those that are not settled."""
    bureau, county, station = who["bureau leader"], who["county leader"], who["station leader"]
    workdays, rng = Workdays.load(), chance("remarks", day)
    month = periods.containing(day, "month").preceding()
    given = [
        (bureau, county, "missed", 8, 4), (bureau, county, "quiet", 1, -5),
        (county, station, "overdue", 6, 1), (county, station, "", 1, -3),
    ]  # fmt: skip
    for number, (author, assignee, figure, ago, ends_ago) in enumerate(given):
        at = in_office(workdays.shift(day, -ago), rng)
        asked, done = sayings.REMARKS[number]
        remark = remarking.give(
            author.unit, month, text=asked, assignee=assignee, due_on=workdays.shift(day, -ends_ago), day=at.date(),
            actor=Actor(author, via="demo"), figure=figure,
        )  # fmt: skip
        if number % 2 == 0:
            remarking.report(remark, text=done, actor=Actor(assignee, via="demo"))
        if number == 0:
            remarking.accept(remark, actor=Actor(author, via="demo"))
        Remark.objects.filter(pk=remark.pk).update(made_at=at)
        for place, step in enumerate(remark.steps.all()):
            RemarkStep.objects.filter(pk=step.pk).update(at=at + dt.timedelta(days=place, minutes=7 * place))
    return len(given)


def _publish(who: dict[str, Officer], day: dt.date) -> None:
    """The bureau's last quarter hangs on the wall, its last month waits for its leader."""
    writer, leader = Actor(who["city coordinator"], via="demo"), Actor(who["bureau leader"], via="demo")
    rng, workdays = chance("editions", day), Workdays.load()
    for cadence, ago, text in (("quarter", 20, sayings.EDITIONS[0]), ("month", 1, sayings.EDITIONS[1])):
        period = periods.containing(day, cadence).preceding()
        digest = Digest.objects.final().filter(unit=who["bureau leader"].unit, period_key=period.key).first()
        if digest is None:
            continue
        at = in_office(workdays.shift(day, -ago), rng)
        lists = DigestLists.objects.get(digest=digest).rows
        edition = publishing.write(digest, lists, text=text, seen="", actor=writer, now=at)
        publishing.submit(edition, seen=edition.seen, actor=writer)
        if cadence == "quarter":
            edition = PublicEdition.objects.get(pk=edition.pk)
            publishing.approve(edition, seen=edition.seen, actor=leader, now=at + dt.timedelta(hours=2))
