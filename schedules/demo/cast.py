"""Who can sign in to the demonstration, one officer for each kind of work."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.db.models import Count, Q

from contacts.models import Officer, Unit, UnitRole

_POSTS = Officer.PostClass
_ROLES = UnitRole.Role


def cast(day: dt.date) -> Iterator[tuple[str, Officer]]:
    """What they are, and the officer: the community officer with the most people, and the line above that one."""
    community = _busiest(day)
    station = community.unit
    yield "community officer", community
    yield "station leader", _holding(_ROLES.LEADER, station)
    yield "county leader", _holding(_ROLES.LEADER, station.parent)
    yield "bureau leader", _holding(_ROLES.LEADER, _bureau())
    yield "city coordinator", _holding(_ROLES.COORDINATOR, _bureau())
    yield "county coordinator", _holding(_ROLES.COORDINATOR, station.parent)
    yield "discipline reviewer", _holding(_ROLES.DISCIPLINE_REVIEWER, _bureau())
    yield "auditor", _holding(_ROLES.AUDITOR, _bureau())
    yield "system administrator", _holding(_ROLES.SYSTEM_ADMIN, _bureau())
    yield "security administrator", _holding(_ROLES.SECURITY_ADMIN, _bureau())


def _busiest(day: dt.date) -> Officer:
    open_ones = Q(pairings__started_on__lte=day) & (
        Q(pairings__ended_on=None) | Q(pairings__ended_on__gte=day)
    )
    officers = Officer.objects.filter(post_class=_POSTS.COMMUNITY_OFFICER, unit__kind=Unit.Kind.STATION)
    officers = officers.annotate(held=Count("pairings", filter=open_ones))
    return officers.select_related("unit__parent").order_by("-held", "police_number")[:1].get()


def _bureau() -> Unit:
    return Unit.objects.get(kind=Unit.Kind.BUREAU)


def _holding(role: str, unit: Unit | None) -> Officer:
    officers = Officer.objects.filter(roles__in=UnitRole.objects.in_force().filter(role=role, unit=unit))
    return officers.select_related("unit").order_by("police_number")[:1].get()
