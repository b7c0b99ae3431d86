"""Renaming, moving, closing and merging units: what is refused, what moves, what stays under its old name."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from contacts import accounts, handling, journal, unit_tree
from contacts.assigning import assign_feedback
from contacts.imports.results import read_directory
from contacts.models import Actor, AuditEntry, Journal, Officer, Pairing, Stakeholder, Unit, UnitPast
from contacts.unit_history import of_their_day
from contacts.unit_merging import merge
from tests import factories
from tests.base import sign_in
from tests.contacts.imports import wuxi
from tests.factories import Bureau
from tests.things import NOW, TODAY

YESTERDAY = TODAY - dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def _at_a_known_time(time_machine):
    time_machine.move_to(NOW, tick=False)


def how(bureau: Bureau) -> dict:
    return {"actor": Actor(bureau.carol), "now": NOW, "reason": "because"}


def fresh(unit: Unit) -> Unit:
    return Unit.objects.get(pk=unit.pk)


def joint(bureau: Bureau, **fields) -> Unit:
    said = {
        "code": "320290000000",
        "name": "澄宜分局",
        "short_name": "澄宜",
        "kind": "county",
        "parent": bureau.bureau,
    }
    return Unit(**said | fields)


# --- what is refused -----------------------------------------------------------------------------------------


def rename_to_the_same(b: Bureau):
    unit_tree.rename(b.station, name=b.station.name, short_name=b.station.short_name, **how(b))


def move_the_root(b: Bureau):
    unit_tree.move(b.bureau, b.county, **how(b))


def move_below_itself(b: Bureau):
    unit_tree.move(b.county, b.county, **how(b))


def move_below_its_own_station(b: Bureau):
    unit_tree.move(b.county, b.station, **how(b))


def move_to_where_it_is(b: Bureau):
    unit_tree.move(b.station, b.county, **how(b))


def close_the_root(b: Bureau):
    unit_tree.close(b.bureau, **how(b))


def close_what_is_not_empty(b: Bureau):
    unit_tree.close(b.station, **how(b))


def merge_the_root(b: Bureau):
    merge([b.bureau], b.county, **how(b))


def merge_into_itself(b: Bureau):
    merge([b.county], b.county, **how(b))


def merge_into_its_own_station(b: Bureau):
    merge([b.county], b.station, **how(b))


def merge_into_a_code_that_is_taken(b: Bureau):
    merge([b.county], joint(b, code=b.other_county.code), **how(b))


def merge_into_a_new_one_below_itself(b: Bureau):
    merge([b.county], joint(b, parent=b.county), **how(b))


@pytest.mark.parametrize(
    ("deed", "remedy"),
    [
        (rename_to_the_same, "called already"),
        (move_the_root, "stays there"),
        (move_below_itself, "choose a unit outside"),
        (move_below_its_own_station, "choose a unit outside"),
        (move_to_where_it_is, "already"),
        (close_the_root, "stays there"),
        (close_what_is_not_empty, "2 officers, 1 person in charge, 1 pairing, 1 role. Move all of it"),
        (merge_the_root, "stays there"),
        (merge_into_itself, "choose another"),
        (merge_into_its_own_station, "move it out first"),
        (merge_into_a_code_that_is_taken, "belongs to another unit"),
        (merge_into_a_new_one_below_itself, "move it out first"),
    ],
)
def test_it_is_refused_with_the_remedy_and_nothing_changes(bureau, deed, remedy):
    before = list(Unit.objects.order_by("pk").values())
    with pytest.raises(ValidationError) as refused:
        deed(bureau)

    assert remedy in " ".join(refused.value.messages)
    assert list(Unit.objects.order_by("pk").values()) == before
    assert not Journal.objects.exists()


def test_of_two_who_change_the_tree_at_once_the_second_is_told(bureau):
    seen_before = fresh(bureau.county)  # on the second one's page
    merge([bureau.county], bureau.other_county, **how(bureau))

    for late in (
        lambda: unit_tree.move(seen_before, bureau.other_county, **how(bureau)),
        lambda: unit_tree.rename(seen_before, name="x", short_name="x", **how(bureau)),
        lambda: merge([seen_before], joint(bureau), **how(bureau)),
        lambda: merge([bureau.other_county], seen_before, **how(bureau)),
    ):
        with pytest.raises(ValidationError, match="closed meanwhile"):
            late()


def test_what_began_today_is_taken_back_not_closed(bureau):
    new = joint(bureau)
    made = merge([bureau.county, bureau.other_county], new, **how(bureau))
    with pytest.raises(ValidationError, match="take back"):
        merge([Unit.objects.get(code=new.code)], bureau.bureau, **how(bureau))

    unit_tree.take_back(made, actor=Actor(bureau.carol), now=NOW, reason="not yet")
    assert fresh(bureau.county).closed_on is None


# --- what is done ----------------------------------------------------------------------------------------------


def test_a_move_takes_all_below_along_and_access_follows_at_once(bureau):
    post = factories.unit("江边警务站", bureau.station, kind="team", code="320281501100")
    assert Stakeholder.objects.visible_to(bureau.carl).exists()
    unit_tree.move(bureau.station, bureau.other_county, **how(bureau))

    assert fresh(post).path == f"{fresh(bureau.other_county).path}{bureau.station.code}/{post.code}/"
    assert not Stakeholder.objects.visible_to(Officer.objects.get(pk=bureau.carl.pk)).exists()
    past = UnitPast.objects.get()
    assert (past.unit, past.parent, past.until) == (bureau.station, bureau.county, YESTERDAY)


def test_two_changes_on_one_day_leave_one_past(bureau):
    for name in ("甲所", "乙所"):
        unit_tree.rename(bureau.station, name=name, short_name=name, **how(bureau))

    assert [past.short_name for past in bureau.station.pasts.all()] == ["澄江派出所"]
    assert fresh(bureau.station).name == "乙所"


def test_an_empty_unit_closes_and_is_offered_nowhere(bureau):
    empty = factories.unit("空所", bureau.county, code="320281509000")
    unit_tree.close(empty, **how(bureau))
    carol = sign_in(bureau.carol)

    assert fresh(empty).closed_on == YESTERDAY
    assert "空所" not in carol.get(reverse("contacts:suggest-unit"), {"q": "空所"}).content.decode()
    assert "空所" not in carol.get(reverse("contacts:unit-list")).content.decode()
    assert "空所" in carol.get(reverse("contacts:unit-list"), {"state": "closed"}).content.decode()
    assert "空所" not in carol.get(reverse("contacts:stakeholder-list")).content.decode()
    assert "空所 (closed 2026-11-17)" in carol.get(reverse("contacts:pairing-list")).content.decode()
    assert empty not in list(read_directory().open)


def test_nothing_new_begins_in_a_closed_unit(bureau):
    empty = factories.unit("空所", bureau.county)
    unit_tree.close(empty, **how(bureau))
    closed, words = fresh(empty), "is closed; choose a unit that is open"
    item = factories.feedback(bureau.deputy, bureau.alice, TODAY)

    with pytest.raises(ValidationError, match=words):
        accounts.propose_role(bureau.dan, closed, "leader", actor=Actor(bureau.sue), reason="because")
    with pytest.raises(ValidationError, match=words):
        assign_feedback(item, unit=closed, day=TODAY, actor=Actor(bureau.alice))


def test_every_deed_stands_in_the_trail_with_its_reason(bureau):
    unit_tree.rename(bureau.station, name="甲所", short_name="甲所", **how(bureau))
    unit_tree.move(bureau.station, bureau.other_county, **how(bureau))
    merge([bureau.county], bureau.other_county, **how(bureau))

    found = AuditEntry.objects.filter(object_type="contacts.unit", reason="because").order_by("pk")
    assert [entry.action for entry in found] == ["rename unit", "move unit", "close unit", "merge units"]
    assert found[3].after["officers"] == 2  # Carl and Lin
    assert found[3].after["roles"] == 2


def test_a_past_pairing_stands_under_the_name_of_its_last_day(bureau):
    handling.pair(
        bureau.deputy, bureau.bob, on=TODAY - dt.timedelta(days=9), actor=Actor(bureau.carol), reason="ill"
    )
    unit_tree.rename(bureau.station, name="江阴市公安局甲所", short_name="甲所", **how(bureau))
    rows = of_their_day(Pairing.objects.order_by("started_on"), TODAY)

    assert [row.unit_then for row in rows] == ["澄江派出所", "甲所"]
    page = sign_in(bureau.carol).get(bureau.deputy.get_absolute_url()).content.decode()
    assert "澄江派出所" in page
    assert "甲所" in page


def test_a_rename_or_a_move_is_taken_back_unless_it_was_changed_again(bureau):
    first = unit_tree.move(bureau.station, bureau.other_county, **how(bureau))
    second = unit_tree.rename(bureau.station, name="甲所", short_name="甲所", **how(bureau))
    unit_tree.take_back(first, actor=Actor(bureau.carol), now=NOW, reason="wrong")
    station = fresh(bureau.station)

    assert (station.parent, station.name) == (bureau.county, "甲所")
    assert station.path == bureau.station.path
    unit_tree.take_back(second, actor=Actor(bureau.carol), now=NOW, reason="wrong")
    assert fresh(bureau.station).name == bureau.station.name
    with pytest.raises(ValidationError, match="taken back already"):
        unit_tree.take_back(second, actor=Actor(bureau.carol), now=NOW, reason="wrong")


def test_looking_whether_it_can_be_taken_back_changes_nothing(bureau):
    made = unit_tree.rename(bureau.station, name="甲所", short_name="甲所", **how(bureau))
    lines = journal.examined(made)

    assert not [line for line in lines if line.obstacle]
    assert made.lines.standing().count() == len(lines)
    assert fresh(bureau.station).name == "甲所"


# --- imports -----------------------------------------------------------------------------------------------------


def units_csv(tmp_path, **said: str):
    row = {
        "单位代码": "320281501000", "单位名称": "江阴市公安局澄江派出所", "单位简称": "澄江派出所", "单位类别": "派出所",
        "上级单位代码": "320281000000",
    }  # fmt: skip
    return wuxi.csv_file(tmp_path, [row | said], "units.csv")


def test_an_import_that_renames_or_moves_keeps_the_past(bureau, tmp_path):
    wuxi.import_file(units_csv(tmp_path, 单位简称="澄江所", 上级单位代码="320282000000"), day=TODAY)

    (past,) = bureau.station.pasts.all()
    assert (past.short_name, past.parent, past.until) == ("澄江派出所", bureau.county, YESTERDAY)
    assert fresh(bureau.station).path.startswith(bureau.other_county.path)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"单位代码": "320281000000", "单位类别": "分局", "上级单位代码": "320281501000"}, "parent_below"),
        ({"单位代码": "320200000000", "单位类别": "市局", "上级单位代码": "320281000000"}, "root_stays"),
        ({"单位代码": "320299999000", "单位类别": "市局", "上级单位代码": ""}, "root_exists"),
        ({"单位代码": "320281509000", "单位名称": "新"}, "unit_closed"),
        ({"单位代码": "320281510000", "上级单位代码": "320281509000"}, "parent_closed"),
        ({"上级单位代码": "320281509000"}, "parent_closed"),
    ],
)
def test_an_import_that_the_tree_can_not_bear_is_refused_row_by_row(bureau, tmp_path, said, code):
    unit_tree.close(factories.unit("空所", bureau.county, code="320281509000"), **how(bureau))
    before = list(Unit.objects.order_by("pk").values())
    report = wuxi.import_file(units_csv(tmp_path, **said), day=TODAY)

    assert [found for _sheet, _row, found in wuxi.codes(report)] == [code]
    assert list(Unit.objects.order_by("pk").values()) == before


def test_old_rosters_are_understood_after_a_merger(bureau, tmp_path):
    merge([bureau.county, bureau.other_county], joint(bureau), **how(bureau))
    unit_tree.rename(bureau.station, name="澄宜分局江边派出所", short_name="江边派出所", **how(bureau))
    directory = read_directory()

    def led_to(name: str) -> list[str]:
        return [directory.units[pk].short_name for pk in directory.named(name)]

    assert led_to("江阴市局") == led_to("宜兴市公安局") == led_to("320281000000") == ["澄宜"]
    assert led_to("澄江派出所") == led_to("江阴市局澄江所") == led_to("江边所") == ["江边派出所"]
    assert [directory.units[pk].short_name for pk in directory.called("江阴市局")] == ["江阴市局"]
    assert directory.is_closed("江阴市局")
    assert not directory.is_closed("澄江派出所")
    station = directory.station_of("江边镇", "江阴市江边镇和平路1号")
    assert station is not None
    assert station.pk == bureau.station.pk


def officers_csv(tmp_path, officer: Officer, unit: str):
    row = {"警号": officer.police_number, "姓名": officer.name, "单位": unit, "职务": "教导员"}
    return wuxi.csv_file(tmp_path, [row], "officers.csv")


def test_an_old_roster_does_not_undo_what_was_done_by_hand_since(bureau, tmp_path):
    file = officers_csv(tmp_path, bureau.carl, "江阴市局")
    wuxi.import_file(file, kind="officers", day=TODAY)
    merge([bureau.county], bureau.other_county, **how(bureau))
    Officer.objects.filter(pk=bureau.carl.pk).update(unit=bureau.station)
    report = wuxi.import_file(file, kind="officers", day=TODAY)

    assert [found for _sheet, _row, found in wuxi.codes(report)] == ["unit_merged"]
    assert Officer.objects.get(pk=bureau.carl.pk).unit == bureau.station


# --- pages -------------------------------------------------------------------------------------------------------


def merger(bureau: Bureau, **said) -> dict:
    form = {
        "others": [bureau.other_county.pk], "into": "new", "code": "320290000000", "name": "澄宜分局", "short_name": "澄宜",
        "reason": "One district.",
    }  # fmt: skip
    return form | said


def test_a_merger_is_shown_before_it_is_done(bureau):
    carol = sign_in(bureau.carol)
    address = reverse("contacts:unit-merge", args=[bureau.county.code])
    page = carol.post(address, merger(bureau)).content.decode()

    assert "2 units below" in page
    assert "2 officers" in page
    assert "proposed anew" in page
    assert not Unit.objects.filter(code="320290000000").exists()
    done = carol.post(address, merger(bureau, confirmed="1"), follow=True)
    assert done.redirect_chain == [("/units/320290000000/", 302)]
    assert "江阴市局 became part of 澄宜." in done.content.decode()


def test_sent_twice_the_second_is_told_and_nothing_is_done_again(bureau):
    carol = sign_in(bureau.carol)
    address = reverse("contacts:unit-merge", args=[bureau.county.code])
    carol.post(address, merger(bureau, confirmed="1"))
    journals = Journal.objects.count()

    assert carol.post(address, merger(bureau, confirmed="1")).status_code == 404
    assert Journal.objects.count() == journals


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"code": "320281000000"}, "code"),
        ({"code": "x y"}, "code"),
        ({"name": ""}, "name"),
        ({"reason": ""}, "reason"),
        ({"into": "999"}, "into"),
    ],
)
def test_what_was_typed_stays_where_something_is_wrong(bureau, said, field):
    page = sign_in(bureau.carol).post(
        reverse("contacts:unit-merge", args=[bureau.county.code]), merger(bureau, confirmed="1", **said)
    )

    assert field in page.context["form"].errors
    assert "One district." in page.content.decode() or field == "reason"


def test_what_keeps_a_unit_open_is_counted_and_the_way_out_offered(bureau):
    page = (
        sign_in(bureau.carol).get(reverse("contacts:unit-close", args=[bureau.station.code])).content.decode()
    )

    assert "2 officers" in page
    assert "1 person in charge" in page
    assert reverse("contacts:unit-merge", args=[bureau.station.code]) in page


def test_a_unit_shows_its_numbers_its_past_and_what_became_part_of_it(bureau, django_assert_max_num_queries):
    merge([bureau.county], bureau.other_county, **how(bureau))
    unit_tree.rename(bureau.other_county, name="宜澄分局", short_name="宜澄", **how(bureau))
    carol = sign_in(bureau.carol)
    with django_assert_max_num_queries(14):
        page = carol.get(bureau.other_county.get_absolute_url()).content.decode()

    assert "宜兴市公安局" in page
    assert "until 2026-11-17" in page
    assert "江阴市局" in page
    old = carol.get(bureau.county.get_absolute_url()).content.decode()
    assert "Its last day was 2026-11-17" in old
    assert reverse("contacts:unit-rename", args=[bureau.county.code]) not in old


def test_a_coordinator_of_a_county_looks_and_changes_nothing(bureau):
    carl = sign_in(bureau.carl)
    page = carl.get(bureau.station.get_absolute_url()).content.decode()

    assert reverse("contacts:unit-move", args=[bureau.station.code]) not in page
    assert carl.get(reverse("contacts:unit-move", args=[bureau.station.code])).status_code == 403
    assert carl.get(bureau.other_station.get_absolute_url()).status_code == 404
    assert "宜兴" not in carl.get(reverse("contacts:unit-tree")).content.decode()


def test_the_tree_takes_as_many_queries_for_many_units_as_for_few(bureau, django_assert_max_num_queries):
    for number in range(120):
        factories.unit(f"所{number}", bureau.county)
    carol = sign_in(bureau.carol)
    with django_assert_max_num_queries(8):
        assert "所119" in carol.get(reverse("contacts:unit-tree")).content.decode()
