"""Importing workbooks: upload → what would become of every row → confirm → what became of it. The worker reads, checks
and applies them; no page waits for it."""

from __future__ import annotations

import uuid
from collections import Counter
from pathlib import PurePath
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST
from django_tables2 import RequestConfig

from contacts import tasks
from contacts.access import Deed, requires
from contacts.exports import FORMATS
from contacts.filters.imports import ImportRowFilter
from contacts.forms.imports import ColumnsForm, Sent, UploadForm
from contacts.imports import batches, tables, wordings
from contacts.imports.issues import TITLES
from contacts.imports.progress import Standing
from contacts.models import Actor, AuditEntry, ImportBatch, Unit
from contacts.requests import OfficerRequest
from contacts.tables.imports import ImportRowTable, ImportTable

State = ImportBatch.State
QUICKER = gettext_lazy(
    "Somebody has decided about this file already, or it is being worked on. Look at it again."
)


@requires(Deed.IMPORT)
def index(request: OfficerRequest) -> HttpResponse:
    """Past imports, and those that wait for something; with `group`, the files that were sent together."""
    found = ImportBatch.objects.visible_to(request.user).select_related("officer")
    group = request.GET.get("group")
    if group:
        found = found.filter(group=valid_group(group))
    table = ImportTable(found)
    RequestConfig(request, paginate={"per_page": 25}).configure(table)
    shown = [row.record for row in table.page]
    context = {
        "table": table,
        "group": group,
        "waits": any(batch.is_due for batch in shown),
        "ready": [batch for batch in shown if group and batch.state == State.CHECKED],
    }
    return render(request, "contacts/import_list.html", context)


@requires(Deed.IMPORT)
def create(request: OfficerRequest) -> HttpResponse:
    """Take in files. They are checked in a moment; nothing is changed yet."""
    form = UploadForm(request.POST or None, request.FILES or None, day=timezone.localdate())
    if request.method == "POST" and form.is_valid():
        group = uuid.uuid4()
        sent = [take_in(request, one, form.cleaned_data, group) for one in form.cleaned_data["file"]]
        ring()
        if len(sent) > 1:
            return redirect(f"{reverse('contacts:import-list')}?group={group}")
        visible = ImportBatch.objects.visible_to(request.user).filter(pk=sent[0].pk)
        return redirect(sent[0] if visible else "contacts:import-list")
    return render(request, "contacts/import_form.html", {"form": form})


def take_in(request: OfficerRequest, one: Sent, wanted: dict[str, Any], group: uuid.UUID) -> ImportBatch:
    """One of the files; of one that is on its way already it is said who sent it."""
    file, refusal = one
    more = {"pairings_from": wanted["since"], "now": timezone.now(), "group": group}
    batch, new = batches.upload(file, wanted["kind"], Actor.of(request), refusal=refusal, **more)
    if not new:
        words = {"file": file.name, "when": date_format(timezone.localtime(batch.created_at), "Y-m-d H:i")}
        if ImportBatch.objects.visible_to(request.user).filter(pk=batch.pk) and batch.officer:
            words["who"] = batch.officer.name
            said = _("“%(file)s” was sent already, by %(who)s on %(when)s; it is imported once.")
        else:
            said = _("“%(file)s” was sent already, on %(when)s; it is imported once.")
        messages.warning(request, said % words)
    return batch


@requires(Deed.IMPORT)
def detail(request: OfficerRequest, pk: int) -> HttpResponse:
    """How far the work on a file is, or what became, or would become, of each row."""
    return shown(request, find(request, pk))


def shown(request: OfficerRequest, batch: ImportBatch, form: ColumnsForm | None = None) -> HttpResponse:
    context: dict[str, Any] = {"batch": batch}
    if batch.is_due:
        context["standing"] = Standing.of(batch, timezone.now())
    elif batch.state in {State.CHECKED, State.APPLIED, State.TAKING_BACK, State.TAKEN_BACK}:
        context |= rows_of(request, batch)
    if batch.state == State.CHECKED:
        visible = ImportBatch.objects.visible_to(request.user)
        same = visible.filter(state=State.APPLIED, sha256=batch.sha256, scope=batch.scope)
        context |= {
            "before": same.select_related("officer").first(),
            "beneath": batches.foundations(batch),
            "together": batch.siblings.filter(state=State.CHECKED),
        }
    if batch.columns and batch.state in {State.CHECKED, State.FAILED}:
        context["told"] = told(batch)
        if form or batch.state == State.FAILED or "columns" in request.GET:
            kind = request.GET.get("kind", "")
            kind = kind if kind in tables.KINDS else batch.kind or "deputies"
            context |= {"columns": form or columns_form(batch, kind), "kinds": ImportBatch.Kind.choices}
    return render(request, "contacts/import_detail.html", context)


