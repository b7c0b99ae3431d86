"""Gatherings: logging one with all who were there, looking at one, and adding somebody who was forgotten."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contacts.access import Deed, find_for, paired_with, requires
from contacts.forms.fields import done
from contacts.forms.gatherings import AttendeeForm, GatheringForm
from contacts.gatherings import add_attendee, log_gathering
from contacts.models import Actor, Feedback, Gathering, Publication, Stakeholder
from contacts.requests import OfficerRequest
from contacts.views.ticked import Ticked, TickedAppointments

MOST = 300  # people of one gathering
LATELY = 10


@requires(Deed.LOG)
def create(request: OfficerRequest) -> HttpResponse:
    """Log a gathering with the people who were ticked in the list, or whose appointments were; without any, with one's
    own."""
    ticked = (TickedAppointments if request.GET.get("of") == "appointments" else Ticked)(request, Deed.LOG)
    people, chosen = ticked.people, bool(ticked.total)
    if not chosen:
        people = list(Stakeholder.objects.filter(paired_with(request.user))[: MOST + 1])
    too_many = len(people) > MOST or ticked.too_many
    form = GatheringForm(
        request.POST or None, people=people[:MOST], ticked=chosen and not request.POST, now=timezone.now()
    )
    if not too_many and form.is_valid() and (made := _log(request, form)):
        return redirect(made)
    context = {
        "form": form,
        "ticked": ticked,
        "all_ticked": chosen and not request.POST,
        "keys": ",".join(str(person.pk) for person in people),
        "too_many": too_many,
        "most": MOST,
        "lately": Gathering.objects.visible_to(request.user).counted()[:LATELY],
    }
    return render(request, "contacts/gathering_form.html", context)


@requires(Deed.SEE_ROSTER)
def detail(request: OfficerRequest, pk: int) -> HttpResponse:
    """Who was there, as far as one may see them; the others are counted."""
    gatherings = Gathering.objects.select_related("officer").counted()
    gathering = find_for(request.user, gatherings, Deed.SEE_ROSTER, pk=pk)
    rows = gathering.records.visible_to(request.user).filter(superseded_at=None)
    records = list(rows.select_related("stakeholder", "voided_by").order_by("stakeholder__pinyin", "pk"))
    mine = rows.visible_to(request.user, Deed.LOG).values_list("pk", flat=True)
    may_log = set(mine) if request.user.rights.may(Deed.LOG) else set()
    said: dict[int, list[Feedback]] = {}
    for item in Feedback.objects.visible_to(request.user).filter(record__in=records):
        said.setdefault(item.record_id or 0, []).append(item)
    published: dict[int, list[Publication]] = {}
    for one in Publication.objects.filter(record__in=records) if gathering.is_briefing else ():
        published.setdefault(one.record_id, []).append(one)
    there = [record for record in records if record.is_live]
    context = {
        "gathering": gathering,
        "there": [
            (record, said.get(record.pk, []), published.get(record.pk, []), record.pk in may_log)
            for record in there
        ],
        "files": gathering.files.all() if gathering.is_briefing else [],
        "struck": [record for record in records if not record.is_live],
        "out_of_reach": gathering.present - len(there),
        "may_add": bool(may_log),
        "today": timezone.localdate(),
        "here": gathering.get_absolute_url(),
    }
    return render(request, "contacts/gathering_detail.html", context)


@requires(Deed.LOG)
def add(request: OfficerRequest, pk: int) -> HttpResponse:
    """Somebody was forgotten."""
    gathering = find_for(request.user, Gathering.objects.all(), Deed.LOG, pk=pk)
    people = Stakeholder.objects.visible_to(request.user, Deed.LOG).select_related("unit")
    form = AttendeeForm(request.POST or None, people=people)
    if form.is_valid():
        attendee, actor = form.attendee(), Actor.of(request)
        if done(form, lambda: add_attendee(gathering, attendee, officer=request.user, actor=actor)):
            words = _("%(name)s got it, too.") if gathering.is_briefing else _("%(name)s was there, too.")
            messages.success(request, words % {"name": attendee.person.name})
            return redirect(gathering)
    return render(request, "contacts/gathering_add.html", {"form": form, "gathering": gathering})


def _log(request: OfficerRequest, form: GatheringForm) -> Gathering | None:
    """None, with the reason on the form, where it is refused."""
    attendees = form.attendees()
    try:
        made = log_gathering(form.gathering(request.user), attendees, actor=Actor.of(request))
    except ValidationError as refused:
        form.add_error(None, refused)
        return None
    _say(request, len(attendees), sum(bool(one.said) for one in attendees))
    return made


def _say(request: OfficerRequest, there: int, said: int) -> None:
    words = ngettext(
        "The gathering is logged: a record for %(n)s person.",
        "The gathering is logged: a record for each of %(n)s people.",
        there,
    )
    messages.success(request, words % {"n": there})
    if said:
        words = ngettext(
            "%(n)s opinion has got its number and its day.",
            "%(n)s opinions have got their numbers and days.",
            said,
        )
        messages.info(request, words % {"n": said})
