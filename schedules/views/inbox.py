"""The inbox: every notice that an officer was sent, and what became of what it told."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from contacts.access import Deed, reach, signed_in
from contacts.models import Actor, AuditEntry, Stakeholder
from contacts.requests import OfficerRequest
from schedules.behind.reading import Reading
from schedules.coverage import State
from schedules.models import Notice, NoticeLine, Obligation
from schedules.notices import editions, feedback, handing, remarks, reports
from schedules.notices.grouping import grouped
from schedules.notices.messages import may_log
from schedules.standing import stand

TO_DO = {State.OPEN, State.MISSED}
PER_PAGE = 10  # notices; each may hold dozens of lines


@signed_in
def index(request: OfficerRequest) -> HttpResponse:
    """One's own notices, the newest first. A line about someone who has been handed over names nobody, one about a unit
    that one leads no longer says nothing of it."""
    notices = Notice.objects.visible_to(request.user).order_by("-send_on", "-pk")
    page = Paginator(notices, PER_PAGE).get_page(request.GET.get("page"))
    found: list[Any] = list(page.object_list)
    lines: list[Any] = list(
        NoticeLine.objects.told()
        .filter(notice__in=found)
        .select_related("digest__unit", "handover__officer", "behind__unit")
    )
    owed = _owed(request, lines)
    handovers = {told.line: told for told in handing.described(lines, timezone.localdate())}
    said = {told.line: told for told in feedback.described(lines, request.user)}
    texts = {told.line: told for told in reports.described(lines, request.user)}
    published = {told.line: told for told in editions.described(lines, request.user)}
    remarked = {told.line: told for told in remarks.described(lines, request.user)}
    for line in lines:
        line.owed, line.handed = owed.get(line.obligation_id), handovers.get(line.pk)
        line.told_behind, line.said = _behind(request, line), said.get(line.pk)
        line.text, line.remarked = texts.get(line.pk), remarked.get(line.pk)
        line.published = published.get(line.pk)
        line.may_log = line.owed and line.owed.state in TO_DO and may_log(request.user, line.owed)
    for notice in found:
        told = [line for line in lines if line.notice_id == notice.pk]
        notice.groups = grouped(line for line in told if line.obligation_id)
        notice.others = [line for line in told if not line.obligation_id]
    page.object_list = found
    context = {
        "shown": timezone.now().timestamp(),
        "page_obj": page,
        "unread": any(notice.read_at is None for notice in found),
    }
    return render(request, "schedules/notice_list.html", context)


@signed_in
@require_POST
def read(request: OfficerRequest, pk: int) -> HttpResponse:
    """Mark one notice as read."""
    notice = get_object_or_404(Notice.objects.visible_to(request.user), pk=pk)
    _mark(request, Notice.objects.visible_to(request.user).filter(pk=notice.pk))
    return redirect("schedules:notice-list")


@signed_in
@require_POST
def read_all(request: OfficerRequest) -> HttpResponse:
    """Mark all notices as read."""
    count = _mark(request, Notice.objects.visible_to(request.user))
    if count:
        messages.success(request, _("All notices are marked as read."))
    return redirect("schedules:notice-list")


@transaction.atomic
def _mark(request: OfficerRequest, notices) -> int:
    """How many were marked: not those to which something was added since the page was shown."""
    unread = notices.unread().exclude(lines__created_at__gt=_shown_at(request))
    days = [day.isoformat() for day in unread.values_list("send_on", flat=True)]
    if days:
        unread.update(read_at=timezone.now())
        AuditEntry.objects.record(Actor.of(request), "read notices", after={"days": days})
    return len(days)


def _shown_at(request: OfficerRequest) -> dt.datetime:
    """When the page was made that the form stood on."""
    try:
        return dt.datetime.fromtimestamp(float(request.POST["shown"]), dt.UTC)
    except (KeyError, ValueError, OverflowError, OSError):  # a form of somebody's own means now
        return timezone.now()


def _behind(request: OfficerRequest, line: NoticeLine) -> Reading | None:
    if not line.behind or not reach(request.user, Deed.SEE_BEHIND).covers(line.behind.unit.path, own=False):
        return None
    return Reading(line.behind.figures, line.behind.week_key)


def _owed(request: OfficerRequest, lines: list[NoticeLine]) -> dict[int, Obligation]:
    """The obligations that the lines tell of, with what became of them; only what is still owed, and of people within
    reach today."""
    keys = {line.obligation_id for line in lines if line.obligation_id}
    rows = Obligation.objects.live().filter(
        pk__in=keys, stakeholder__in=Stakeholder.objects.visible_to(request.user)
    )
    return {row.pk: row for row in stand(rows.select_related("stakeholder__unit"), timezone.now())}
