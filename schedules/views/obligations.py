"""The list of what is owed."""

from __future__ import annotations

from contacts.views.lists import ListPage
from schedules.tables.obligations import ObligationListing


class ObligationList(ListPage):
    listing = ObligationListing
