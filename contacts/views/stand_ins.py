"""Stand-ins: who looks after whose people, named and ended."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from contacts import standing_in
from contacts.access import Deed, find_for, requires
from contacts.forms.stand_ins import StandInForm
from contacts.models import Actor, StandIn
from contacts.requests import OfficerRequest

PER_PAGE = 25


@requires(Deed.STAND_IN)
def index(request: OfficerRequest) -> HttpResponse:
    """Those of today and later that one may see, and the form that names one more."""
    user, day = request.user, timezone.localdate()
    form = StandInForm(request.POST or None, editor=user, day=day, wanted=request.GET.dict())
    if form.is_valid():
        wanted = {"absent": user} | form.cleaned_data
        absent, other = wanted.pop("absent"), wanted.pop("stand_in")
        try:
            made = standing_in.appoint(absent, other, actor=Actor.of(request), **wanted)
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            messages.success(
                request,
                _("%(other)s stands in for %(absent)s from %(start)s to %(end)s.")
                % {"other": other.name, "absent": absent.name, "start": made.starts_on, "end": made.ends_on},
            )
            return redirect("contacts:stand-in-list")
    rows = StandIn.objects.visible_to(user).lasting(day).select_related("absent__unit", "stand_in")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    reach = user.rights.reach(Deed.STAND_IN)
    for row in page.object_list:
        row.may_end = reach.covers(row.absent.unit.path, own=row.absent_id == user.pk)  # type: ignore[attr-defined]
    nearby = form.colleagues.exclude(pk=user.pk)
    context = {"form": form, "page_obj": page, "nearby": nearby, "today": day}
    return render(request, "contacts/stand_in_list.html", context)


@requires(Deed.STAND_IN)
@require_POST
def end(request: OfficerRequest, pk: int) -> HttpResponse:
    """End it at once, or call it off before it begins."""
    rows = StandIn.objects.select_related("absent", "stand_in")
    row = find_for(request.user, rows, Deed.STAND_IN, pk=pk)
    try:
        standing_in.end(row, on=timezone.localdate(), actor=Actor.of(request))
    except ValidationError as refused:
        messages.warning(request, refused.message)
    else:
        messages.success(
            request,
            _("%(other)s does not stand in for %(absent)s any more.")
            % {"other": row.stand_in.name, "absent": row.absent.name},
        )
    return redirect("contacts:stand-in-list")
