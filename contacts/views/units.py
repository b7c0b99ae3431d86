"""One unit, the tree, and what changes it: rename, move, merge, close, and taking a change back."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from contacts import journal, unit_tree
from contacts.access import Deed, find_for, requires
from contacts.forms.fields import ReasonForm, done
from contacts.forms.units import MergeForm, MoveForm, RenameForm
from contacts.models import Actor, Journal, Unit
from contacts.requests import OfficerRequest
from contacts.tables.units import UnitListing
from contacts.unit_changes import Change, changes_of
from contacts.unit_contents import Contents
from contacts.unit_merging import merge as merge_units

WHOLE_TREE = 500  # units of which a page shows two levels at once; of more, one


@requires(Deed.SEE_ROSTER)
def tree(request: OfficerRequest) -> HttpResponse:
    """The units within reach, as they hang today."""
    units = list(_counted(request, Unit.objects.visible_to(request.user).open()))
    top = min((unit.depth for unit in units), default=0)
    levels = 3 if len(units) <= WHOLE_TREE else 2
    shown = [unit for unit in units if unit.depth < top + levels]
    return render(request, "contacts/unit_tree.html", {"branches": branches(shown)})


@requires(Deed.SEE_ROSTER)
def detail(request: OfficerRequest, code: str) -> HttpResponse:
    """What it is, where it hangs, what it was, and how much is in it."""
    seen = Unit.objects.visible_to(request.user)
    unit = find_for(request.user, _counted(request, Unit.objects.select_related("parent", "successor")), Deed.SEE_ROSTER, code=code)  # fmt: skip
    children = list(_counted(request, seen.filter(parent=unit)))
    may_change = request.user.rights.may(Deed.CONFIGURE)
    context = {
        "unit": unit,
        "sees_parent": seen.filter(pk=unit.parent_id).exists(),
        "sees_successor": seen.filter(pk=unit.successor_id).exists(),
        "below": [child for child in children if child.closed_on is None],
        "gone": [child for child in children if child.closed_on],
        "pasts": unit.pasts.select_related("parent").order_by("-until"),
        "may_change": may_change,
        "changes": changes_of(unit) if may_change else (),
    }
    return render(request, "contacts/unit_detail.html", context)


@requires(Deed.CONFIGURE)
def rename(request: OfficerRequest, code: str) -> HttpResponse:
    unit = _open_unit(code)
    form = RenameForm(request.POST or None, initial={"name": unit.name, "short_name": unit.short_name})
    return _ask(
        request,
        unit,
        form,
        lambda said: unit_tree.rename(unit, **said),
        heading=_("Rename %(unit)s") % {"unit": unit},
        verb=_("Rename"),
        success=_("The unit is called otherwise from today on."),
        notes=[_("What happened until yesterday stays under the old name, in figures and lists too.")],
    )


@requires(Deed.CONFIGURE)
def move(request: OfficerRequest, code: str) -> HttpResponse:
    unit = _open_unit(code)
    within = Unit.objects.open().subtree(unit)
    return _ask(
        request,
        unit,
        MoveForm(request.POST or None, unit=unit),
        lambda said: unit_tree.move(unit, said.pop("below"), **said),
        heading=_("Move %(unit)s") % {"unit": unit},
        verb=pgettext("of a unit", "Move"),
        success=_("The unit hangs elsewhere from today on."),
        moving=_whole(within),
        notes=[
            _("Whoever leads or coordinates above it has it in charge from today on; whoever did has not."),
            _("Figures of periods that ended before today stay with the unit above of those days."),
        ],
    )


@requires(Deed.CONFIGURE)
def close(request: OfficerRequest, code: str) -> HttpResponse:
    unit = _open_unit(code)
    left = Contents.of([unit.pk], timezone.localdate())
    return _ask(
        request,
        unit,
        ReasonForm(request.POST or None),
        lambda said: unit_tree.close(unit, **said),
        heading=_("Close %(unit)s") % {"unit": unit},
        verb=pgettext("of a unit", "Close it"),
        success=_("The unit is closed; yesterday was its last day."),
        in_the_way=left.words,
        danger=True,
        notes=[_("It is kept with its history, and found among closed units.")],
    )


@requires(Deed.CONFIGURE)
def merge(request: OfficerRequest, code: str) -> HttpResponse:
    """Choose; see what moves; confirm."""
    unit = _open_unit(code)
    form = MergeForm(request.POST or None, unit=unit, initial={"into": request.GET.get("into", "new")})
    page: dict[str, Any] = {
        "heading": _("Merge %(unit)s") % {"unit": unit},
        "verb": _("Merge"),
        "success": _(
            "The units are one from today on. Roles over them wait for a security administrator's approval."
        ),
        "next_verb": _("Look at what moves"),
    }
    if form.is_valid():
        page |= {
            "merging": form.units,
            "into": form.target,
            "moving": Contents.of([one.pk for one in form.units], timezone.localdate()).words,
            "roles_end": any(one.kind != form.target.kind for one in form.units),
        }
    return _ask(
        request,
        unit,
        form,
        lambda said: merge_units(
            form.units, form.target, actor=said["actor"], now=said["now"], reason=said["reason"]
        ),
        **page,
    )


@requires(Deed.CONFIGURE)
def take_back(request: OfficerRequest, pk: int) -> HttpResponse:
    """All of a change, or nothing: what stands in the way is said before."""
    made = get_object_or_404(Journal, pk=pk, kind=Journal.Kind.UNITS)
    change = Change.of(made, journal.examined(made))
    form = ReasonForm(request.POST or None)
    if form.is_valid() and done(
        form,
        lambda: unit_tree.take_back(
            made, actor=Actor.of(request), now=timezone.now(), reason=form.cleaned_data["reason"]
        ),
    ):
        messages.success(request, _("The change is taken back."))
        return redirect("contacts:unit-list")
    context = {"change": change, "form": form, "cancel_url": reverse("contacts:unit-list")}
    return render(request, "contacts/unit_take_back.html", context)


def branches(units: Iterable[Any]) -> list[Any]:
    """The units that hang below none of the others, each with its `branches`."""
    found = {unit.pk: unit for unit in units}
    tops: list[Any] = []
    for unit in found.values():
        unit.branches = []
    for unit in found.values():
        above = found.get(unit.parent_id)
        (above.branches if above else tops).append(unit)
    return tops


def _counted(request: OfficerRequest, units: QuerySet) -> QuerySet:
    return UnitListing(request.user, timezone.now()).annotated(units)


def _whole(units: QuerySet[Unit]) -> list[str]:
    """How much is in some units that hang together."""
    day = timezone.localdate()
    inside = Contents.of(units.values("pk"), day)
    stations = units.count() - 1
    return Contents(**{**inside.__dict__, "units": stations}).words


def _open_unit(code: str) -> Unit:
    return get_object_or_404(Unit.objects.open().select_related("parent"), code=code)


def _ask(
    request: OfficerRequest,
    unit: Unit,
    form: Form,
    act: Callable[[dict[str, Any]], Journal],
    *,
    success: str,
    **page: Any,
) -> HttpResponse:
    """Ask, and do what was confirmed; what is refused stands on the form. A merger is confirmed on a page of its own."""
    confirmed = "next_verb" not in page or "confirmed" in request.POST
    if form.is_valid() and confirmed and "change" not in request.POST:
        said = form.cleaned_data | {"actor": Actor.of(request), "now": timezone.now()}
        if done(form, lambda: act(said)):
            messages.success(request, success)
            return redirect(Unit.objects.get(code=unit.code).current())
    preview = "next_verb" in page and form.is_valid() and "change" not in request.POST
    return render(
        request, "contacts/unit_deed.html", {"unit": unit, "form": form, "preview": preview, **page}
    )
