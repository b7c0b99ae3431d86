"""What is done with a sealed report: it is taken in, given to a reviewer, opened, noted on, handed on (R13).

None of it stands in the audit trail, whose readers have no part in a case: an entry would tell them that there is one, or
who filed it. Openings are the trail of this, and the case's reviewers read them.
"""

from __future__ import annotations

import base64
import datetime as dt
import uuid
from collections import Counter
from collections.abc import Collection

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import CharField, F, Q, QuerySet, Value
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from contacts.access import Deed
from contacts.models import (
    ConductAssignment,
    ConductConsent,
    ConductNote,
    ConductOpening,
    ConductReport,
    ConductSource,
    Officer,
    Unit,
    UnitRole,
)
from contacts.reviewers import Apart, Board
from contacts.seals import SealBroken

# --- taking in and assigning ---------------------------------------------------------------------------------


@sensitive_variables()
def take_in(
    *,
    whom: str,
    unit: Unit | None,
    text: str,
    source: str,
    told_on: dt.date | None,
    submission: uuid.UUID,
    by: Officer,
    day: dt.date,
) -> str:
    """Take a report in and give it to a reviewer; the number that the receipt shows. The same form sent twice is one
    report. `by` is not kept, but that a reviewer does not get what they filed themselves."""
    number = _number(submission, whom, unit, text, source, told_on)
    report = ConductReport(
        number=number,
        week=day - dt.timedelta(days=day.weekday()),
        apart=str(_apart(whom, text, unit, by)),
        whom="\n".join(filter(None, [unit.name if unit else "", whom])),
        text=text,
    )
    try:
        with transaction.atomic():
            report.save(force_insert=True)
            told = told_on.isoformat() if told_on else None
            ConductSource.objects.create(report=report, text=source, told_on=told)
            assign([report])
    except IntegrityError:
        if not ConductReport.objects.filter(number=number).exists():
            raise
    return number


def _number(*said: object) -> str:
    """Random to whoever has not the key, and always the same for the same words of the same form."""
    digest = salted_hmac("contacts.conduct", "\0".join(map(str, said)), algorithm="sha256").digest()
    letters = base64.b32encode(digest).decode()
    return "-".join((letters[:4], letters[4:8], letters[8:12]))


def _apart(whom: str, text: str, unit: Unit | None, by: Officer) -> Apart:
    """An officer counts as named whose name or number stands anywhere in the words, so that the form needs no list to
    choose from and answers nothing about who there is. The line is that of `whom` it concerns."""
    named = _mentioned(whom)
    theirs = UnitRole.objects.in_force().exclude(role=UnitRole.Role.DISCIPLINE_REVIEWER)
    codes = set(named.values_list("unit__code", flat=True))
    codes |= set(theirs.filter(officer__in=named).values_list("unit__code", flat=True))
    barred = set(_mentioned(text).values_list("police_number", flat=True))
    return Apart(
        named=tuple(sorted(named.values_list("police_number", flat=True))),
        units=tuple(sorted(codes | ({unit.code} if unit else set()))),
        barred=tuple(sorted(barred | ({by.police_number} if by.rights.may(Deed.REVIEW_CONDUCT) else set()))),
    )


def _mentioned(words: str) -> QuerySet[Officer]:
    said = Officer.objects.order_by().alias(said=Value(words, CharField()))
    return said.filter(Q(said__contains=F("name")) | Q(said__contains=F("police_number")))


def assign(reports: list[ConductReport]) -> None:
    """Give each to a reviewer who may have it; where there is none it waits."""
    open_cases = ConductAssignment.objects.open().exclude(report__state__in=ConductReport.CLOSED)
    load = Counter(open_cases.values_list("reviewer", flat=True))
    board = Board(reports)
    for report in reports:
        if chosen := board.choose(report, load):
            ConductAssignment.objects.create(report=report, reviewer=chosen)
            load[chosen.pk] += 1


def settle(now: dt.datetime) -> None:
    """Take cases from reviewers who may not have them any more, and give away those that nobody has: part of every pass,
    so that whoever is appointed finds what waited for them. Without the key nothing can be told, and all stays."""
    try:
        if found := _unsettled():
            _settle(found.keys(), now)
    except SealBroken:
        pass


