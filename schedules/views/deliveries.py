"""Messages that did not arrive, or may not have, and sending them again: one, those that are ticked, or all that the
filter shows."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contacts.access import Deed, requires
from contacts.models import Actor
from contacts.requests import OfficerRequest
from contacts.tables.base import Listing
from contacts.views.lists import ListPage
from schedules.forms.deliveries import ResendForm
from schedules.models import Delivery
from schedules.notices.resending import resend
from schedules.tables.deliveries import DeliveryListing

MOST = 1000  # messages of one deed
SHOWN = 20  # names that the page lists


class DeliveryList(ListPage):
    listing = DeliveryListing
    deed = Deed.RESEND
    template_name = "schedules/delivery_list.html"

    def more(self, listing: Listing) -> dict[str, Any]:
        """Whoever may export at all may export what stands here; nobody has messages by their pairings."""
        return {"exports_less": False}


@requires(Deed.RESEND)
def send_again(request: OfficerRequest) -> HttpResponse:
    """Ask first, then do it to those of which the page spoke."""
    form = ResendForm(request.POST or None, initial={"filter": request.GET.get("filter", "")})
    if form.is_valid():
        _say(request, sum(_resent(request, one) for one in _meant(request, form.cleaned_data["deliveries"])))
        return redirect(_way_back(form.cleaned_data["filter"]))
    meant = _meant(request, _asked(request))
    if not meant:
        messages.warning(
            request, _("No message was ticked. Tick some in the list, or all that its filter shows.")
        )
        return redirect(_way_back(form["filter"].value()))
    form.initial["deliveries"] = ",".join(str(one.pk) for one in meant)
    context = {
        "form": form,
        "question": ngettext("Send %(n)d message again?", "Send %(n)d messages again?", len(meant))
        % {"n": len(meant)},
        "explanation": _explanation(meant),
        "verb": _("Send again"),
        "cancel_url": _way_back(form["filter"].value()),
    }
    return render(request, "confirm.html", context)


def _resent(request: OfficerRequest, delivery: Delivery) -> bool:
    """False when a worker or somebody else has it meanwhile."""
    try:
        resend(delivery, actor=Actor.of(request), now=timezone.now())
    except ValidationError:
        return False
    return True


def _asked(request: OfficerRequest) -> list[int]:
    """The keys of what is ticked, or of all that the filter shows."""
    if "all" in request.GET:
        listing = DeliveryListing(request.user, timezone.now())
        found = listing.filtered(QueryDict(request.GET.get("filter", ""))).rows
        return list(found.values_list("pk", flat=True)[:MOST])
    return ResendForm.keys(request.GET.getlist("pick"))


def _meant(request: OfficerRequest, keys: list[int]) -> list[Delivery]:
    mine = Delivery.objects.failed().visible_to(request.user)
    return list(mine.filter(pk__in=keys[:MOST]).select_related("notice__officer").order_by("pk"))


def _explanation(meant: list[Delivery]) -> str:
    names = list(dict.fromkeys(one.notice.officer.name for one in meant))
    words = {"names": ", ".join(names[:SHOWN]) + (" …" if len(names) > SHOWN else "")}
    return (
        _(
            "To %(names)s. They leave with the next pass on a working day within the hours, and say what then still matters. "
            "They keep their number, by which mail servers know what they have already."
        )
        % words
    )


def _say(request: OfficerRequest, done: int) -> None:
    said = ngettext("%(n)d message is sent again.", "%(n)d messages are sent again.", done) % {"n": done}
    (messages.success if done else messages.warning)(request, said)


def _way_back(asked: str) -> str:
    listed = DeliveryListing.asked(QueryDict(asked).dict())
    return f"{reverse('schedules:delivery-list')}?{listed or 'view=all'}"
