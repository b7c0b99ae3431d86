"""Who else takes part in an item: other units' opinions, notes, files."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts.access import Deed, requires
from contacts.clock import Clock, reckon
from contacts.consulting import ask_opinion, attach, give_opinion, note
from contacts.forms.consulting import AttachForm, OpinionForm, TextForm
from contacts.models import Actor, Attachment, AuditEntry, CoHandling
from contacts.requests import OfficerRequest
from contacts.views.feedback_parts import ask, handled_by, item_for, too_late


@requires(Deed.LOG)
def ask_unit(request: OfficerRequest, pk: int) -> HttpResponse:
    """Ask another unit for its opinion."""
    item = handled_by(request, pk)
    if request.method == "GET" and not item.is_pending:
        return too_late(request, item)
    today = timezone.localdate()
    form = OpinionForm(request.POST or None, item=item, today=today, due_on=reckon(Clock.RETURN, today).day)
    return ask(
        request, item, form, lambda said: ask_opinion(item, **said, day=today, actor=Actor.of(request)),
        question=_("Ask another unit about %(number)s"),
        explanation=_("It reads the item and gives its opinion. You keep the lead and the clock."),
        verb=_("Ask the unit"),
        said=_("The unit is asked. Its opinion will stand on %(number)s."),
    )  # fmt: skip


@requires(Deed.LOG)
def advise(request: OfficerRequest, pk: int) -> HttpResponse:
    """Give the opinion that one's unit was asked for. The unit reads the item, and does nothing else with it."""
    asked = get_object_or_404(CoHandling.objects.select_related("unit"), pk=pk)
    item = item_for(request, asked.feedback_id, Deed.READ_FEEDBACK)
    if not asked.may_give(request.user):
        raise PermissionDenied
    if request.method == "GET" and asked.given_at:
        return too_late(request, item)
    return ask(
        request, item, TextForm(request.POST or None, label=_("Opinion of your unit"), length=2000),
        lambda said: give_opinion(asked, opinion=said["text"], actor=Actor.of(request)),
        question=_("Give an opinion on %(number)s"),
        explanation=_("Asked until %(day)s: %(question)s") % {"day": asked.due_on, "question": asked.question},
        verb=_("Give it"),
        said=_("The opinion stands on %(number)s."),
    )  # fmt: skip


@requires(Deed.LOG)
def add_note(request: OfficerRequest, pk: int) -> HttpResponse:
    """What was found out or arranged meanwhile."""
    item = item_for(request, pk)
    return ask(
        request, item, TextForm(request.POST or None, label=_("Note")),
        lambda said: note(item, text=said["text"], actor=Actor.of(request)),
        question=_("Note on %(number)s"),
        explanation=_("It stands among the steps, for everybody who reads the item."),
        verb=_("Add it"),
        said=_("The note stands on %(number)s."),
    )  # fmt: skip


@requires(Deed.LOG)
def add_file(request: OfficerRequest, pk: int) -> HttpResponse:
    """A photograph or a letter that belongs to the item."""
    item = item_for(request, pk)
    form = AttachForm(request.POST or None, request.FILES or None)
    return ask(
        request, item, form,
        lambda said: attach(item, said["file"], said["media_type"], actor=Actor.of(request)),
        question=_("Attach a file to %(number)s"),
        explanation=_("Everybody who reads the item can open it; each opening is logged."),
        verb=_("Attach"),
        said=_("The file stands on %(number)s."),
    )  # fmt: skip


@requires(Deed.READ_FEEDBACK)
def attachment(request: OfficerRequest, pk: int) -> HttpResponseBase:
    """The file itself, to be saved and not shown by the browser: what strangers made is nothing to run here."""
    found = get_object_or_404(Attachment, pk=pk)
    item = item_for(request, found.feedback_id, Deed.READ_FEEDBACK)
    AuditEntry.objects.record(Actor.of(request), "open attachment", item, after={"name": found.name})
    return FileResponse(
        found.file.open("rb"), as_attachment=True, filename=found.name, content_type=found.media_type
    )
