"""Views of lists that an officer keeps, and the columns they like."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts import saving_views
from contacts.access import Deed, requires
from contacts.forms.saved_views import ColumnsForm, SavedViewForm
from contacts.models import Actor, SavedView
from contacts.requests import OfficerRequest
from contacts.tables.base import Listing, known


@requires(Deed.SEE_ROSTER)
def create(request: OfficerRequest, name: str) -> HttpResponse:
    """Save what the address asks of the list under a name; asks before another view of that name is replaced."""
    listing = _listing(request, name)
    found, query = listing.filtered(request.GET), listing.asked(request.GET)
    form = SavedViewForm(request.POST or None)
    taken = False
    if form.is_valid():
        try:
            if not (found.is_valid() and listing.knows(request.GET)):
                raise ValidationError(_("This filter can not be read; correct it in the list first."))
            view = saving_views.save_view(
                request.user,
                name,
                query=query,
                replace=request.POST.get("replace") == form.cleaned_data["name"],
                actor=Actor.of(request),
                **form.cleaned_data,
            )
        except ValidationError as refused:
            form.add_error(None, refused)
            taken = refused.error_list[0].code == "taken"
        else:
            messages.success(request, _("The view “%(name)s” is saved.") % {"name": view.name})
            return redirect(f"{reverse(listing.view)}{view.address}")
    context = {"form": form, "listing": listing, "found": found, "taken": taken, "query": query}
    return render(request, "contacts/saved_view_form.html", context)


@requires(Deed.SEE_ROSTER)
def update(request: OfficerRequest, pk: int) -> HttpResponse:
    """Another name, and whether the list shows it by itself."""
    view = get_object_or_404(SavedView.objects.visible_to(request.user).named(), pk=pk)
    listing = _listing(request, view.listing)
    form = SavedViewForm(request.POST or None, initial={"name": view.name, "by_itself": view.by_itself})
    if form.is_valid():
        try:
            saving_views.change_view(view, actor=Actor.of(request), **form.cleaned_data)
        except ValidationError as refused:
            form.add_error("name", refused)
        else:
            messages.success(request, _("Saved."))
            return redirect(f"{reverse(listing.view)}{view.address}")
    context = {"form": form, "listing": listing, "found": listing.filtered(view.asks), "view": view}
    return render(request, "contacts/saved_view_form.html", context)


@requires(Deed.SEE_ROSTER)
def delete(request: OfficerRequest, pk: int) -> HttpResponse:
    view = get_object_or_404(SavedView.objects.visible_to(request.user).named(), pk=pk)
    listing = _listing(request, view.listing)
    if request.method == "POST":
        saving_views.delete_view(view, actor=Actor.of(request))
        messages.success(request, _("The view “%(name)s” is deleted.") % {"name": view.name})
        return redirect(listing.view)
    context = {
        "question": _("Delete the view “%(name)s”?") % {"name": view.name},
        "explanation": _("The list and its rows stay; only this way of showing it goes."),
        "verb": _("Delete"),
        "danger": True,
        "cancel_url": f"{reverse(listing.view)}{view.address}",
    }
    return render(request, "confirm.html", context)


@requires(Deed.SEE_ROSTER)
def columns(request: OfficerRequest, name: str) -> HttpResponse:
    """Which columns the list shows and in which order. A click on a header sends the order alone."""
    listing = _listing(request, name)
    said, actor = request.POST, Actor.of(request)
    if "remember" in said:
        order = listing.order({"sort": said["remember"]})
        saving_views.remember_order(request.user, name, ",".join(order or ()))
        return HttpResponse(status=204)
    form = ColumnsForm(listing, request.GET, said or None)
    if "standard" in said:
        saving_views.remember(request.user, name, actor=actor)
        return _back(request, listing, _("The list shows its standard columns again."))
    if "up" in said or "down" in said:
        form.move(said.get("up") or said.get("down", ""), -1 if "up" in said else 1)
    elif form.is_valid():
        saving_views.remember(request.user, name, actor=actor, **_wanted(listing, form))
        return _back(request, listing, _("The list shows these columns from now on."))
    return render(request, "contacts/columns_form.html", {"form": form, "listing": listing})


def _wanted(listing: Listing, form: ColumnsForm) -> dict[str, str]:
    """What differs from the standard, which may change with the software."""
    standard = ColumnsForm(listing, {})
    wanted = {"columns": ",".join(form.columns), **form.cleaned_data}
    usual: dict[str, Any] = {"columns": ",".join(standard.columns), **standard.initial}
    return {name: text for name, text in wanted.items() if text != usual[name]}


def _back(request: OfficerRequest, listing: Listing, said: str) -> HttpResponse:
    """To the list as it was filtered; what is remembered now counts for the rest."""
    messages.success(request, said)
    asked = {name: text for name, text in request.GET.items() if name not in saving_views.REMEMBERED}
    return redirect(f"{reverse(listing.view)}?{listing.asked(asked) or 'view=all'}")


def _listing(request: OfficerRequest, name: str) -> Listing:
    kind = known().get(name)
    if kind is None:
        raise Http404
    request.user.rights.demand(kind.deed)
    return kind(request.user, timezone.now())
