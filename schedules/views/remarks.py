"""Leaders' remarks on digests: the list, giving one, and what becomes of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts.access import Deed, find_for, reach, requires
from contacts.forms.fields import done
from contacts.models import Actor
from contacts.requests import OfficerRequest
from schedules import periods, remarking
from schedules.digests.asking import asked
from schedules.digests.lists import BEHIND
from schedules.digests.phrases import period_name
from schedules.digests.scope import Scope
from schedules.forms.remarks import AssigningForm, RemarkForm, TextForm
from schedules.models import Remark
from schedules.periods import Period

PER_PAGE = 25


@requires(Deed.DIGEST)
def index(request: OfficerRequest) -> HttpResponse:
    """What waits for oneself first; then the others that one may see, of one digest alone if `unit` and `period` say so."""
    remarks = Remark.objects.visible_to(request.user).select_related("unit", "assignee", "author")
    digest = None
    if "unit" in request.GET:
        scope, period = asked(request.user, request.GET, timezone.now())
        if scope.unit is None:
            raise Http404
        remarks = remarks.filter(unit=scope.unit, period_key=period.key)
        digest = (scope.unit, period.key)
    mine = remarks.waiting_for(request.user).order_by("due_on", "pk")
    others = remarks.exclude(pk__in=mine.values("pk"))
    context = {
        "mine": [_named(remark) for remark in mine],
        "page_obj": Paginator(others, PER_PAGE).get_page(request.GET.get("page")),
        "digest": digest,
        "today": timezone.localdate(),
    }
    context["others"] = [_named(remark) for remark in context["page_obj"]]
    return render(request, "schedules/remark_list.html", context)


@requires(Deed.REMARK)
def create(request: OfficerRequest) -> HttpResponse:
    """On the digest that `unit` and `period` name, or on its figure `of`."""
    now = timezone.now()
    scope, period = asked(request.user, request.GET, now)
    unit, figure = _remarkable(request, scope), request.GET.get("of", "")
    if figure and figure not in BEHIND:
        raise Http404
    form = RemarkForm(request.POST or None, unit=unit)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        given: list[Remark] = []
        if done(form, lambda: given.append(remarking.give(
            unit, period, figure=figure, text=said["text"], assignee=said["assignee"], due_on=said["due_on"],
            day=timezone.localdate(now), actor=Actor.of(request), submission=said["submission"],
        ))):  # fmt: skip
            messages.success(
                request,
                _("Assigned to %(name)s, to be reported on by %(day)s.")
                % {"name": said["assignee"].name, "day": said["due_on"]},
            )
            return redirect(given[0])
    context = {"form": form, "unit": unit, "period": period, "about": _about(period, figure)}
    return render(request, "schedules/remark_form.html", context)


@requires(Deed.DIGEST)
def detail(request: OfficerRequest, pk: int) -> HttpResponse:
    return _page(request, find_for(request.user, _remarks(), Deed.DIGEST, pk=pk))


@requires(Deed.DIGEST)
def report(request: OfficerRequest, pk: int) -> HttpResponse:
    """By whoever it is assigned to, or stands in for them."""
    remark = find_for(request.user, _remarks(), Deed.DIGEST, pk=pk)
    if remark.assignee_id not in request.user.rights.acting_for:
        raise PermissionDenied
    form = TextForm(request.POST, prefix="report")
    return _act(request, remark, {"report": form}, form, lambda actor: remarking.report(
        remark, text=form.cleaned_data["text"], actor=actor
    ), _("Reported. %(name)s reads it in the inbox.") % {"name": remark.author.name})  # fmt: skip


@requires(Deed.REMARK)
def ask_again(request: OfficerRequest, pk: int) -> HttpResponse:
    remark = find_for(request.user, _remarks(), Deed.REMARK, pk=pk)
    form = AssigningForm(request.POST, unit=remark.unit, prefix="again")
    return _act(request, remark, {"again": form}, form, lambda actor: remarking.ask_again(
        remark, day=timezone.localdate(), actor=actor, **form.cleaned_data
    ), _("Assigned once more."))  # fmt: skip


@requires(Deed.REMARK)
def accept(request: OfficerRequest, pk: int) -> HttpResponse:
    remark = find_for(request.user, _remarks(), Deed.REMARK, pk=pk)
    return _act(
        request,
        remark,
        {},
        None,
        lambda actor: remarking.accept(remark, actor=actor),
        _("Accepted: this is settled."),
    )


@requires(Deed.REMARK)
def withdraw(request: OfficerRequest, pk: int) -> HttpResponse:
    remark = find_for(request.user, _remarks(), Deed.REMARK, pk=pk)
    form = TextForm(request.POST, prefix="withdraw")
    return _act(request, remark, {"withdraw": form}, form, lambda actor: remarking.withdraw(
        remark, text=form.cleaned_data["text"], actor=actor
    ), _("Withdrawn."))  # fmt: skip


def _remarks():
    return Remark.objects.select_related("unit", "assignee__unit", "author__unit")


def _act(
    request: OfficerRequest,
    remark: Remark,
    forms: dict[str, Any],
    form: Any,
    act: Callable[[Actor], None],
    said: str,
) -> HttpResponse:
    """Do it if the form stands; what is refused stands on the page as it is by now, with what was typed."""
    if request.method != "POST":
        return _page(request, remark)
    form = form or TextForm({"text": "-"})
    if form.is_valid() and done(form, lambda: act(Actor.of(request))):
        messages.success(request, said)
        return redirect(remark)
    remark.refresh_from_db()
    return _page(request, remark, forms, () if forms else form.non_field_errors())


def _page(
    request: OfficerRequest, remark: Remark, forms: dict[str, Any] | None = None, refused: Any = ()
) -> HttpResponse:
    user = request.user
    decides = user.rights.may(Deed.REMARK, remark)
    reports = remark.assignee_id in user.rights.acting_for
    offered = {
        "report": reports and remark.state == Remark.State.OPEN and (lambda: TextForm(prefix="report")),
        "again": decides and not remark.is_settled and (lambda: AssigningForm(unit=remark.unit, prefix="again", initial={"assignee": remark.assignee.police_number})),
        "withdraw": decides and not remark.is_settled and (lambda: TextForm(prefix="withdraw")),
    }  # fmt: skip
    context = {
        "remark": _named(remark),
        "steps": remark.steps.select_related("officer", "assignee"),
        "forms": {name: make() for name, make in offered.items() if make} | (forms or {}),
        "refused": refused,
        "may_accept": decides and remark.state == Remark.State.REPORTED,
        "sees_digest": reach(user, Deed.DIGEST).covers(remark.unit.path, own=False),
        "today": timezone.localdate(),
    }
    return render(request, "schedules/remark_detail.html", context)


def _remarkable(request: OfficerRequest, scope: Scope) -> Any:
    """The unit: 404 for an officer's own figures, 403 where one may only look."""
    if scope.unit is None:
        raise Http404
    if not reach(request.user, Deed.REMARK).covers(scope.unit.path, own=False):
        raise PermissionDenied
    return scope.unit


def _named(remark: Any) -> Any:
    remark.about = _about(periods.parse(remark.period_key), remark.figure)
    return remark


def _about(period: Period, figure: str) -> str:
    """The period, and the figure if it is about one."""
    label = BEHIND[figure].label if figure in BEHIND else ""
    return f"{period_name(period)} · {label}" if label else period_name(period)