def rows_of(request: OfficerRequest, batch: ImportBatch) -> dict[str, Any]:
    rows = batch.rows.select_related("stakeholder")
    codes = Counter(
        code for codes in rows.exclude(codes="").values_list("codes", flat=True) for code in codes.split()
    )
    sheets = list(batch.rows.exclude(sheet="").order_by("sheet").values_list("sheet", flat=True).distinct())
    named = [(code, str(TITLES.get(code, code))) for code in codes]
    found = ImportRowFilter(request.GET, rows, codes=named, sheets=sheets)
    table = ImportRowTable(
        found.qs if found.is_valid() else rows.none(),
        units=dict(Unit.objects.values_list("code", "short_name")),
    )
    RequestConfig(request, paginate={"per_page": 25}).configure(table)
    remarks = [(code, TITLES.get(code, code), count) for code, count in codes.most_common()]
    return {"filter": found, "table": table, "remarks": remarks}


def told(batch: ImportBatch) -> list[tuple[str, str]]:
    """Header and field of the columns that are read otherwise than by their headers."""
    headers = {column["word"]: column["header"] for column in batch.columns}
    return [
        (headers[word], tables.label(batch.kind, name) if name else _("left out"))
        for word, name in batch.wording.items()
    ]


def columns_form(batch: ImportBatch, kind: str, data: Any = None) -> ColumnsForm:
    columns = [dict(column) for column in batch.columns]
    if kind != batch.kind:
        for column in columns:
            column["means"] = tables.WORDS[kind].get(column["word"], "")
    return ColumnsForm(data, columns=columns, kind=kind)


@require_POST
@requires(Deed.IMPORT)
def columns(request: OfficerRequest, pk: int) -> HttpResponse:
    """Say what the columns mean, or take that back; the file is checked anew."""
    batch, actor, now = find(request, pk), Actor.of(request), timezone.now()
    if "forget" in request.POST:
        done = wordings.forget(batch, actor, now)
    else:
        kind = request.POST.get("kind", "")
        form = columns_form(batch, kind if kind in tables.KINDS else "deputies", request.POST)
        if not form.is_valid():
            return shown(request, batch, form)
        done = wordings.set_wording(batch, form.cleaned_data["kind"], form.wording, actor, now)
    if done:
        messages.success(request, _("The file is checked anew."))
    else:
        messages.warning(request, QUICKER)
    ring()
    return redirect(batch)


@require_POST
@requires(Deed.IMPORT)
def confirm(request: OfficerRequest, pk: int) -> HttpResponse:
    batch = find(request, pk)
    together = "together" in request.POST
    won = batches.confirm(batch, Actor.of(request), timezone.now(), together=together)
    if won:
        said = ngettext("The file is being imported.", "%(n)s files are being imported.", len(won))
        messages.success(request, said % {"n": len(won)})
    else:
        messages.warning(request, QUICKER)
    ring()
    return redirect(f"{reverse('contacts:import-list')}?group={batch.group}" if together else batch)


@require_POST
@requires(Deed.IMPORT)
def drop(request: OfficerRequest, pk: int) -> HttpResponse:
    batch = find(request, pk)
    if not batches.drop(batch, Actor.of(request)):
        messages.warning(request, QUICKER)
        return redirect(batch)
    messages.success(request, _("The file was dropped; nothing was changed."))
    ring()
    return redirect("contacts:import-list")


@require_GET
@requires(Deed.IMPORT)
def mended(request: OfficerRequest, pk: int) -> HttpResponseBase:
    """The sender's sheets with what is to be mended in each row."""
    batch = find(request, pk)
    try:
        file = batch.mended.open("rb") if batch.mended else None
    except FileNotFoundError:
        file = None
    if file is None:
        raise Http404
    AuditEntry.objects.record(Actor.of(request), "download remarks", batch)
    name = f"{PurePath(batch.file_name).stem} {_('What to mend')}.xlsx"
    return FileResponse(file, as_attachment=True, filename=name, content_type=FORMATS["xlsx"])


def find(request: OfficerRequest, pk: int) -> ImportBatch:
    batches_ = ImportBatch.objects.visible_to(request.user).select_related(
        "officer", "journal__taken_back_by"
    )
    return get_object_or_404(batches_, pk=pk)


def ring() -> None:
    """Wake the worker. If that fails it is written down, and the worker looks by itself within a minute."""
    transaction.on_commit(tasks.work_on_imports, robust=True)


def valid_group(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError as wrong:
        raise Http404 from wrong
