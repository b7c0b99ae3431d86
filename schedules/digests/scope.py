"""Whose digest it is: a unit with all below it, or one officer's own figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from contacts.models import Feedback, FeedbackQuerySet, Officer, Pairing, Stakeholder, Unit


@dataclass(frozen=True)
class Scope:
    unit: Unit | None = None
    officer: Officer | None = None

    @property
    def name(self) -> str:
        return str(self.officer or self.unit)

    @property
    def key(self) -> dict[str, str]:
        """What names it in figures."""
        if self.officer is not None:
            return {"officer": self.officer.police_number, "name": self.officer.name}
        assert self.unit is not None  # noqa: S101  # nosec B101: one of the two is always given
        return {"unit": self.unit.code, "name": self.unit.name}

    @property
    def standing(self) -> dict[str, Any]:
        """For `coverage.standing`."""
        return {"officer": self.officer} if self.officer is not None else {"unit": self.unit}

    def feedback(self) -> FeedbackQuerySet:
        """A unit's are those it handles, or a unit below it; an officer's those that were said to them."""
        if self.officer is not None:
            return Feedback.objects.filter(received_by=self.officer)
        return Feedback.objects.filter(unit__path__startswith=self._path)

    def pairings(self) -> QuerySet[Pairing]:
        if self.officer is not None:
            return Pairing.objects.filter(officer=self.officer)
        return Pairing.objects.filter(unit__path__startswith=self._path)

    def people(self) -> QuerySet[Stakeholder]:
        """In whose charge: nobody's is an officer's."""
        if self.officer is not None:
            return Stakeholder.objects.none()
        return Stakeholder.objects.filter(unit__path__startswith=self._path)

    @property
    def _path(self) -> str:
        assert self.unit is not None  # noqa: S101  # nosec B101: one of the two is always given
        return self.unit.path
