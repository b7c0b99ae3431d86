"""Briefings: official facts sent to media supervisors, and what was published after them."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contacts.access import Deed, find_for, requires
from contacts.forms.gatherings import BriefingForm, PublicationForm
from contacts.gatherings import log_gathering, note_publication
from contacts.models import Actor, AuditEntry, ContactRecord, Gathering, GatheringFile, Seat, Stakeholder
from contacts.requests import OfficerRequest
from contacts.tables.appointments import AppointmentListing
from contacts.views.gatherings import LATELY, MOST
from contacts.views.ticked import Ticked, TickedAppointments

MEDIA = Seat.Kind.MEDIA_SUPERVISOR


class Recipients(Ticked):
    """The people whom the form named; its way back is the list of appointments."""

    listing = AppointmentListing


@requires(Deed.LOG)
def create(request: OfficerRequest) -> HttpResponse:
    """Log a briefing to those who were ticked in the list; without any, to every media supervisor in office."""
    said = request.POST or request.GET
    ticked = (Recipients if "people" in said else TickedAppointments)(request, Deed.LOG)
    people = ticked.people
    if not ticked.total:
        held = Seat.objects.active(timezone.localdate()).filter(kind=MEDIA)
        within = Stakeholder.objects.visible_to(request.user, Deed.LOG)
        people = list(within.filter(pk__in=held.values("stakeholder"))[: MOST + 1])
    too_many = len(people) > MOST or ticked.too_many
    form = BriefingForm(
        request.POST or None, request.FILES or None, people=people[:MOST], ticked=True, now=timezone.now()
    )
    if not too_many and form.is_valid() and (made := _log(request, form)):
        return redirect(made)
    sent = Gathering.objects.visible_to(request.user).filter(kind=ContactRecord.Kind.BRIEFING)
    context = {
        "form": form,
        "ticked": ticked,
        "keys": ",".join(str(person.pk) for person in people),
        "too_many": too_many,
        "most": MOST,
        "lately": sent.counted()[:LATELY],
    }
    return render(request, "contacts/briefing_form.html", context)


@requires(Deed.LOG)
def publish(request: OfficerRequest, pk: int) -> HttpResponse:
    """Note what one who got a briefing published after it."""
    records = ContactRecord.objects.live().filter(gathering__kind=ContactRecord.Kind.BRIEFING)
    record = find_for(request.user, records.select_related("stakeholder", "gathering"), Deed.LOG, pk=pk)
    form = PublicationForm(request.POST or None, record=record, today=timezone.localdate())
    if form.is_valid():
        note_publication(form.instance, actor=Actor.of(request))
        messages.success(request, _("Noted with %(name)s.") % {"name": record.stakeholder.name})
        return redirect(record.gathering)
    return render(request, "contacts/briefing_publish.html", {"form": form, "record": record})


@requires(Deed.SEE_ROSTER)
def attachment(request: OfficerRequest, pk: int) -> HttpResponseBase:
    """What went out with a briefing, to be saved and not shown by the browser; to whoever sees one who got it."""
    found = get_object_or_404(GatheringFile, pk=pk)
    gathering = find_for(request.user, Gathering.objects.all(), Deed.SEE_ROSTER, pk=found.gathering_id)
    AuditEntry.objects.record(Actor.of(request), "open attachment", gathering, after={"name": found.name})
    return FileResponse(
        found.file.open("rb"), as_attachment=True, filename=found.name, content_type=found.media_type
    )


def _log(request: OfficerRequest, form: BriefingForm) -> Gathering | None:
    """None, with the reason on the form, where it is refused."""
    attendees = form.attendees()
    try:
        made = log_gathering(
            form.gathering(request.user), attendees, file=form.file_to_keep(), actor=Actor.of(request)
        )
    except ValidationError as refused:
        form.add_error(None, refused)
        return None
    words = ngettext(
        "The briefing is logged: a record for %(n)s person.",
        "The briefing is logged: a record for each of %(n)s people.",
        len(attendees),
    )
    messages.success(request, words % {"n": len(attendees)})
    return made
