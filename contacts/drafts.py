"""What is typed into a long form is kept before it is sent: by whom, for which form, and for how long.

A form takes part by one attribute, `data-draft="record:17"`; the script (drafts.js) does the rest. A draft is nobody's but
its writer's, stands in no list, export or trail, and goes when its form is sent, or by age.
"""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from contacts.access import Deed, find_for
from contacts.models import Draft, Feedback, Officer, Stakeholder

UNKEPT = {"csrfmiddlewaretoken", "next", "submission", "age"}
REDIRECTS = {302, 303}


@dataclass(frozen=True)
class Kind:
    """A form that keeps drafts: what its draft is called, its page, and the rows one of which it is about."""

    title: str | Promise
    view: str
    rows: Callable[[], models.QuerySet]
    name: Callable[[Any], str] = attrgetter("name")
    carried: str = ""  # the field that its page takes in the address in place of a key


KINDS = {
    "record": Kind(_("Contact with %(name)s"), "contacts:record-create", Stakeholder.objects.all),
    "feedback": Kind(_("Feedback of %(name)s"), "contacts:feedback-create", Stakeholder.objects.all),
    "answer": Kind(
        _("Answer to %(name)s"),
        "contacts:feedback-answer",
        lambda: Feedback.objects.filter(rate_by=None, closed_on=None).select_related("stakeholder"),
        lambda row: f"{row.stakeholder.name}, {row.number}",
    ),
    # Of whoever logs it.
    "gathering": Kind(_("Gathering"), "contacts:gathering-create", Officer.objects.all, carried="people"),
    "briefing": Kind(_("Briefing"), "contacts:briefing-create", Officer.objects.all, carried="people"),
}


@dataclass(frozen=True)
class Waiting:
    """A draft that its writer can go on with, what it is and where."""

    draft: Draft
    title: str
    url: str


def kind_of(form: str) -> tuple[Kind, int]:
    """Of a form's name, "record:17"; 404 where there is none of the kind."""
    name, _colon, key = form.partition(":")
    if name not in KINDS or not key.isdecimal() or len(key) > 12:
        raise Http404
    return KINDS[name], int(key)


def demand(officer: Officer, form: str) -> None:
    """May the officer send this form at all? 404 where what it is about does not exist for them, or 403."""
    kind, key = kind_of(form)
    find_for(officer, kind.rows(), Deed.LOG, pk=key)


def keep(officer: Officer, form: str, values: Mapping[str, list[str]], typed_at: dt.datetime) -> bool:
    """Keep what was typed, in place of what was kept of it before, if that is older. False: it was sent already. What is
    too long to keep is refused by ValidationError."""
    submission = _number(values)
    kept = {
        name: [text.replace("\0", "") for text in texts]  # which no database takes everywhere
        for name, texts in values.items()
        if name not in UNKEPT
    }
    if submission is None or len(json.dumps(kept, ensure_ascii=False)) > Draft.LONGEST:
        raise ValidationError(_("This can not be kept as a draft."))
    with transaction.atomic():
        draft, new = Draft.objects.get_or_create(
            officer=officer,
            submission=submission,
            defaults={"form": form, "values": kept, "typed_at": typed_at},
        )
        if Draft.objects.sent().filter(pk=draft.pk).exists():
            draft.delete()
            return False
        if not new and draft.typed_at <= typed_at:
            draft.form, draft.values, draft.typed_at = form, kept, typed_at
            draft.save()
        if new:
            _drop_the_oldest(officer)
    return True


def _drop_the_oldest(officer: Officer) -> None:
    mine = Draft.objects.visible_to(officer)
    mine.filter(pk__in=list(mine.values_list("pk", flat=True)[Draft.MOST :])).delete()


def _number(values: Mapping[str, Sequence[str]]) -> uuid.UUID | None:
    """Of the form that sent these values."""
    try:
        return uuid.UUID("".join(values.get("submission", [])))
    except ValueError:
        return None


def of_form(officer: Officer, form: str) -> list[Draft]:
    return list(Draft.objects.visible_to(officer).unsent().filter(form=form))


def waiting(officer: Officer) -> list[Waiting]:
    """Everything that the officer began and can still send, the latest first; no query for whoever has no drafts."""
    if not officer.keeps_drafts:
        return []
    drafts = list(Draft.objects.visible_to(officer).unsent())
    wanted: dict[str, set[int]] = defaultdict(set)
    for draft in drafts:
        name, _colon, key = draft.form.partition(":")
        wanted[name].add(int(key))
    rows = {
        f"{name}:{row.pk}": row
        for name, keys in wanted.items()
        for row in KINDS[name].rows().visible_to(officer, Deed.LOG).filter(pk__in=keys)  # type: ignore[attr-defined]
    }
    return [_waiting(draft, rows[draft.form]) for draft in drafts if draft.form in rows]


def _waiting(draft: Draft, row: models.Model) -> Waiting:
    kind, _key = kind_of(draft.form)
    return Waiting(draft, kind.title % {"name": kind.name(row)}, url_of(draft))


def url_of(draft: Draft) -> str:
    """The page of its form, which goes on with it."""
    kind, key = kind_of(draft.form)
    if not kind.carried:
        return f"{reverse(kind.view, args=[key])}?draft={draft.submission}"
    asked = {kind.carried: "".join(draft.values.get(kind.carried, [])), "draft": str(draft.submission)}
    return f"{reverse(kind.view)}?{urlencode(asked)}"


def follow(gone: int, kept: int) -> None:
    """Of two people who were merged: what was begun about the one goes on with the other."""
    for name in ("record", "feedback"):
        Draft.objects.filter(form=f"{name}:{gone}").update(form=f"{name}:{kept}")


def let_go(now: dt.datetime) -> None:
    """Of what was sent after all, and of what nobody came back to."""
    old = Draft.objects.filter(typed_at__lt=now - dt.timedelta(days=settings.DRAFT_KEPT_DAYS))
    old.delete()
    Draft.objects.sent().delete()


def forget_what_is_sent(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[..., HttpResponse]:
    """Middleware: a form that has done its deed leads elsewhere, and then its draft goes, whichever form it was."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.method == "POST" and response.status_code in REDIRECTS:
            user, number = request.user, _number({"submission": request.POST.getlist("submission")})
            # Whoever has just signed in by this very request comes without the mark.
            if number and user.is_authenticated and getattr(user, "keeps_drafts", False):
                Draft.objects.visible_to(user).sent().filter(submission=number).delete()
        return response

    return middleware
