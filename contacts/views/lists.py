"""The page of a listing: filter, table, pager, exports. Every list page is one of these."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views import View

from contacts.access import Deed, RequiresDeed
from contacts.tables.base import PAGE_SIZES, Listing

REMEMBERED = "lists"


class ListPage(RequiresDeed, View):
    """Shows `listing` in `template_name`; `more` adds to its context."""

    listing: type[Listing]
    deed = Deed.SEE_ROSTER
    template_name = "contacts/list.html"
    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest) -> HttpResponse:
        listing = self.listing(request.user, timezone.now())
        found, table = listing.page(request.GET)
        remember(request, listing.name)
        context = {
            "listing": listing,
            "filter": found,
            "table": table,
            "sizes": PAGE_SIZES,
            "may_export": request.user.rights.may(Deed.EXPORT),
            "exports_less": _exports_less(request, listing),
        }
        return render(request, self.template_name, context | self.more(listing))

    def more(self, listing: Listing) -> dict[str, Any]:
        return {}


def remember(request: HttpRequest, name: str) -> None:
    """Keep the query for `way_to`, so that coming back from a person finds the list as it was left."""
    query = request.GET.urlencode()
    remembered = request.session.get(REMEMBERED, {})
    if query != remembered.get(name, ""):
        request.session[REMEMBERED] = {**remembered, name: query[:2000]}


def way_to(request: HttpRequest, name: str, address: str) -> str:
    """The address of a list with the query that it was last seen with."""
    query = request.session.get(REMEMBERED, {}).get(name)
    return f"{address}?{query}" if query else address


def _exports_less(request: HttpRequest, listing: Listing) -> bool:
    """Does the page show rows that this officer may not export?"""
    rights = request.user.rights
    return rights.reach(Deed.EXPORT) != rights.reach(listing.deed)
