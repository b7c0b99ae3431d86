"""Accounts: the system administrator's list, activation, one-time passwords, and proposing a role."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tables2 import RequestConfig

from contacts import accounts
from contacts.access import Deed, requires
from contacts.filters.accounts import AccountFilter
from contacts.forms.accounts import ReasonForm, RoleForm
from contacts.models import Actor, Officer
from contacts.requests import OfficerRequest
from contacts.tables.accounts import AccountTable


@requires(Deed.MANAGE_ACCOUNTS)
def index(request: OfficerRequest) -> HttpResponse:
    officers = Officer.objects.visible_to(request.user, Deed.MANAGE_ACCOUNTS).select_related("unit")
    found = AccountFilter(request.GET, officers)
    table = AccountTable(found.qs if found.is_valid() else officers.none())
    RequestConfig(request, paginate={"per_page": 25}).configure(table)
    return render(request, "contacts/account_list.html", {"filter": found, "table": table})


@requires(Deed.MANAGE_ACCOUNTS)
def detail(request: OfficerRequest, number: str) -> HttpResponse:
    """One account with its roles; here a role is proposed."""
    officer = _account(request, number)
    form = RoleForm(request.POST or None, initial={"unit": officer.unit_id})
    if request.method == "POST" and form.is_valid():
        request.user.rights.demand(Deed.PROPOSE_ROLE)
        try:
            role, unit, reason = (form.cleaned_data[name] for name in ("role", "unit", "reason"))
            accounts.propose_role(officer, unit, role, actor=Actor.of(request), reason=reason)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(
                request, _("The role is proposed. It counts once a security administrator has approved it.")
            )
            return redirect("contacts:account-detail", number)
    roles = officer.roles.select_related("unit", "proposed_by", "approved_by").order_by(
        "ended_at", "-proposed_at"
    )
    return render(request, "contacts/account_detail.html", {"account": officer, "roles": roles, "form": form})


@requires(Deed.MANAGE_ACCOUNTS)
def deactivate(request: OfficerRequest, number: str) -> HttpResponse:
    officer = _account(request, number)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            today, reason = timezone.localdate(), form.cleaned_data["reason"]
            accounts.deactivate(officer, on=today, actor=Actor.of(request), reason=reason)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("%(name)s can not sign in any more.") % {"name": officer.name})
            return redirect("contacts:account-detail", number)
    return _ask(
        request,
        officer,
        form,
        question=_("Deactivate the account of %(name)s?") % {"name": officer.name},
        explanation=_("From now on the officer can not sign in. What they recorded stays."),
        verb=_("Deactivate"),
        danger=True,
    )


@requires(Deed.MANAGE_ACCOUNTS)
def activate(request: OfficerRequest, number: str) -> HttpResponse:
    officer = _account(request, number)
    return _new_password(
        request,
        officer,
        accounts.activate,
        question=_("Activate the account of %(name)s?") % {"name": officer.name},
        explanation=_("You will be shown a one-time password to hand over."),
        verb=_("Activate"),
    )


@requires(Deed.MANAGE_ACCOUNTS)
def reset_password(request: OfficerRequest, number: str) -> HttpResponse:
    officer = _account(request, number)
    return _new_password(
        request,
        officer,
        accounts.reset_password,
        question=_("Set a one-time password for %(name)s?") % {"name": officer.name},
        explanation=_("The present password stops working, and the officer is signed out everywhere."),
        verb=_("Set a one-time password"),
    )


def _new_password(request: OfficerRequest, officer: Officer, deed, **page) -> HttpResponse:
    """Ask why, then show the password this once: it is answered, not redirected to, and stored nowhere."""
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            password = deed(officer, actor=Actor.of(request), reason=form.cleaned_data["reason"])
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return render(
                request, "contacts/account_password.html", {"account": officer, "password": password}
            )
    return _ask(request, officer, form, **page)


def _ask(request: OfficerRequest, officer: Officer, form: ReasonForm, **page) -> HttpResponse:
    cancel = reverse("contacts:account-detail", args=[officer.police_number])
    return render(request, "confirm.html", {"form": form, "cancel_url": cancel, **page})


def _account(request: OfficerRequest, number: str) -> Officer:
    visible = Officer.objects.visible_to(request.user, Deed.MANAGE_ACCOUNTS).select_related("unit")
    return get_object_or_404(visible, police_number=number)
