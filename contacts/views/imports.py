"""Importing a workbook: upload → what would become of every row → confirm → what became of it."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django_tables2 import RequestConfig

from contacts.access import Deed, requires
from contacts.filters.imports import ImportRowFilter
from contacts.forms.imports import UploadForm
from contacts.imports import batches
from contacts.imports.issues import TITLES, Refused
from contacts.imports.results import Context
from contacts.models import Actor, ImportBatch
from contacts.requests import OfficerRequest
from contacts.tables.imports import ImportRowTable, ImportTable


@requires(Deed.IMPORT)
def index(request: OfficerRequest) -> HttpResponse:
    """Past imports, and those that wait for a confirmation."""
    table = ImportTable(ImportBatch.objects.visible_to(request.user).select_related("officer"))
    RequestConfig(request, paginate={"per_page": 25}).configure(table)
    return render(request, "contacts/import_list.html", {"table": table})


@requires(Deed.IMPORT)
def create(request: OfficerRequest) -> HttpResponse:
    """Take in a file and check it. Nothing is changed yet."""
    form = UploadForm(request.POST or None, request.FILES or None, day=timezone.localdate())
    if request.method == "POST" and form.is_valid():
        wanted = form.cleaned_data
        try:
            batch = batches.upload(wanted["file"], wanted["kind"], context_of(request, wanted["since"]))
        except Refused as refused:
            form.add_error("file", refused.message)
        else:
            return redirect(batch)
    return render(request, "contacts/import_form.html", {"form": form})


@requires(Deed.IMPORT)
def detail(request: OfficerRequest, pk: int) -> HttpResponse:
    """What became, or would become, of each row."""
    batch = find(request, pk)
    rows = batch.rows.select_related("stakeholder")
    codes = Counter(
        code for codes in rows.exclude(codes="").values_list("codes", flat=True) for code in codes.split()
    )
    sheets = list(batch.rows.exclude(sheet="").order_by("sheet").values_list("sheet", flat=True).distinct())
    named = [(code, str(TITLES.get(code, code))) for code in codes]
    found = ImportRowFilter(request.GET, rows, codes=named, sheets=sheets)
    table = ImportRowTable(found.qs if found.is_valid() else rows.none())
    RequestConfig(request, paginate={"per_page": 25}).configure(table)
    remarks = [(code, TITLES.get(code, code), count) for code, count in codes.most_common()]
    context = {"batch": batch, "filter": found, "table": table, "remarks": remarks}
    return render(request, "contacts/import_detail.html", context)


@require_POST
@requires(Deed.IMPORT)
def confirm(request: OfficerRequest, pk: int) -> HttpResponse:
    batch = find(request, pk)
    try:
        report = batches.confirm(batch, context_of(request, batch.pairings_from))
    except Refused as refused:
        messages.error(request, refused.message)
    else:
        if report:
            messages.success(request, _("The file was imported."))
        else:
            messages.warning(request, _("Somebody has imported or dropped this file already."))
    return redirect(batch)


@require_POST
@requires(Deed.IMPORT)
def drop(request: OfficerRequest, pk: int) -> HttpResponse:
    if batches.drop(find(request, pk), Actor.of(request)):
        messages.success(request, _("The file was dropped; nothing was changed."))
    return redirect("contacts:import-list")


def find(request: OfficerRequest, pk: int) -> ImportBatch:
    batches_ = ImportBatch.objects.visible_to(request.user).select_related(
        "officer", "journal__taken_back_by"
    )
    return get_object_or_404(batches_, pk=pk)


def context_of(request: OfficerRequest, since: Any) -> Context:
    now = timezone.now()
    return Context(Actor.of(request), now, timezone.localdate(now), since)
