"""Taking an import back: what would happen → why → what stayed, and what stands in its way."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts import tasks
from contacts.access import Deed, find_for, requires
from contacts.filters.taking_back import StayedFilter
from contacts.forms.taking_back import TakeBackForm
from contacts.imports import taking_back
from contacts.models import Actor, ImportBatch, ImportRow
from contacts.obstacle_words import explain
from contacts.requests import OfficerRequest

PER_PAGE = 25


@requires(Deed.RECOUNT)
def take_back(request: OfficerRequest, pk: int) -> HttpResponse:
    """Before: what would go, be put back and stay. After: what stayed, and taking back the rest."""
    batches = ImportBatch.objects.select_related("officer", "journal__taken_back_by")
    batch = find_for(request.user, batches, Deed.RECOUNT, pk=pk)
    form = TakeBackForm(request.POST or None, initial={"seen": _seen(batch)})
    if request.method == "POST" and form.is_valid():
        try:
            return _do(request, batch, form.cleaned_data)
        except ValidationError as refused:
            return _refused(request, batches.get(pk=pk), form, refused)
    return _show(request, batch, form)


def _refused(
    request: OfficerRequest, batch: ImportBatch, form: TakeBackForm, why: ValidationError
) -> HttpResponse:
    """The page as it is by now, with what was typed."""
    if batch.may_be_taken_back:
        form.add_error(None, why)
    else:
        messages.warning(request, why.messages[0])
    data = request.POST.copy()
    data["seen"] = _seen(batch)
    form.data = data
    return _show(request, batch, form)


def _seen(batch: ImportBatch) -> str:
    at = batch.journal.taken_back_at if batch.journal else None
    return at.isoformat() if at else ""


def _show(request: OfficerRequest, batch: ImportBatch, form: TakeBackForm) -> HttpResponse:
    context = {"batch": batch, "form": form, "large": taking_back.is_large(batch)}
    if batch.state == ImportBatch.State.TAKEN_BACK:
        context |= _stayed(request, batch)
    elif batch.may_be_taken_back and not context["large"]:
        context |= _preview(request, batch)
    return render(request, "contacts/import_take_back.html", context)


def _do(request: OfficerRequest, batch: ImportBatch, wanted: dict[str, Any]) -> HttpResponse:
    how = {"actor": Actor.of(request), "reason": wanted["reason"], "seen": wanted["seen"]}
    if taking_back.is_large(batch):
        taking_back.order(batch, **how)
        transaction.on_commit(tasks.carry_out)
        messages.info(request, _("The import is being taken back; this page says when it is done."))
    else:
        found = taking_back.take_back(batch, now=timezone.now(), **how)
        if found.kept:
            messages.warning(request, _("The import was taken back in part. Below is what stayed, and why."))
        else:
            messages.success(request, _("The import was taken back."))
    return redirect("contacts:import-take-back", batch.pk)


def _preview(request: OfficerRequest, batch: ImportBatch) -> dict[str, Any]:
    found = taking_back.look(batch, actor=Actor.of(request), now=timezone.now())
    page = _page(request, taking_back.first_rows(batch).filter(group__in=found.kept))
    groups = {row.group for row in page.object_list}
    lines = [line for line in found.lines if line.group in groups]
    page.object_list = explain(batch, page.object_list, lines, request.user)
    counts = {"gone": len(found.gone), "restored": len(found.restored) - len(found.gone)}
    return {"page_obj": page, "counts": counts | {"stayed": len(found.kept)}, "preview": True}


def _stayed(request: OfficerRequest, batch: ImportBatch) -> dict[str, Any]:
    rows = taking_back.first_rows(batch).filter(taking_back.stuck(batch))
    found = StayedFilter(request.GET, rows, batch=batch)
    known = None if request.GET.keys() - {"page"} else batch.stayed_count
    page = _page(request, found.qs if found.is_valid() else rows.none(), known)
    groups = [row.group for row in page.object_list]
    lines = taking_back.obstacles(batch).filter(group__in=groups)
    page.object_list = explain(batch, page.object_list, lines, request.user)
    return {"page_obj": page, "filter": found}


def _page(request: OfficerRequest, rows: QuerySet[ImportRow], known: int | None = None) -> Any:
    """`known`: how many they are, where that need not be counted."""
    paginator = Paginator(rows.order_by("pk"), PER_PAGE)
    if known is not None:
        paginator.count = known
    page = paginator.get_page(request.GET.get("page"))
    page.object_list = list(page.object_list)
    return page
