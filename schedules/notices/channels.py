"""The ways out of the house: who is reached on which, and the deliveries of a notice (R11)."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings

from contacts import gateways
from contacts.models import Officer
from schedules.models import Delivery, Notice
from schedules.notices.hours import Moment

BATCH = 1000
Channel = Delivery.Channel


def address(channel: str, officer: Officer) -> str:
    """Where the officer is reached on it; "" where they are not, or do not want to be."""
    if not officer.is_active:
        return ""
    if channel == Channel.EMAIL:
        return officer.email if settings.EMAIL_ENABLED and officer.notify_by_email else ""
    return gateways.address_of(officer) if settings.GATEWAY_URL and officer.notify_by_gateway else ""


def open_for(notices: Iterable[Notice]) -> None:
    """A delivery for each way on which the officer is reached, from the officer's hour on; one that was called off goes
    out after all."""
    ids = [notice.pk for notice in notices]
    if not ids or not (settings.EMAIL_ENABLED or settings.GATEWAY_URL):
        return
    standing = Delivery.objects.filter(notice__in=ids)
    standing.filter(state=Delivery.State.CANCELLED, may_have_left=False).update(state=Delivery.State.PENDING)
    there = set(standing.values_list("notice", "channel"))
    Delivery.objects.bulk_create(
        (
            Delivery.of(notice, channel, Moment.opening(notice.send_on, notice.officer.notice_hour))
            for notice in Notice.objects.filter(pk__in=ids).select_related("officer")
            for channel in Channel.values
            if (notice.pk, channel) not in there and address(channel, notice.officer)
        ),
        BATCH,
    )
