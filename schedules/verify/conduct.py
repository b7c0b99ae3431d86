"""Checks of sealed reports (R13). They name nobody, no report and no number of reports: one line says all."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Exists, F, OuterRef

from contacts.models import ConductAssignment, ConductConsent, ConductOpening
from contacts.reviewers import Board
from contacts.seals import SealBroken
from schedules.verify.facts import Facts

Found = Iterator[tuple[object, str]]


def no_case_is_with_whom_it_names(facts: Facts) -> Found:
    """Nobody has a case that names them or somebody of their line; the next pass takes it from them."""
    held = ConductAssignment.objects.open().select_related("report", "reviewer")
    try:
        found = list(held.defer("reason", "report__whom", "report__text"))
    except SealBroken:
        yield "sealed reports", "The keys of this installation do not open them: see docs/sealed-reports.md."
        return
    board = Board(assignment.report for assignment in found)
    if not all(board.may_have(assignment.reviewer, assignment.report) for assignment in found):
        yield (
            "sealed reports",
            "One is with a reviewer who must not have it; the next pass takes it from them.",
        )


def no_source_is_opened_alone(facts: Facts) -> Found:
    """Before each opening of a source another reviewer had consented."""
    consent = ConductConsent.objects.filter(
        report=OuterRef("report"), asker=OuterRef("reviewer"), decided_at__lte=OuterRef("opened_at"),
        lasts_until__isnull=False,
    ).exclude(second=F("asker"))  # fmt: skip
    sources = ConductOpening.objects.filter(what=ConductOpening.What.SOURCE)
    if sources.filter(~Exists(consent)).exists():
        yield "sealed reports", "A source was opened without another reviewer's consent."
