"""Whom a work report covers: the deputies and members in the charge of its unit and of all below it, but for those of a
unit further down that reports for itself. So a county writes one text for its stations, and a station that wants to say
more writes its own."""

from __future__ import annotations

import datetime as dt

from django.db.models import Exists, OuterRef, Q, QuerySet

from contacts.models import Seat, Stakeholder, WorkReport

REPORTED_TO = (Seat.Kind.NPC_DEPUTY, Seat.Kind.CPPCC_MEMBER)  # as the shipped cycle has it (R3)


def covered_by(report: WorkReport, day: dt.date) -> QuerySet[Stakeholder]:
    """Who holds a seat on `day`, and has no nearer report."""
    seats = Seat.objects.active(day).filter(stakeholder=OuterRef("pk"), kind__in=REPORTED_TO)
    people = Stakeholder.objects.filter(Exists(seats), unit__path__startswith=report.unit.path)
    nearer = Q()
    for path in below(report).values_list("unit__path", flat=True):
        nearer |= Q(unit__path__startswith=path)
    return people.exclude(nearer) if nearer else people


def below(report: WorkReport) -> QuerySet[WorkReport]:
    """The reports of units below, which cover their own people."""
    others = WorkReport.objects.standing().filter(half_year=report.half_year)
    return others.filter(unit__path__startswith=report.unit.path).exclude(pk=report.pk)


def waiting(report: WorkReport, day: dt.date) -> QuerySet[Stakeholder]:
    """Those whom it covers and who have no copy of the half-year yet."""
    return covered_by(report, day).exclude(report_copies__half_year=report.half_year)
