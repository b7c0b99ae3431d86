"""Keeping how one likes to see a list: views under a name, one of them shown by itself, and what is remembered of
columns, order and rows per page."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from contacts.models import Actor, AuditEntry, Officer, SavedView

REMEMBERED = ("columns", "sort", "per_page")


@transaction.atomic
def save_view(
    officer: Officer,
    listing: str,
    name: str,
    query: str,
    *,
    by_itself: bool = False,
    replace: bool = False,
    actor: Actor,
) -> SavedView:
    """Save what the query asks under a name. Raises ValidationError, with the code "taken" where one has another view
    of that name and did not say to `replace` it."""
    mine = _locked(officer)
    if len(query) > SavedView._meta.get_field("query").max_length:  # type: ignore[operator]
        raise ValidationError(_("This filter is too long to be saved; shorten it."))
    view = mine.filter(listing=listing, name=name).first()
    if view is None and mine.named().count() >= SavedView.MOST:
        raise ValidationError(
            _("You have %(most)s saved views, which is as many as can be; delete one first."),
            params={"most": SavedView.MOST},
        )
    if view and view.query != query and not replace:
        raise ValidationError(
            _("You have a view of this name. Replace it, or take another name."), code="taken"
        )
    before = {"filter": view.query} if view else None
    view = view or SavedView(officer=officer, listing=listing, name=name)
    view.query = query
    _show_by_itself(mine, view, by_itself)
    view.save()
    AuditEntry.objects.record(
        actor, "save view", view, before=before, after={"table": listing, "filter": query}
    )
    return view


@transaction.atomic
def change_view(view: SavedView, *, name: str, by_itself: bool, actor: Actor) -> SavedView:
    """Give a view another name, and say whether the list shows it by itself."""
    mine = _locked(view.officer)
    view = mine.get(pk=view.pk)
    if mine.filter(listing=view.listing, name=name).exclude(pk=view.pk).exists():
        raise ValidationError(_("You have a view of this name; take another one."), code="taken")
    before = {"name": view.name, "by_itself": view.by_itself}
    view.name = name
    _show_by_itself(mine, view, by_itself)
    view.save()
    after = {"name": name, "by_itself": by_itself}
    AuditEntry.objects.record(actor, "change view", view, before=before, after=after)
    return view


@transaction.atomic
def delete_view(view: SavedView, *, actor: Actor) -> None:
    AuditEntry.objects.record(
        actor, "delete view", view, before={"table": view.listing, "filter": view.query}
    )
    view.delete()


@transaction.atomic
def remember(
    officer: Officer, listing: str, *, columns: str = "", sort: str = "", per_page: str = "", actor: Actor
) -> None:
    """Show this list so where its address says nothing; all three empty is the standard again."""
    values = {"columns": columns, "sort": sort, "per_page": per_page}
    query = urlencode({name: value for name, value in values.items() if value})
    mine = _locked(officer).filter(listing=listing, name="")
    before = mine.first()
    if (before.query if before else "") == query:
        return
    if query:
        SavedView.objects.update_or_create(
            officer=officer, listing=listing, name="", defaults={"query": query}
        )
    else:
        mine.delete()
    AuditEntry.objects.record(actor, "arrange list", after={"table": listing, "filter": query})


@transaction.atomic
def remember_order(officer: Officer, listing: str, sort: str) -> None:
    """The same for the order alone, at each click on a header: nothing that a trail should be filled with."""
    view = _locked(officer).filter(listing=listing, name="").first()
    view = view or SavedView(officer=officer, listing=listing)
    values = {name: str(text) for name, text in view.asks.items()} | {"sort": sort}
    view.query = urlencode({name: values[name] for name in REMEMBERED if values.get(name)})
    view.save()


def _locked(officer: Officer):
    """One's views, while nobody else with one's account changes them."""
    Officer.objects.select_for_update(no_key=True).get(pk=officer.pk)
    return SavedView.objects.visible_to(officer)


def _show_by_itself(mine, view: SavedView, yes: bool) -> None:
    if yes:
        mine.filter(listing=view.listing, by_itself=True).exclude(pk=view.pk).update(by_itself=False)
    view.by_itself = yes