@transaction.atomic
def _settle(found: Collection[uuid.UUID], now: dt.datetime) -> None:
    """Once more under lock: another pass, or a reviewer, may have been quicker."""
    locked = ConductReport.objects.order_by("pk").select_for_update().filter(pk__in=found)
    keys = set(locked.values_list("pk", flat=True))
    reports = [report for pk, report in _unsettled().items() if pk in keys]
    ConductAssignment.objects.open().filter(report__in=reports).update(ended_at=now)
    assign(reports)


def _unsettled() -> dict[uuid.UUID, ConductReport]:
    """Those that nobody has who may."""
    reports = {report.pk: report for report in ConductReport.objects.only("apart")}
    if not reports:
        return {}
    board = Board(reports.values())
    held = ConductAssignment.objects.open().select_related("reviewer").filter(report__in=reports)
    for assignment in held:
        if board.may_have(assignment.reviewer, reports[assignment.report_id]):
            del reports[assignment.report_id]
    return reports


# --- what a reviewer does ------------------------------------------------------------------------------------


@transaction.atomic
def open_report(case: ConductReport, *, reviewer: Officer, reason: str, now: dt.datetime) -> ConductReport:
    """The report with what is sealed in it; that it was opened is written down with it."""
    _lock(case, reviewer)
    _note_opening(case, ConductOpening.What.REPORT, reviewer, reason, now)
    return ConductReport.objects.get(pk=case.pk)


@transaction.atomic
def open_source(
    case: ConductReport, *, reviewer: Officer, reason: str, now: dt.datetime, day: dt.date
) -> ConductSource:
    """Who said it, once a second reviewer has consented and for as long as that lasts."""
    _lock(case, reviewer)
    if not consent_in_force(case, reviewer, day):
        raise ValidationError(_("A second reviewer has to consent first."))
    _note_opening(case, ConductOpening.What.SOURCE, reviewer, reason, now)
    return case.source


def _note_opening(case: ConductReport, what: str, reviewer: Officer, reason: str, now: dt.datetime) -> None:
    ConductOpening.objects.create(report=case, what=what, reviewer=reviewer, reason=reason, opened_at=now)


def consent_in_force(case: ConductReport, reviewer: Officer, day: dt.date) -> ConductConsent | None:
    return case.consents.in_force(day).filter(asker=reviewer).select_related("second").last()


@transaction.atomic
def ask_consent(
    case: ConductReport, *, second: Officer, reviewer: Officer, reason: str, now: dt.datetime
) -> ConductConsent:
    """Ask another reviewer to let the source be opened. `second` may have the case too."""
    _lock(case, reviewer)
    if case.consents.waiting().filter(asker=reviewer).exists():
        raise ValidationError(_("A question about this case waits for its answer already."))
    return ConductConsent.objects.create(
        report=case, asker=reviewer, second=second, reason=reason, asked_at=now
    )


@transaction.atomic
def decide(consent: ConductConsent, *, granted: bool, now: dt.datetime, day: dt.date) -> None:
    lasts_until = day + dt.timedelta(days=settings.CONDUCT_CONSENT_DAYS) if granted else None
    if (
        not ConductConsent.objects.waiting()
        .filter(pk=consent.pk)
        .update(decided_at=now, lasts_until=lasts_until)
    ):
        raise ValidationError(_("This question has been answered already."))


@transaction.atomic
def note(case: ConductReport, *, text: str, state: str, reviewer: Officer, now: dt.datetime) -> None:
    """Write down what was found out, and in which state the case is from now on."""
    _lock(case, reviewer)
    ConductReport.objects.filter(pk=case.pk).update(state=state)
    ConductNote.objects.create(report=case, author=reviewer, at=now, state=state, text=text)


@transaction.atomic
def hand_on(case: ConductReport, *, to: Officer, reviewer: Officer, reason: str, now: dt.datetime) -> None:
    """Give the case to another reviewer, who may have it too."""
    held = _lock(case, reviewer)
    ConductAssignment.objects.filter(pk=held.pk).update(ended_at=now, reason=reason)
    ConductAssignment.objects.create(report=case, reviewer=to)


def _lock(case: ConductReport, reviewer: Officer) -> ConductAssignment:
    """The case, locked with whoever has it; ValidationError if it went to somebody else meanwhile."""
    ConductReport.objects.only("pk").select_for_update().get(pk=case.pk)
    held = ConductAssignment.objects.open().filter(report=case, reviewer=reviewer).first()
    if held is None:
        raise ValidationError(_("This case is not with you any more."))
    return held
