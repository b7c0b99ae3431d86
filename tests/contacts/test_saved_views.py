"""Views of lists under a name, the columns one likes, and what is remembered of both: one's own, and nobody else's."""

import re

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from contacts.models import Actor, AuditEntry, SavedView
from contacts.saving_views import change_view, save_view
from contacts.tables.base import known
from tests import factories
from tests.base import sign_in

PEOPLE, SAVE, COLUMNS = "/people/", "/lists/stakeholders/views/add/", "/lists/stakeholders/columns/"


@pytest.fixture
def carol(bureau):
    return sign_in(bureau.carol)


def saved(bureau, name="Mine", query="state=unpaired", listing="stakeholders", **fields) -> SavedView:
    return SavedView.objects.create(officer=bureau.carol, listing=listing, name=name, query=query, **fields)


def headers(page) -> list[str]:
    return [str(column.header) for column in page.context["table"].columns]


# --- under a name --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(known()))
def test_every_list_can_be_saved_and_shown_again(carol, bureau, name):
    listing = reverse(known()[name].view)
    page = carol.get(
        listing, {"q": "张", "sort": known()[name].orderable()[0], "page": "7", "per_page": "50"}
    )
    address = re.search(rf'"(/lists/{name}/views/add/[^"]*)"', page.content.decode())[1].replace("&amp;", "&")
    answer = carol.post(address, {"name": "张家"}, follow=True)

    assert answer.redirect_chain[-1][0].startswith(f"{listing}?q=%E5%BC%A0&sort=")
    assert "page" not in SavedView.objects.get().query
    assert answer.context["views"].current.name == "张家"
    assert AuditEntry.objects.get(action="save view").object_text == "张家"


def test_a_view_is_found_in_the_menu_of_its_list_and_of_no_other(carol, bureau):
    saved(bureau)

    assert 'href="?state=unpaired"' in carol.get(PEOPLE).content.decode()
    assert "state=unpaired" not in carol.get("/officers/").content.decode()
    assert "Mine" not in sign_in(bureau.carl).get(PEOPLE).content.decode()


def test_saving_under_a_name_that_one_has_asks_first(carol, bureau):
    view = saved(bureau)
    told = carol.post(f"{SAVE}?q=zw", {"name": "Mine"})
    assert "You have a view of this name." in told.content.decode()
    view.refresh_from_db()
    assert view.query == "state=unpaired"

    assert carol.post(f"{SAVE}?q=zw", {"name": "Other", "replace": "Mine"}).status_code == 302
    carol.post(f"{SAVE}?q=zw", {"name": "Mine", "replace": "Mine"})
    view.refresh_from_db()
    assert view.query == "q=zw"
    assert AuditEntry.objects.filter(action="save view").first().before == {"filter": "state=unpaired"}


def test_a_form_sent_twice_saves_once_and_asks_nothing(carol):
    for _time in range(2):
        assert carol.post(f"{SAVE}?q=zw", {"name": "Mine"}).status_code == 302

    assert SavedView.objects.count() == 1


def test_only_one_view_is_shown_by_itself(carol, bureau):
    first = saved(bureau, by_itself=True)
    assert carol.get(PEOPLE).url == f"{PEOPLE}?state=unpaired"

    carol.post(f"{SAVE}?q=zw", {"name": "Second", "by_itself": "on"})
    first.refresh_from_db()
    assert not first.by_itself
    assert carol.get(PEOPLE).url == f"{PEOPLE}?q=zw"
    assert carol.get(f"{PEOPLE}?view=all").status_code == 200
    assert sign_in(bureau.carl).get(PEOPLE).status_code == 200


def test_where_a_view_is_shown_by_itself_clearing_the_filter_still_shows_all(carol, bureau):
    saved(bureau, query="q=nobody", by_itself=True)
    page = carol.get(PEOPLE, {"state": "paired"}).content.decode()

    assert '<input type="hidden" name="view" value="all">' in page
    assert 'href="?view=all">Clear' in page


def test_a_view_of_all_rows_can_be_shown_by_itself(carol, bureau):
    saved(bureau, query="", by_itself=True)

    page = carol.get(PEOPLE, follow=True)
    assert page.status_code == 200
    assert page.context["views"].current.name == "Mine"


