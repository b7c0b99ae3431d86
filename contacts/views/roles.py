"""Roles: what is proposed and in force; the security administrator decides."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django_tables2 import RequestConfig

from contacts import accounts
from contacts.access import Deed, requires
from contacts.filters.accounts import RoleFilter
from contacts.forms.accounts import ReasonForm
from contacts.models import Actor, UnitRole
from contacts.requests import OfficerRequest
from contacts.tables.accounts import RoleTable


def index(request: OfficerRequest) -> HttpResponse:
    """For both who take part: the system administrator looks, the security administrator decides."""
    deed = Deed.APPROVE_ROLE if request.user.rights.may(Deed.APPROVE_ROLE) else Deed.PROPOSE_ROLE
    request.user.rights.demand(deed)
    roles = UnitRole.objects.visible_to(request.user, deed).select_related(
        "officer__unit", "unit", "proposed_by"
    )
    found = RoleFilter(request.GET, roles.filter(ended_at=None))
    table = RoleTable(found.qs if found.is_valid() else roles.none())
    RequestConfig(request, paginate={"per_page": 25}).configure(table)
    return render(request, "contacts/role_list.html", {"filter": found, "table": table})


index.deed = Deed.PROPOSE_ROLE  # type: ignore[attr-defined]


@requires(Deed.APPROVE_ROLE)
def approve(request: OfficerRequest, pk: int) -> HttpResponse:
    return _decide(
        request,
        pk,
        accounts.approve_role,
        question=_("Approve this role?"),
        verb=_("Approve"),
        done=_("The role is in force."),
    )


@requires(Deed.APPROVE_ROLE)
def refuse(request: OfficerRequest, pk: int) -> HttpResponse:
    return _decide(
        request,
        pk,
        accounts.refuse_role,
        question=_("Refuse this role?"),
        verb=_("Refuse"),
        done=_("The role is refused."),
    )


@requires(Deed.APPROVE_ROLE)
def end(request: OfficerRequest, pk: int) -> HttpResponse:
    return _decide(
        request,
        pk,
        accounts.end_role,
        question=_("End this role?"),
        verb=_("End the role"),
        done=_("The role has ended."),
        danger=True,
    )


def _decide(request: OfficerRequest, pk: int, deed, *, done: str, **page) -> HttpResponse:
    roles = UnitRole.objects.visible_to(request.user, Deed.APPROVE_ROLE).select_related("officer", "unit")
    role = get_object_or_404(roles, pk=pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            deed(role, actor=Actor.of(request), reason=form.cleaned_data["reason"])
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, done)
            return redirect("contacts:role-list")
    page |= {"form": form, "explanation": str(role), "cancel_url": reverse("contacts:role-list")}
    return render(request, "confirm.html", page)
