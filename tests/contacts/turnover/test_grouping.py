"""Who stays, who leaves, who comes: a table of cases, and what is left alone."""

import datetime as dt
from collections.abc import Callable

import pytest

from contacts.imports.issues import Issue
from contacts.models import Stakeholder, Turnover
from tests import factories
from tests.contacts.turnover.scenes import DAY, OLD, begun, dump, groups, line, member, row
from tests.factories import Bureau

pytestmark = pytest.mark.django_db
MOBILE, OTHER_MOBILE = "13900001001", "13900001002"
Given = Callable[[Bureau], Stakeholder | None]


def here(**seat) -> Given:
    return lambda bureau: member("孙立", bureau.station, MOBILE, **seat)


def nobody(bureau: Bureau) -> None:
    return None


def paired(bureau: Bureau) -> Stakeholder:
    return member("孙立", bureau.station, MOBILE, held_by=bureau.alice, ended_on=dt.date(2026, 10, 31))


def with_another_seat(bureau: Bureau) -> Stakeholder:
    person = member("孙立", bureau.station, MOBILE)
    factories.seat(person, level="city", started_on=OLD)
    return person


def elsewhere(bureau: Bureau) -> Stakeholder:
    person = member("孙立", bureau.station, MOBILE, level="township")
    Stakeholder.objects.filter(pk=person.pk).update(birth_year=1970, birth_month=3)
    return person


def without_a_phone(bureau: Bureau) -> Stakeholder:
    person = member("孙立", bureau.station, level="township")
    Stakeholder.objects.filter(pk=person.pk).update(birth_year=1970, birth_month=3, employer="江阴机械厂厂长")
    return person


def in_the_other_county(bureau: Bureau) -> Stakeholder:
    return member("孙立", bureau.other_station, MOBILE)


BORN = {"出生年月": "1970.3"}
SAME = row("孙立", MOBILE, **BORN)

CASES = [
    # who is there, their row in the new roster, what becomes of them
    (here(), row("孙立", MOBILE), "continuing stays"),
    (here(), row("孙立"), "continuing stays"),  # nothing speaks against it
    (here(), None, "ended ends"),
    (here(ended_on=dt.date(2026, 12, 31)), row("孙立", MOBILE), "continuing stays"),
    (here(ended_on=dt.date(2026, 10, 31)), row("孙立", MOBILE), "continuing stays"),  # the term ran out
    (here(ended_on=dt.date(2026, 10, 31)), None, None),  # left before, and nothing is left to do
    (paired, None, "ended ends"),  # left before, and is still held
    (here(ended_on=dt.date(2025, 12, 31)), row("孙立", MOBILE, **BORN), "moved returns"),
    (here(started_on=DAY, term_number=18), row("孙立", MOBILE), "continuing has_it"),
    (here(started_on=DAY, term_number=18), None, None),
    (nobody, row("孙立", MOBILE), "new new"),
    (elsewhere, SAME, "moved comes"),
    (elsewhere, None, None),
    (with_another_seat, None, "moved goes"),
    (with_another_seat, row("孙立", MOBILE), "continuing stays"),
    (elsewhere, row("孙立", MOBILE, 出生年月="1985.7"), "doubtful maybe"),
    (elsewhere, row("孙立", OTHER_MOBILE), "new new"),
    (without_a_phone, row("孙立", MOBILE, **BORN, 工作单位及职务="江阴机械厂厂长"), "doubtful maybe"),
    (here(), row("孙立", OTHER_MOBILE), "doubtful maybe_here"),
    (in_the_other_county, row("孙立", OTHER_MOBILE), "doubtful maybe_here"),
    (in_the_other_county, row("孙立", MOBILE), "moved comes"),
    (here(), row("孙立", MOBILE, 层级="全球"), "refused kept"),
    (here(), row("孙立", MOBILE, **{"住址/所属街道": "宜城街道"}), "refused kept"),
]  # fmt: skip


@pytest.mark.parametrize(("given", "new", "expected"), CASES)
def test_everybody_stands_in_their_group(bureau: Bureau, given: Given, new, expected: str | None) -> None:
    bureau.deputy.seats.all().delete()
    given(bureau)
    rows = [new] if new else []
    found = groups(begun(bureau.carol, bureau.county, row("周平", "13900009999"), *rows))
    found.pop("周平")
    assert found.get("孙立") == expected


