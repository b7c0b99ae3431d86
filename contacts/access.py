"""Who may do what, and to whom: the matrix of the design as one table, and the one place that is asked.

A role on a unit belongs to a column of the matrix; the cell gives a scope. `reach(officer, deed)` adds up an officer's
cells, and every QuerySet's `visible_to(officer, deed)` turns that into a WHERE. Outside it a row does not exist (404);
inside it a missing right is 403.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, wraps
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db.models import CharField, Exists, Model, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone

if TYPE_CHECKING:
    from contacts.models import Officer


class Column(StrEnum):
    """The columns of the matrix."""

    SYSTEM_ADMIN = "system_admin"
    SECURITY_ADMIN = "security_admin"
    CITY_COORDINATOR = "city_coordinator"
    COUNTY_COORDINATOR = "county_coordinator"
    CITY_LEADER = "city_leader"
    COUNTY_LEADER = "county_leader"
    STATION_LEADER = "station_leader"
    OFFICER = "officer"
    REVIEWER = "reviewer"
    AUDITOR = "auditor"


class Scope(StrEnum):
    ALL = "all"
    UNIT = "unit"  # own unit and below
    OWN = "own"  # own pairings


class Deed(StrEnum):
    """The rows of the matrix. "See" without the mark "masked" is SEE_NUMBERS."""

    SEE_ROSTER = "see_roster"
    SEE_NUMBERS = "see_numbers"  # phones and addresses stand there without asking
    REVEAL = "reveal"  # ask for a masked one; logged
    EDIT_ROSTER = "edit_roster"
    IMPORT = "import_roster"
    EXPORT = "export"
    LOG = "log"  # contacts and ordinary feedback
    READ_FEEDBACK = "read_feedback"
    EXTEND = "extend"  # approve more time for a formal suggestion or proposal
    SUPERVISE = "supervise"  # put feedback under supervision, with a day to report
    RATE = "rate"  # ask how satisfied people are with an answer; not of what one's own unit handled
    CALL_BACK = (
        "call_back"  # ask people about contacts that were drawn, and officers about patterns in theirs
    )
    PAIR = "pair"
    ASK_REPAIRING = "ask_repairing"  # that somebody be given another officer
    STAND_IN = "stand_in"  # who looks after an absent officer's people
    WAIVE = "waive"
    CONFIGURE = "configure"  # policies, working days, topics
    RECOUNT = "recount"  # a closed period; take an import back
    DIGEST = "digest"
    REMARK = "remark"  # on a digest, as an assignment with a day
    WRITE_REPORT = "write_report"  # the half-year report of a unit; issue it, hold its meetings
    APPROVE_REPORT = "approve_report"
    RESEND = "resend"  # see which messages did not arrive, and send them again
    SEE_BEHIND = "see_behind"  # who is behind, by unit and officer
    FILE_CONDUCT = "file_conduct"  # a sealed report
    REVIEW_CONDUCT = "review_conduct"  # which cases, `contacts.reviewing` decides
    MANAGE_ACCOUNTS = "manage_accounts"
    PROPOSE_ROLE = "propose_role"
    APPROVE_ROLE = "approve_role"
    READ_AUDIT = "read_audit"


def _row(
    city_coordinator: Scope | None = None,
    county_coordinator: Scope | None = None,
    city_leader: Scope | None = None,
    county_leader: Scope | None = None,
    station_leader: Scope | None = None,
    officer: Scope | None = None,
    **others: Scope,
) -> dict[Column, Scope]:
    cells = {
        Column.CITY_COORDINATOR: city_coordinator,
        Column.COUNTY_COORDINATOR: county_coordinator,
        Column.CITY_LEADER: city_leader,
        Column.COUNTY_LEADER: county_leader,
        Column.STATION_LEADER: station_leader,
        Column.OFFICER: officer,
    } | {Column(name): scope for name, scope in others.items()}
    return {column: scope for column, scope in cells.items() if scope}


_A, _U, _O = Scope.ALL, Scope.UNIT, Scope.OWN

# coordinator city, county; leader city, county, station; officer. Whoever leads or coordinates is an officer too on
# the pairings they hold, so a missing cell still leaves them their own.
MATRIX: dict[Deed, dict[Column, Scope]] = {
    Deed.SEE_ROSTER: _row(_A, _U, _A, _U, _U, _O),
    Deed.SEE_NUMBERS: _row(_A, _U, None, None, None, _O),
    Deed.REVEAL: _row(_A, _U, None, None, _U, _O),
    Deed.EDIT_ROSTER: _row(_A, _U),
    Deed.IMPORT: _row(_A, _U),
    Deed.EXPORT: _row(_A, _U, None, None, None, _O),
    Deed.LOG: _row(_A, _U, None, None, _U, _O),
    Deed.READ_FEEDBACK: _row(_A, _U, _A, _U, _U, _O),
    Deed.EXTEND: _row(city_leader=_A, county_leader=_U),
    Deed.SUPERVISE: _row(city_leader=_A, county_leader=_U),
    Deed.RATE: _row(_A, _U, None, None, _U, _O),
    Deed.CALL_BACK: _row(_A, _U),
    Deed.PAIR: _row(_A, _U, None, _U, _U),
    Deed.ASK_REPAIRING: _row(_A, _U, None, _U, _U, reviewer=_A),
    Deed.STAND_IN: _row(_A, _U, None, _U, _U, _O),
    Deed.WAIVE: _row(_A, _U, None, _U, _U),
    Deed.CONFIGURE: _row(_A),
    Deed.RECOUNT: _row(_A, _U),
    Deed.DIGEST: _row(_A, _U, _A, _U, _U, _O),
    Deed.REMARK: _row(None, None, _A, _U, _U),
    Deed.WRITE_REPORT: _row(_A, _U, None, None, _U),
    Deed.APPROVE_REPORT: _row(city_leader=_A, county_leader=_U),
    Deed.RESEND: _row(_A, _U, system_admin=_A),
    Deed.SEE_BEHIND: _row(_A, _U, _A, _U, _U),
    Deed.FILE_CONDUCT: _row(officer=_A),
    Deed.REVIEW_CONDUCT: _row(reviewer=_A),
    Deed.MANAGE_ACCOUNTS: _row(system_admin=_A),
    Deed.PROPOSE_ROLE: _row(system_admin=_A),
    Deed.APPROVE_ROLE: _row(security_admin=_A),
    Deed.READ_AUDIT: _row(auditor=_A),
}

_BY_UNIT_KIND = {
    "coordinator": {"bureau": Column.CITY_COORDINATOR},
    "leader": {"bureau": Column.CITY_LEADER, "county": Column.COUNTY_LEADER},
}
_OTHERWISE = {
    "coordinator": Column.COUNTY_COORDINATOR,
    "leader": Column.STATION_LEADER,
    "discipline_reviewer": Column.REVIEWER,
    "auditor": Column.AUDITOR,
    "system_admin": Column.SYSTEM_ADMIN,
    "security_admin": Column.SECURITY_ADMIN,
}
# The three powers that watch each other take no part in the liaison work.
_POWERS = {Column.SYSTEM_ADMIN, Column.SECURITY_ADMIN, Column.AUDITOR}


_STANDS_IN = "stands in"  # beside the roles, in the one query that reads what an officer may do


def column_of(role: str, unit_kind: str) -> Column:
    return _BY_UNIT_KIND.get(role, {}).get(unit_kind, _OTHERWISE[role])


@dataclass(frozen=True)
class Reach:
    """How far one deed of one officer goes: everywhere, in the subtrees of `paths`, and on own pairings."""

    everything: bool = False
    paths: tuple[str, ...] = ()
    own: bool = False

    def __bool__(self) -> bool:
        return self.everything or bool(self.paths) or self.own

    def covers(self, path: str, own: bool) -> bool:
        """The same question about one row that is at hand: the path of its unit, and whether one holds it oneself."""
        return self.everything or own and self.own or any(path.startswith(above) for above in self.paths)

    def spans(self, field: str) -> Q:
        """The WHERE for rows that keep in `field` the subtrees they are about, with blanks between, "" being everywhere:
        those of which nothing lies outside."""
        if self.everything:
            return ~Q(pk__in=[])
        if not self.paths:
            return Q(pk__in=[])
        within = "|".join(map(re.escape, self.paths))
        return Q(**{f"{field}__regex": rf"^((?:{within})[^ ]*( |$))+$"})

    def q(self, *, unit: str, own: Q | Exists) -> Q:
        """The WHERE: `unit` is the prefix that leads to a unit's fields ("unit__"), `own` the rows one holds oneself."""
        if self.everything:
            return ~Q(
                pk__in=[]
            )  # every row, in an OR with other conditions too: an empty Q would vanish there
        wanted = Q(pk__in=[])
        for path in self.paths:
            wanted |= Q(**{f"{unit}path__startswith": path})
        return Q(wanted | own) if self.own else wanted


