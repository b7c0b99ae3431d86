"""Public editions of digests: the list, one with its text, and its approval."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from contacts.access import Deed, reach, requires
from contacts.forms.fields import ReasonForm, done
from contacts.models import Actor, AuditEntry, Unit
from contacts.requests import OfficerRequest
from schedules import publishing
from schedules.digests import document
from schedules.digests.asking import asked
from schedules.digests.edition import Edition
from schedules.digests.freezing import frozen_on
from schedules.digests.lists import Lists
from schedules.digests.phrases import period_name
from schedules.digests.public import public_figures
from schedules.digests.shown import shown
from schedules.forms.digests import EditionForm
from schedules.models import Digest, PublicEdition
from schedules.workdays import Workdays

PER_PAGE = 25


class Asked:
    """The digest that an address names, frozen or not, and its edition, written or not."""

    def __init__(self, request: OfficerRequest) -> None:
        self.request, self.now = request, timezone.now()
        self.scope, self.period = asked(request.user, request.GET, self.now)
        if self.scope.unit is None:
            raise Http404
        digests = Digest.objects.final().filter(unit=self.scope.unit, period_key=self.period.key)
        self.digest = digests.select_related("unit", "edition__written_by", "edition__approved_by").first()
        self.edition: PublicEdition | None = getattr(self.digest, "edition", None)

    @property
    def unit(self) -> Unit:
        assert self.scope.unit is not None  # noqa: S101  (the constructor saw to it)
        return self.scope.unit

    @cached_property
    def lists(self) -> Lists:
        return shown(self.scope, self.period, self.now, compare=False).lists()[0]

    @property
    def reading(self) -> Edition | None:
        if self.digest is None:
            return None
        if self.edition:
            return Edition(self.digest, self.edition.figures, self.edition.text)
        return Edition(
            self.digest, public_figures(self.digest.figures, self.lists, timezone.localdate(self.now))
        )

    def may(self, deed: Deed) -> bool:
        return reach(self.request.user, deed).covers(self.unit.path, own=False)

    @property
    def address(self) -> str:
        return (
            f"{reverse('schedules:edition')}?{urlencode({'unit': self.unit.code, 'period': self.period.key})}"
        )


@requires(Deed.DIGEST)
def index(request: OfficerRequest) -> HttpResponse:
    """Those that wait for one's approval, and all that one may see."""
    seen = PublicEdition.objects.visible_to(request.user)
    waiting = seen.to_approve_by(request.user)
    rows = seen.select_related("digest__unit", "written_by", "approved_by").defer("digest__figures")
    context = {
        "to_approve": rows.filter(pk__in=waiting.values("pk")),
        "page_obj": Paginator(rows.exclude(pk__in=waiting.values("pk")), PER_PAGE).get_page(
            request.GET.get("page")
        ),
    }
    return render(request, "schedules/edition_list.html", context)


@requires(Deed.DIGEST)
def detail(request: OfficerRequest) -> HttpResponse:
    """Of the digest that `unit` and `period` name; whoever may write reports may write its text."""
    found = Asked(request)
    if request.method != "POST":
        return _page(found)
    if found.digest is None or not found.may(Deed.WRITE_REPORT):
        raise PermissionDenied
    digest, form = found.digest, EditionForm(request.POST)
    if form.is_valid() and done(form, lambda: publishing.write(
        digest, found.lists, actor=Actor.of(request), now=found.now, **form.cleaned_data
    )):  # fmt: skip
        messages.success(request, _("The text is kept as a draft."))
        return redirect(found.address)
    found = Asked(
        request
    )  # another text may stand there by now; this one is made from it when it is sent again
    form.data = {**request.POST.dict(), "seen": found.edition.seen if found.edition else ""}
    return _page(found, form=form)


@requires(Deed.WRITE_REPORT)
@require_POST
def submit(request: OfficerRequest) -> HttpResponse:
    said = {"seen": request.POST.get("seen", "")}
    return _act(
        Asked(request), Deed.WRITE_REPORT, publishing.submit, _("Handed in. A leader approves it."), **said
    )


@requires(Deed.APPROVE_REPORT)
@require_POST
def approve(request: OfficerRequest) -> HttpResponse:
    said = {"seen": request.POST.get("seen", ""), "now": timezone.now()}
    return _act(
        Asked(request), Deed.APPROVE_REPORT, publishing.approve, _("Approved. It may be printed."), **said
    )


@requires(Deed.APPROVE_REPORT)
@require_POST
def send_back(request: OfficerRequest) -> HttpResponse:
    found, form = Asked(request), ReasonForm(request.POST)
    edition = _may_act(found, Deed.APPROVE_REPORT)
    if form.is_valid() and done(
        form, lambda: publishing.send_back(edition, actor=Actor.of(request), **form.cleaned_data)
    ):
        messages.success(request, _("Sent back to whoever wrote it; it may not be printed any more."))
        return redirect(found.address)
    return _page(Asked(request), reason=form)


@requires(Deed.DIGEST)
def download(request: OfficerRequest) -> HttpResponseBase:
    """As a PDF to hang up: of what is approved, and of nothing else."""
    found = Asked(request)
    reading, edition = found.reading, found.edition
    if reading is None or edition is None or edition.state != PublicEdition.State.APPROVED:
        raise Http404
    try:
        file = io.BytesIO(document.edition_pdf(reading))
    except document.NoPango:
        messages.error(request, document.WITHOUT_PANGO)
        return redirect(found.address)
    with transaction.atomic():
        said = {"table": "public edition", "format": "pdf", "period": found.period.key}
        AuditEntry.objects.record(Actor.of(request), "export", found.unit, after=said)
    return FileResponse(file, filename=f"{found.unit} {found.period.key}.pdf")


def _may_act(found: Asked, deed: Deed) -> PublicEdition:
    """The edition, if there is one and it is within reach."""
    if not found.may(deed):
        raise PermissionDenied
    if found.edition is None:
        raise Http404
    return found.edition


def _act(found: Asked, deed: Deed, act: Callable[..., None], said: str, **values: Any) -> HttpResponse:
    """Do it to the edition; what is refused is said."""
    form, edition = EditionForm({}), _may_act(found, deed)
    if done(form, lambda: act(edition, actor=Actor.of(found.request), **values)):
        messages.success(found.request, said)
    else:
        messages.error(found.request, " ".join(map(str, form.non_field_errors())))
    return redirect(found.address)


def _page(found: Asked, form: EditionForm | None = None, reason: ReasonForm | None = None) -> HttpResponse:
    edition, may_write = found.edition, found.digest is not None and found.may(Deed.WRITE_REPORT)
    is_draft = edition is None or edition.state != PublicEdition.State.APPROVED
    said = {"text": edition.text, "seen": edition.seen} if edition else None
    context = {
        "unit": found.unit,
        "period": found.period,
        "period_name": period_name(found.period),
        "edition": edition,
        "reading": found.reading,
        "form": form or (EditionForm(initial=said) if may_write and is_draft else None),
        "reason": reason or ReasonForm(),
        "may_write": may_write,
        "may_approve": found.may(Deed.APPROVE_REPORT) and edition is not None,
        "names": publishing.names_in(edition.text, found.lists) if edition and is_draft else [],
        "frozen_on": None if found.digest else frozen_on(found.period, Workdays.load()),
        "asked": f"unit={found.unit.code}&period={found.period.key}",
    }
    return render(found.request, "schedules/edition.html", context)
