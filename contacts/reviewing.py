"""What a reviewer has before them: the cases that are with them, and the questions that other reviewers ask them (R13).

Everything is read first, and an address looked up in it afterwards: one that is real and somebody else's takes the same
queries and gets the same answer as one that was made up.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import TypeVar

from django.http import Http404

from contacts.models import ConductConsent, ConductReport, Officer
from contacts.reviewers import Board

Row = TypeVar("Row")


class Desk:
    def __init__(self, officer: Officer) -> None:
        mine = list(ConductReport.objects.visible_to(officer).defer("whom", "text"))
        questions = list(
            ConductConsent.objects.filter(second=officer)
            .select_related("report", "asker")
            .defer("report__whom", "report__text")
        )
        self.officer = officer
        self.board = Board([*mine, *(one.report for one in questions)])
        self.cases = {report.pk: report for report in mine if self.board.may_have(officer, report)}
        self.questions = {one.pk: one for one in questions if self.board.may_have(officer, one.report)}

    def case(self, pk: uuid.UUID) -> ConductReport:
        return _one(self.cases, pk)

    def question(self, pk: uuid.UUID) -> ConductConsent:
        return _one(self.questions, pk)

    def others(self, case: ConductReport) -> list[Officer]:
        """Who else may have it."""
        return self.board.others(case, self.officer)


def _one(rows: Mapping[uuid.UUID, Row], pk: uuid.UUID) -> Row:
    if pk not in rows:
        raise Http404
    return rows[pk]