@pytest.mark.parametrize("query", ["unit=320299999999", "kind=gone", "colour=red"])
def test_a_view_that_fits_no_longer_says_so_and_shows_nothing(carol, bureau, query):
    saved(bureau, query=query)
    page = carol.get(f"{PEOPLE}?{query}")

    assert not list(page.context["table"].paginated_rows)
    assert "The view “Mine” fits no longer" in page.content.decode()


def test_what_the_list_can_not_read_is_not_saved(carol):
    assert "can not be read" in carol.post(f"{SAVE}?unit=gone", {"name": "x"}).content.decode()
    assert "can not be read" in carol.post(f"{SAVE}?colour=red", {"name": "x"}).content.decode()
    assert "too long" in carol.post(f"{SAVE}?columns={'x' * 2001}", {"name": "x"}).content.decode()
    assert not SavedView.objects.exists()


def test_renaming_keeps_names_apart(carol, bureau):
    view = saved(bureau)
    saved(bureau, "Other")
    address = reverse("contacts:view-update", args=[view.pk])
    assert "take another one" in carol.post(address, {"name": "Other"}).content.decode()

    carol.post(address, {"name": "其他", "by_itself": "on"})
    view.refresh_from_db()
    assert (view.name, view.by_itself) == ("其他", True)


def test_nobody_reaches_another_ones_view(bureau):
    view = saved(bureau)
    for name in ("view-update", "view-delete"):
        address = reverse(f"contacts:{name}", args=[view.pk])
        assert sign_in(bureau.carl).get(address).status_code == 404
        assert sign_in(bureau.carl).post(address, {"name": "x"}).status_code == 404
    assert SavedView.objects.get().name == "Mine"


def test_what_is_remembered_without_a_name_has_no_address(carol, bureau):
    view = saved(bureau, name="", query="sort=-name")

    assert carol.post(reverse("contacts:view-delete", args=[view.pk])).status_code == 404


def test_there_is_an_end_to_views(bureau):
    SavedView.objects.bulk_create(
        SavedView(officer=bureau.carol, listing="units", name=str(number)) for number in range(SavedView.MOST)
    )
    with pytest.raises(ValidationError, match="delete one first"):
        save_view(bureau.carol, "units", "one more", "", actor=Actor(bureau.carol))

    save_view(bureau.carol, "units", "1", "kind=team", replace=True, actor=Actor(bureau.carol))


def test_two_views_made_the_default_at_once_leave_one(bureau):
    one, other = saved(bureau), saved(bureau, "Other")
    for view in (one, other, other, one):
        change_view(view, name=view.name, by_itself=True, actor=Actor(bureau.carol))

    assert SavedView.objects.get(by_itself=True) == one


def test_views_stand_in_the_order_of_their_pinyin(carol, bureau):
    for name in ("曾", "单", "安"):
        saved(bureau, name)

    page = carol.get(PEOPLE)
    assert [view.name for view in page.context["views"].in_order] == ["安", "单", "曾"]


def test_a_list_takes_one_query_more_for_any_number_of_views(carol, bureau, django_assert_num_queries):
    carol.get(PEOPLE)
    with django_assert_num_queries(9):
        carol.get(PEOPLE)
    for number in range(20):
        saved(bureau, str(number))
    with django_assert_num_queries(10):
        carol.get(PEOPLE)


# --- columns, order, rows per page ---------------------------------------------------------------------------


def arranged(**changes):
    return {
        "order": ["name", "sex", "seat"],
        "show": ["seat", "sex"],
        "sort": "-name",
        "per_page": "50",
    } | changes


def test_the_chosen_columns_stand_in_the_chosen_order(carol):
    carol.post(COLUMNS, arranged())
    page = carol.get(PEOPLE)

    assert headers(page) == ["Name", "Sex", "Seat"]
    assert page.context["table"].order_by == ("-name",)
    assert page.context["table"].paginator.per_page == 50
    assert headers(carol.get("/officers/")) != headers(page)


def test_one_officers_columns_are_not_anothers(carol, bureau):
    carol.post(COLUMNS, arranged())

    assert headers(sign_in(bureau.carl).get(PEOPLE)) == [
        "Name", "Seat", "Unit in charge", "Officer", "Last reached", "Phone",
    ]  # fmt: skip


