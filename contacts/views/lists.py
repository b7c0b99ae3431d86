"""The page of a listing: filter, table, pager, exports. Every list page is one of these."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views import View

from contacts.access import Deed, RequiresDeed
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
        found, table = listing.page(request.GET)
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


def _exports_less(request: OfficerRequest, listing: Listing) -> bool:
    """Does the page show rows that this officer may not export?"""
    rights = request.user.rights
    return rights.reach(Deed.EXPORT) != rights.reach(listing.deed)
