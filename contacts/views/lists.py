"""The page of a listing: filter, table, pager, exports. Every list page is one of these."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import cached_property
from django.views import View

from contacts import names
from contacts.access import Deed, RequiresDeed
from contacts.models import SavedView
from contacts.requests import OfficerRequest
from contacts.tables.base import PAGE_SIZES, Listing


class ListPage(RequiresDeed, View):
    """Shows `listing` in `template_name`; `more` adds to its context."""

    listing: type[Listing]
    deed = Deed.SEE_ROSTER
    template_name = "contacts/list.html"
    http_method_names = ["get", "head"]

    def get(self, request: OfficerRequest) -> HttpResponse:
        listing = self.listing(request.user, timezone.now())
        views = Views(request, listing)
        if views.by_itself and not request.GET:
            return redirect(f"{request.path}{views.by_itself.address}")
        found, table = listing.page(views.asked, nothing=views.outdated)
        context = {
            "listing": listing,
            "filter": found,
            "table": table,
            "sizes": PAGE_SIZES,
            "views": views,
            "shown": listing.asked(views.asked),
            "may_export": request.user.rights.may(Deed.EXPORT),
            "exports_less": _exports_less(request, listing),
        }
        return render(request, self.template_name, context | self.more(listing))

    def more(self, listing: Listing) -> dict[str, Any]:
        return {}


class Views:
    """The officer's saved views of a listing, and what the address means beside them; one query, or none for whoever
    keeps no view."""

    def __init__(self, request: OfficerRequest, listing: Listing) -> None:
        self.address, self.listing = request.GET, listing
        mine = SavedView.objects.visible_to(request.user).filter(listing=listing.name)
        rows = list(mine) if request.user.keeps_views else []
        self.remembered = next((view for view in rows if not view.name), None)
        self.saved = [view for view in rows if view.name]
        self.by_itself = next((view for view in rows if view.by_itself), None)

    @cached_property
    def asked(self) -> Mapping[str, Any]:
        """What the address says, and where it says nothing, what is remembered."""
        remembered = self.remembered.asks.dict() if self.remembered else {}
        return remembered | self.address.dict()

    @property
    def plain(self) -> str:
        """The query that shows the list without any view."""
        return "view=all" if self.by_itself else ""

    @property
    def in_order(self) -> list[SavedView]:
        return sorted(self.saved, key=lambda view: (names.spell(view.name), view.name))

    @cached_property
    def current(self) -> SavedView | None:
        asked = self.listing.asked(self.address)
        return next((view for view in self.saved if view.query == asked), None)

    @property
    def outdated(self) -> bool:
        """Does the view that is shown ask what the list knows no more?"""
        return self.current is not None and not self.listing.knows(self.current.asks)


def _exports_less(request: OfficerRequest, listing: Listing) -> bool:
    """Does the page show rows that this officer may not export?"""
    rights = request.user.rights
    return rights.reach(Deed.EXPORT) != rights.reach(listing.deed)