class Rights:
    """What one officer may do; read from the roles once, then asked without a query where no row is named."""

    def __init__(self, officer: Officer, held: list[tuple[Column, str]], absent: list[int]) -> None:
        """`absent`: those for whom the officer stands in today. Their people count as the officer's own, wherever a
        cell says OWN; their roles do not, because four eyes give roles."""
        self.officer = officer
        self.held = held
        self.acting_for = [officer.pk, *absent]

    @classmethod
    def of(cls, officer: Officer) -> Rights:
        if not officer.is_active:
            return cls(officer, [], [])
        rows = list(_roles_and_absences(officer))
        held = [(column_of(role, kind), path) for role, kind, path in rows if role != _STANDS_IN]
        if not any(column in _POWERS for column, _path in held):
            held.append((Column.OFFICER, ""))
        return cls(officer, held, [int(absent) for role, _kind, absent in rows if role == _STANDS_IN])

    @cached_property
    def columns(self) -> set[Column]:
        return {column for column, _path in self.held}

    def reach(self, deed: Deed) -> Reach:
        cells = [(MATRIX[deed][column], path) for column, path in self.held if column in MATRIX[deed]]
        return Reach(
            everything=any(scope is Scope.ALL for scope, _path in cells),
            paths=tuple(sorted({path for scope, path in cells if scope is Scope.UNIT})),
            own=any(scope is Scope.OWN for scope, _path in cells),
        )

    def may(self, deed: Deed, row: Model | None = None) -> bool:
        """May the officer do this at all, or to this row?"""
        reach = self.reach(deed)
        if row is None or reach.everything or not reach:
            return bool(reach)
        return type(row)._default_manager.visible_to(self.officer, deed).filter(pk=row.pk).exists()  # type: ignore[attr-defined]

    def over(self, path: str, own: bool) -> dict[str, bool]:
        """`can` for one row, without a query: the path of its unit, and whether the officer holds it today or stands in."""
        return {deed.value: self.reach(deed).covers(path, own) for deed in Deed}

    def demand(self, deed: Deed, row: Model | None = None) -> None:
        """403 unless `may`."""
        if not self.may(deed, row):
            raise PermissionDenied

    @cached_property
    def can(self) -> dict[str, bool]:
        """For templates: `{% if user.rights.can.import_roster %}`."""
        return {deed.value: bool(self.reach(deed)) for deed in Deed}


