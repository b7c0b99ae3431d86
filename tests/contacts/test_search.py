"""Finding a person, an officer, a unit or an opinion from any page: what fits, and nothing that one may not see."""

import datetime as dt

import pytest
from django.urls import reverse

from tests import factories
from tests.base import sign_in

ADDRESS = "/search/"
EVERYBODY = ["alice", "bob", "carol", "carl", "dan", "lea", "lin", "rita"]


@pytest.fixture
def bureau(bureau):
    bureau.other = factories.stakeholder("李娜", bureau.other_station, mobile="+8613800001111")
    factories.pairing(bureau.dan, bureau.other)
    day = dt.date(2026, 11, 2)
    bureau.item = factories.feedback(bureau.deputy, bureau.alice, day, text="A lamp at the gate.")
    bureau.other_item = factories.feedback(bureau.other, bureau.dan, day, text="A lamp in the park.")
    return bureau


def found(officer, words: str, **headers: str) -> dict[str, list[str]]:
    page = sign_in(officer, **headers).get(ADDRESS, {"q": words})
    assert page.status_code == 200, page.url
    return {group.title: [hit.name for hit in group.hits] for group in page.context["groups"]}


def typing(officer, words: str) -> dict[str, list[str]]:
    return found(officer, words, **{"HX-Request": "true"})


def leads_to(officer, words: str) -> str:
    return sign_in(officer).get(ADDRESS, {"q": words}).url


@pytest.mark.parametrize(
    ("words", "group", "name"),
    [
        ("张", "People", "张伟"),
        ("zhangw", "People", "张伟"),
        ("zw", "People", "张伟"),
        ("139 1234", "People", "张伟"),
        ("dan", "Officers", "Dan"),
        ("澄江", "Units", "江阴市公安局澄江派出所"),
        ("320281501", "Units", "江阴市公安局澄江派出所"),
        ("at the gate", "Feedback", "F"),
    ],
)
def test_all_kinds_are_found_while_one_types(bureau, words, group, name):
    [one] = typing(bureau.carol, words)[group]

    assert one.startswith(name)


@pytest.mark.parametrize(
    "words", ["zw", "澄江中学校长xx", "", " ", "F" + "9" * 60, "L" + "9" * 60, "%", "\x00", "“"]
)
def test_whatever_is_typed_is_answered(bureau, words):
    assert sign_in(bureau.carol, **{"HX-Request": "true"}).get(ADDRESS, {"q": words}).status_code == 200


def test_five_of_a_kind_stand_under_the_box_with_the_way_to_all(bureau):
    for number in range(7):
        factories.stakeholder(f"王{number}", bureau.station)
    page = sign_in(bureau.carol, **{"HX-Request": "true"}).get(ADDRESS, {"q": "王"})

    assert [len(group.hits) for group in page.context["groups"]] == [5]
    assert 'href="/people/?q=%E7%8E%8B"' in page.content.decode()
    assert b"<html" not in page.content


def test_a_single_hit_is_opened_and_so_is_what_was_named_by_its_number(bureau):
    person = reverse("contacts:stakeholder-detail", args=[bureau.deputy.pk])
    factories.stakeholder("王芳", bureau.station, mobile=f"+86138{bureau.dan.police_number}00")

    assert leads_to(bureau.carol, "zw") == person
    assert leads_to(bureau.carol, bureau.deputy.number.lower()) == person
    assert leads_to(bureau.carol, bureau.item.number) == bureau.item.get_absolute_url()
    assert leads_to(bureau.carol, bureau.dan.police_number).endswith(f"?officer={bureau.dan.police_number}")
    assert leads_to(bureau.carol, "320281501000").endswith("/people/?unit=320281501000")


def test_several_hits_make_a_page_and_none_says_so(bureau):
    factories.stakeholder("张伟", bureau.station)

    assert found(bureau.carol, "zw") == {"People": ["张伟", "张伟"]}
    assert found(bureau.carol, "lamp")["Feedback"]
    assert "Nothing fits." in sign_in(bureau.dan).get(ADDRESS, {"q": "zw"}).content.decode()
    assert "Write something" in sign_in(bureau.dan).get(ADDRESS).content.decode()


@pytest.mark.parametrize("who", EVERYBODY)
@pytest.mark.parametrize("words", ["张", "李", "lamp", "3202", "13", "a", "1391234", "138000", "100"])
def test_nobody_finds_what_they_may_not_see(bureau, who, words):
    officer = getattr(bureau, who)
    mine = who in {"alice", "bob", "carl", "lin"}
    everything = who in {"carol", "lea"}
    names = (
        str(typing(officer, words))
        + sign_in(officer).get(ADDRESS, {"q": words}, follow=True).content.decode()
    )

    if not (mine or everything):
        assert not {bureau.item.number, bureau.deputy.name} & set(names.split()), names
        assert bureau.deputy.name not in names
        assert "at the gate" not in names
    if who != "dan" and not everything:
        assert bureau.other.name not in names
        assert "in the park" not in names
        assert "宜城派出所" not in names


@pytest.mark.parametrize("who", ["sue", "sam", "ann"])
def test_the_three_powers_have_neither_box_nor_answer(bureau, who):
    client = sign_in(getattr(bureau, who))

    assert client.get(ADDRESS, {"q": "张"}).status_code == 403
    assert 'id="search"' not in client.get("/settings/").content.decode()


@pytest.mark.parametrize("who", ["alice", "carol", "bob"])
def test_it_takes_at_most_eight_queries_while_one_types(bureau, who, django_assert_max_num_queries):
    for number in range(30):
        factories.stakeholder(f"张{number}", bureau.station)
        factories.officer(f"张{number}", bureau.station)
        factories.feedback(bureau.deputy, bureau.alice, dt.date(2026, 11, 2), text=f"张{number}")
    client = sign_in(getattr(bureau, who), **{"HX-Request": "true"})
    with django_assert_max_num_queries(8):
        assert client.get(ADDRESS, {"q": "张"}).context["groups"]
