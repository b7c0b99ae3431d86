"""The list pages of this app: people, pairings, contacts, units, officers."""

from __future__ import annotations

from contacts.tables.officers import OfficerListing
from contacts.tables.pairings import PairingListing
from contacts.tables.records import RecordListing
from contacts.tables.stakeholders import StakeholderListing
from contacts.tables.units import UnitListing
from contacts.views.lists import ListPage


class StakeholderList(ListPage):
    listing = StakeholderListing
    template_name = "contacts/stakeholder_list.html"


class PairingList(ListPage):
    listing = PairingListing
    template_name = "contacts/pairing_list.html"


class RecordList(ListPage):
    listing = RecordListing


class UnitList(ListPage):
    listing = UnitListing
    template_name = "contacts/unit_list.html"


class OfficerList(ListPage):
    listing = OfficerListing
    template_name = "contacts/officer_list.html"