def _roles_and_absences(officer: Officer) -> QuerySet:
    """(role, kind of the unit, its path) of each role, and (_STANDS_IN, "", key) of each officer stood in for today."""
    roles = officer.roles.in_force().order_by().values_list("role", "unit__kind", "unit__path")
    absences = apps.get_model("contacts", "StandIn").objects.in_force(timezone.localdate())
    absent = absences.filter(stand_in=officer).order_by()
    mark, none = Value(_STANDS_IN, CharField()), Value("", CharField())
    return roles.union(absent.values_list(mark, none, Cast("absent", CharField())), all=True)


def is_outside(unit: str, home: str, roles: Collection[str]) -> bool:
    """Is somebody who serves in `home` and holds `roles` neither of the unit, or one below it, nor with a role on it? They
    ask people about what it did. All units are below the bureau: only its own people belong to it (R12). Of each the path."""
    below = unit.count("/") > 1 and home.startswith(unit)
    return home != unit and not below and unit not in roles


def reach(officer: Officer, deed: Deed) -> Reach:
    return officer.rights.reach(deed)


def reaches(deed: Deed, officers: Collection[int]) -> dict[int, Reach]:
    """How far their roles let each of many go, without what they hold themselves; one query."""
    held: dict[int, list[tuple[Scope, str]]] = {officer: [] for officer in officers}
    roles = apps.get_model("contacts", "UnitRole").objects.in_force().filter(officer__in=officers)
    for officer, role, kind, path in roles.values_list("officer", "role", "unit__kind", "unit__path"):
        if scope := MATRIX[deed].get(column_of(role, kind)):
            held[officer].append((scope, path))
    return {
        officer: Reach(
            everything=any(scope is Scope.ALL for scope, _path in cells),
            paths=tuple(sorted({path for scope, path in cells if scope is Scope.UNIT})),
        )
        for officer, cells in held.items()
    }


