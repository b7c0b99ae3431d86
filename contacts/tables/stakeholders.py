"""The roster: people with their seats, who is responsible, and when they were last reached."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import django_tables2 as tables
from django.db.models import Case, OuterRef, Prefetch, QuerySet, Subquery, Value, When
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from contacts import phones
from contacts.access import Deed, Reach, paired_with
from contacts.filters.base import ListFilter
from contacts.filters.stakeholders import StakeholderFilter
from contacts.models import ContactPhone, ContactRecord, Pairing, Seat, Stakeholder
from contacts.tables import cells
from contacts.tables.base import Listing
from contacts.tables.columns import Column

TICK = (
    '<input class="form-check-input" type="checkbox" form="ticked" name="pick" value="{}" aria-label="{}"> {}'
)


class StakeholderTable(tables.Table):
    name = cells.NameColumn(verbose_name=_("Name"))
    seat = tables.Column(verbose_name=_("Seat"), accessor="held_seats", order_by="first_seat")
    unit = tables.Column(verbose_name=_("Unit in charge"), order_by="unit__path")
    officer = tables.Column(
        verbose_name=_("Officer"), accessor="officer_name", order_by="officer_pinyin", default=""
    )
    reached = cells.DayColumn(verbose_name=_("Last reached"), accessor="last_reached", default="")
    phone = tables.Column(verbose_name=_("Phone"), accessor="pk", orderable=False)

    ticks = False  # a box before each name, of the page's form `ticked`

    class Meta:
        order_by = "name"
        empty_text = _("No one fits. Clear the filter, or look for part of the name.")

    def render_name(self, record: Stakeholder) -> SafeString:
        link = cells.person_link(record)
        return format_html(TICK, record.pk, record.name, link) if self.ticks else link

    def render_seat(self, value: list[Seat]) -> SafeString:
        return cells.seats(value)

    def render_officer(self, value: str, record: Any) -> SafeString | str:
        return format_html('{} <span class="muted number">{}</span>', value, record.officer_number)

    def render_phone(self, record: Any) -> SafeString | str:
        return cells.phone(record.first_number, record.first_extension, dial=record.may_dial)


class StakeholderListing(Listing):
    name = "stakeholders"
    title = _("People")
    view = "contacts:stakeholder-list"
    filterset = StakeholderFilter
    table = StakeholderTable
    columns = (
        Column(_("Number"), "pk", lambda pk: f"L{pk:06d}", name="number"),
        Column(_("Name"), "name"),
        Column(_("Sex"), "sex", dict(Stakeholder.Sex.choices).get, name="sex"),
        Column(_("Year of birth"), "birth_year", name="birth_year"),
        Column(_("Month of birth"), "birth_month", name="birth_month"),
        Column(_("Seats"), extra="seats", name="seats"),
        Column(_("Employer and post"), "employer", name="employer"),
        Column(_("Phone numbers"), extra="phones", sealed=True, name="phones"),
        Column(_("E-mail"), "email", sealed=True, name="email"),
        Column(_("Address"), "address", sealed=True, name="address"),
        Column(_("Township or street"), "street", name="street"),
        Column(_("Unit in charge"), "unit__name"),
        Column(_("Code of the unit"), "unit__code", name="unit_code"),
        Column(_("Officer"), "officer_name"),
        Column(_("Police number"), "officer_number"),
        Column(_("Paired since"), "paired_since", name="paired_since"),
        Column(_("Last reached"), "last_reached"),
        Column(_("Remark"), "remark", name="remark"),
    )

    def rows(self, deed: Deed) -> QuerySet:
        return self.annotated(Stakeholder.objects.visible_to(self.officer, deed))

    def page(self, data: Mapping[str, Any], nothing: bool = False) -> tuple[ListFilter, tables.Table]:
        found, table = super().page(data, nothing)
        table.ticks = any(
            self.officer.rights.may(deed) for deed in (Deed.PAIR, Deed.EDIT_ROSTER, Deed.EXPORT)
        )
        return found, table

    def annotated(self, people: QuerySet) -> QuerySet:
        """People with their open pairing and their last contact; what a query does not name costs it nothing."""
        pairing = Pairing.objects.open(self.day).filter(stakeholder=OuterRef("pk"))
        reached = ContactRecord.objects.reached().filter(stakeholder=OuterRef("pk")).order_by("-occurred_on")
        seats = Seat.objects.active(self.day).filter(stakeholder=OuterRef("pk")).order_by("kind", "level")
        return people.annotate(
            officer_name=Subquery(pairing.values("officer__name")[:1]),
            officer_pinyin=Subquery(pairing.values("officer__pinyin")[:1]),
            officer_number=Subquery(pairing.values("officer__police_number")[:1]),
            paired_since=Subquery(pairing.values("started_on")[:1]),
            last_reached=Subquery(reached.values("occurred_on")[:1]),
            first_seat=Subquery(seats.values("kind")[:1]),
        )

    def load(self, keys: list[int]) -> Iterable[Stakeholder]:
        numbers = ContactPhone.objects.filter(stakeholder=OuterRef("pk")).order_by("position", "pk")
        held = Prefetch("seats", Seat.objects.active(self.day), to_attr="held_seats")
        people = Stakeholder.objects.filter(pk__in=keys).select_related("unit").prefetch_related(held)
        return self.annotated(people).annotate(
            first_number=Subquery(numbers.values("e164")[:1]),
            first_extension=Subquery(numbers.values("extension")[:1]),
            may_dial=within(self.officer.rights.reach(Deed.SEE_NUMBERS), self.officer),
        )

    def sealed(self, keys: list[int]) -> set[int]:
        if self.officer.rights.reach(Deed.SEE_NUMBERS).everything:
            return set()
        seen = Stakeholder.objects.visible_to(self.officer, Deed.SEE_NUMBERS).filter(pk__in=keys)
        return set(keys) - set(seen.values_list("pk", flat=True))

    def extras(self, keys: list[int]) -> Mapping[str, Mapping[int, Any]]:
        return {"seats": seat_texts(keys), "phones": phone_texts(keys)}


def within(reach: Reach, officer: Any) -> Any:
    """For a query over people: does the reach hold this one?"""
    if reach.everything:
        return Value(True)
    return Case(When(reach.q(unit="unit__", own=paired_with(officer)), then=True), default=False)


def phone_texts(keys: list[int]) -> dict[int, str]:
    """All numbers of each person as people write them."""
    found: dict[int, list[str]] = defaultdict(list)
    rows = ContactPhone.objects.filter(stakeholder__in=keys).order_by("stakeholder", "position", "pk")
    for pk, e164, extension in rows.values_list("stakeholder_id", "e164", "extension"):
        found[pk].append(phones.shown(e164, extension))
    return {pk: " / ".join(numbers) for pk, numbers in found.items()}


def seat_texts(keys: list[int]) -> dict[int, str]:
    """All seats of each person, past ones too, with body and term."""
    found: dict[int, list[str]] = defaultdict(list)
    for seat in Seat.objects.filter(stakeholder__in=keys).order_by("stakeholder", "kind", "level", "pk"):
        found[seat.stakeholder_id].append(" ".join(filter(None, [str(seat), seat.body, seat.delegation])))
    return {pk: "; ".join(texts) for pk, texts in found.items()}