def test_of_a_row_of_another_body_the_holder_of_the_seat_leaves(bureau: Bureau) -> None:
    """The same file may hold the rows of every level: they say nothing of this body."""
    person = member("孙立", bureau.station, MOBILE)
    turnover = begun(bureau.carol, bureau.county, row("孙立", MOBILE, 层级="镇"))
    assert set(turnover.lines.filter(name="孙立").values_list("group", "why", "stakeholder")) == {
        ("refused", "", None),
        ("ended", "ends_here", person.pk),
    }


def test_a_refused_row_says_what_is_wrong_and_what_to_do(bureau: Bureau) -> None:
    turnover = begun(bureau.carol, bureau.county, row("孙立", 类别="政协委员"), row("周平", 层级="市"))
    said = {
        one.name: " ".join(Issue.from_json(issue).message for issue in one.issues)
        for one in turnover.lines.filter(group="refused")
    }
    assert "“政协委员” has no seat in this body" in said["孙立"]
    assert "“市” is another level" in said["周平"]
    assert all("Leave the row out" in words for words in said.values())


def test_a_body_with_a_name_is_turned_by_itself(bureau: Bureau) -> None:
    member("孙立", bureau.station, MOBILE, body="江阴市人大")
    member("周平", bureau.station, body="宜兴市人大")
    member("吴敏", bureau.station)  # nobody wrote down which body
    turnover = begun(
        bureau.carol, bureau.bureau, row("李娜", 所属人大政协="宜兴市人大"), row("吴敏"), body="江阴市人大"
    )
    assert groups(turnover) == {
        "李娜": "refused",
        "吴敏": "continuing stays",
        "孙立": "ended ends",
    }


def test_two_rows_that_may_mean_one_person_are_a_doubt(bureau: Bureau) -> None:
    rows = [row("孙立", MOBILE), row("孙立", MOBILE, 备注="again")]
    turnover = begun(bureau.carol, bureau.county, *rows)
    assert list(turnover.lines.filter(name="孙立").values_list("group", "other_row")) == [
        ("new", None),
        ("doubtful", [None, 2]),
    ]


def test_the_very_same_row_twice_counts_once(bureau: Bureau) -> None:
    turnover = begun(bureau.carol, bureau.county, row("孙立", MOBILE), row("孙立", MOBILE))
    assert list(turnover.lines.filter(name="孙立").values_list("group", flat=True)) == ["new", "refused"]


def test_two_namesakes_each_keep_their_seat(bureau: Bureau) -> None:
    one, two = (member("孙立", bureau.station, mobile) for mobile in (MOBILE, OTHER_MOBILE))
    turnover = begun(bureau.carol, bureau.county, row("孙立", OTHER_MOBILE), row("孙立", MOBILE))
    found = turnover.lines.filter(name="孙立").values_list("group", "stakeholder")
    assert list(found) == [("continuing", two.pk), ("continuing", one.pk)]


def test_a_county_coordinator_neither_sees_nor_ends_the_people_of_others(bureau: Bureau) -> None:
    member("孙立", bureau.station)
    member("周平", bureau.other_station)
    turnover = begun(bureau.carl, bureau.county, row("李娜", "13900003333"))
    assert groups(turnover) == {"李娜": "new new", "孙立": "ended ends", "张伟": "ended ends"}


def test_a_person_whom_the_county_coordinator_may_not_see_is_not_named(bureau: Bureau) -> None:
    member("孙立", bureau.other_station, MOBILE)
    turnover = begun(bureau.carl, bureau.county, row("孙立", MOBILE))
    assert groups(turnover)["孙立"] == "new new"
    assert line(turnover, "孙立").other is None


def test_nothing_is_changed_by_looking(bureau: Bureau) -> None:
    member("孙立", bureau.station, held_by=bureau.alice)
    before = dump()
    begun(bureau.carol, bureau.county, row("李娜", MOBILE))
    assert dump() == before
    assert Turnover.objects.get().state == "checked"