def test_the_address_counts_before_what_is_remembered(carol):
    carol.post(COLUMNS, arranged())
    page = carol.get(PEOPLE, {"columns": "phone,nonsense", "sort": "unit", "per_page": "25"})

    assert headers(page) == ["Name", "Phone"]
    assert page.context["table"].order_by == ("unit",)
    assert page.context["table"].paginator.per_page == 25


def test_back_to_standard_forgets_all_of_it(carol):
    carol.post(COLUMNS, arranged())
    carol.post(COLUMNS, arranged(standard="yes"))

    assert len(headers(carol.get(PEOPLE))) == 6
    assert not SavedView.objects.exists()


def test_choosing_the_standard_remembers_nothing(carol):
    page = carol.get(COLUMNS)
    shown = [name for name, _header, on in page.context["form"].rows if on]
    carol.post(COLUMNS, {"order": shown, "show": shown, "sort": "name", "per_page": "25"})

    assert not SavedView.objects.exists()


def test_a_column_moves_without_being_saved_yet(carol):
    page = carol.post(COLUMNS, arranged(up="seat"))
    assert [name for name, _header, _on in page.context["form"].rows][:3] == ["name", "seat", "sex"]
    page = carol.post(COLUMNS, arranged(up="sex"))
    assert [name for name, _header, _on in page.context["form"].rows][:3] == ["name", "sex", "seat"]
    page = carol.post(COLUMNS, arranged(down="name"))
    assert [name for name, _header, _on in page.context["form"].rows][0] == "name"

    assert not SavedView.objects.exists()


def test_the_order_of_a_header_is_remembered_and_leaves_the_columns(carol):
    carol.post(COLUMNS, arranged())
    assert carol.post(COLUMNS, {"remember": "-unit"}).status_code == 204
    page = carol.get(PEOPLE)

    assert page.context["table"].order_by == ("-unit",)
    assert headers(page) == ["Name", "Sex", "Seat"]
    carol.post(COLUMNS, {"remember": "phone; nonsense"})
    assert carol.get(PEOPLE).context["table"].order_by == ("name",)


def test_a_view_keeps_the_columns_it_was_saved_with(carol):
    carol.post(COLUMNS, arranged())
    address = re.search(r'"(/lists/stakeholders/views/add/[^"]*)"', carol.get(PEOPLE).content.decode())[1]
    carol.post(address.replace("&amp;", "&"), {"name": "Short"})
    carol.post(COLUMNS, arranged(standard="yes"))
    page = carol.get(f"{PEOPLE}{SavedView.objects.get().address}")

    assert headers(page) == ["Name", "Sex", "Seat"]
    assert page.context["views"].current.name == "Short"


def test_after_choosing_columns_the_filter_still_stands(carol):
    answer = carol.post(f"{COLUMNS}?state=paired&columns=phone&sort=unit", arranged())

    assert answer.url == f"{PEOPLE}?state=paired"


def test_a_file_has_all_columns_whatever_the_page_shows(carol, bureau):
    carol.post(COLUMNS, arranged())
    text = b"".join(carol.get("/export/stakeholders.csv", {"columns": "seat"}).streaming_content).decode(
        "utf-8-sig"
    )

    assert "Employer and post" in text.splitlines()[0]


def test_a_list_that_is_none_has_no_columns_and_no_views(carol):
    assert carol.get("/lists/nonsense/columns/").status_code == 404
    assert carol.get("/lists/nonsense/views/add/").status_code == 404


@pytest.mark.parametrize("name", sorted(known()))
def test_every_list_offers_its_columns_by_distinct_names(name):
    listing = known()[name]
    offered = [column.name for column in listing.columns if column.name]

    assert len({*offered, *listing.table.base_columns}) == len(offered) + len(listing.table.base_columns)
    assert not {"sort", "columns", "page", "per_page", "view"} & set(listing.filterset.base_filters)
    assert reverse(listing.view)


def test_a_reader_without_views_sees_a_list_of_people_as_before(bureau):
    factories.stakeholder("王芳", bureau.station)

    assert len(headers(sign_in(bureau.alice).get(PEOPLE))) == 6