def has_pairing(day: dt.date, **who: object) -> Exists:
    """For a query over stakeholders: is a pairing (of `officer`) open on `day`?"""
    pairings = apps.get_model("contacts", "Pairing").objects.open(day)
    return Exists(pairings.filter(stakeholder=OuterRef("pk"), **who))


def paired_with(officer: Officer) -> Exists:
    """For a query over stakeholders: does the officer hold them today, or stand in for whoever does? Access is always
    about now."""
    return has_pairing(timezone.localdate(), officer__in=officer.rights.acting_for)


def holds(officer: Officer) -> Q:
    """For a query over rows that have a `stakeholder`: the same."""
    open_today = apps.get_model("contacts", "Pairing").objects.open(timezone.localdate())
    pairings = open_today.filter(officer__in=officer.rights.acting_for)
    return Q(stakeholder__in=pairings.values("stakeholder"))


def find_for(officer: Officer, rows: QuerySet, deed: Deed, **which: object) -> Any:
    """The one row that `which` names: 404 where the officer does not see it, 403 where they may see but not do. The
    number of somebody who was merged names whoever they were merged into."""
    visible = rows.visible_to(officer)  # type: ignore[attr-defined]
    try:
        row = get_object_or_404(visible, **which)
    except Http404:
        row = get_object_or_404(visible, pk=_successor(rows.model, which))
    officer.rights.demand(deed, row)
    return row


def _successor(model: type[Model], which: dict[str, Any]) -> int:
    people, merges = apps.get_model("contacts", "Stakeholder"), apps.get_model("contacts", "Merge")
    found = merges.objects.successors([which["pk"]]) if model is people and which.keys() == {"pk"} else {}
    if not found:
        raise Http404
    return next(iter(found.values()))


View = Callable[..., HttpResponseBase]


def requires(deed: Deed) -> Callable[[View], View]:
    """A view that only those may call who have the deed in any scope; which rows, `visible_to` decides."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            request.user.rights.demand(deed)
            return view(request, *args, **kwargs)

        guarded.deed = deed  # type: ignore[attr-defined]
        return guarded

    return decorate


def signed_in(view: View) -> View:
    """A view for every officer about themselves. Says so aloud: a view without a mark fails a test."""
    view.deed = None  # type: ignore[attr-defined]
    return view


class RequiresDeed:
    """The same for class-based views: set `deed`."""

    deed: Deed

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        request.user.rights.demand(self.deed)
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
