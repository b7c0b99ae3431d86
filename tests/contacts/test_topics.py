"""Topics: suggested from the text, several for an item, two made one; and open items that may be about the same."""

import datetime as dt

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from contacts.likeness import likeness, most_alike, pairs
from contacts.models import AuditEntry, Feedback, Topic
from contacts.topics import suggest
from tests import factories
from tests.base import sign_in

DAY = dt.date(2026, 11, 2)


@pytest.fixture
def topics(db):
    traffic = Topic.objects.create(name="交通")
    return {
        "traffic": traffic,
        "roads": Topic.objects.create(name="道路交通", parent=traffic, keywords="红绿灯，左转, 拥堵"),
        "parking": Topic.objects.create(name="停车管理", parent=traffic, keywords="停车位 僵尸车"),
        "dogs": Topic.objects.create(name="养犬管理", keywords="遛狗、犬"),
    }


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("左转红绿灯太短，早高峰拥堵。", ["道路交通"]),
        ("小区停车位不够，遛狗不牵绳。", ["停车管理", "养犬管理"]),  # the longer match first
        ("希望加强交通管理。", ["交通"]),
        ("一切正常。", []),
        ("", []),
    ],
)
def test_the_words_of_a_text_suggest_its_topics(topics, text, names):
    assert [topic.name for topic in suggest(text)] == names


def test_they_are_offered_while_one_types_and_the_text_stands_in_no_address(bureau, topics):
    response = sign_in(bureau.alice).post(reverse("contacts:topic-hints"), {"said": "红绿灯坏了"})

    assert f'data-value="{topics["roads"].pk}"' in response.content.decode()
    assert "红绿灯" not in response.request["PATH_INFO"] + response.request["QUERY_STRING"]
    assert sign_in(bureau.alice).post(reverse("contacts:topic-hints"), {"said": " "}).content.strip() == b""


def test_an_item_counts_under_one_topic_and_is_found_under_all(bureau, topics):
    item = factories.feedback(bureau.deputy, bureau.alice, DAY, text="停车位不够，路口拥堵。")
    page = reverse("contacts:feedback-topics", args=[item.pk])
    assert sign_in(bureau.alice).get(page).context["form"]["topic"].value() == topics["parking"].pk
    form = {"topic": topics["parking"].pk, "further": [topics["roads"].pk, topics["parking"].pk]}
    sign_in(bureau.alice).post(page, form)
    item.refresh_from_db()

    assert (item.topic, list(item.further_topics.all())) == (topics["parking"], [topics["roads"]])
    for topic, count in (("parking", 1), ("roads", 1), ("dogs", 0)):
        table = sign_in(bureau.alice).get("/feedback/", {"topic": topics[topic].pk}).context["table"]
        assert len(table.page.object_list) == count
    assert AuditEntry.objects.get(action="file feedback").after["further"] == [topics["roads"].pk]


# --- two that are one ----------------------------------------------------------------------------------------


def test_the_tree_is_a_tree_in_forms_in_the_list_and_in_its_filter(bureau, topics):
    for name in ("traffic", "roads", "parking", "dogs"):
        factories.feedback(bureau.deputy, bureau.alice, DAY, topic=topics[name])
    form = (
        sign_in(bureau.alice)
        .get(reverse("contacts:feedback-create", args=[bureau.deputy.pk]))
        .context["form"]
    )
    listed = sign_in(bureau.carol).get(reverse("contacts:topic-list")).context["topics"]
    found = sign_in(bureau.alice).get(reverse("contacts:feedback-list"), {"topic": topics["traffic"].pk})

    offered = [label for _pk, label in form.fields["topic"].choices]
    whole = offered.index("交通")
    assert offered[whole + 1 : whole + 3] == ["\u3000停车管理", "\u3000道路交通"]
    assert {topic.name: topic.said_in_all for topic in listed} == {
        "交通": 3,
        "道路交通": 1,
        "停车管理": 1,
        "养犬管理": 1,
    }
    assert {row.topic.name for row in found.context["table"].page.object_list.data} == {
        "交通",
        "道路交通",
        "停车管理",
    }


def test_everything_of_the_one_is_filed_under_the_other_then(bureau, topics):
    about, beside = (factories.feedback(bureau.deputy, bureau.alice, DAY) for _each in range(2))
    Feedback.objects.filter(pk=about.pk).update(topic=topics["parking"])
    Feedback.objects.filter(pk=beside.pk).update(topic=topics["roads"])
    beside.further_topics.add(topics["parking"])
    page = reverse("contacts:topic-merge", args=[topics["parking"].pk])
    sign_in(bureau.carol).post(page, {"into": topics["roads"].pk})

    roads = Topic.objects.get(name="道路交通")
    assert not Topic.objects.filter(name="停车管理").exists()
    assert set(roads.feedback.all()) == {about, beside}
    assert not beside.further_topics.exists()  # it counts there already
    assert [topic.name for topic in suggest("僵尸车")] == ["道路交通"]


def test_parts_hang_below_the_other_and_no_topic_becomes_a_part_of_its_part(bureau, topics):
    page = reverse("contacts:topic-merge", args=[topics["traffic"].pk])
    offered = sign_in(bureau.carol).get(page).context["form"].fields["into"].queryset
    assert set(offered) == {topics["dogs"]}

    sign_in(bureau.carol).post(page, {"into": topics["dogs"].pk})
    assert {topic.parent for topic in Topic.objects.exclude(pk=topics["dogs"].pk)} == {topics["dogs"]}


def test_what_has_parts_does_not_go_into_a_part(bureau, topics):
    other = Topic.objects.create(name="治安")
    Topic.objects.create(name="巡逻", parent=other)
    page = reverse("contacts:topic-merge", args=[other.pk])
    response = sign_in(bureau.carol).post(page, {"into": topics["roads"].pk})

    assert "Choose a topic above." in response.content.decode()
    assert Topic.objects.filter(name="治安").exists()


# --- alike ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("学校门口车辆乱停，建议增派警力", "学校门口早高峰车辆乱停，送学不便", True),
        ("学校门口车辆乱停", "养犬不牵绳，希望整治", False),
        ("The crossing needs a light.", "the crossing needs a LIGHT", True),
        ("", "x", False),
    ],
)
def test_two_texts_are_alike(one, other, alike):
    assert most_alike(one, [(1, other)], 3) == ([1] if alike else [])


@given(st.text(max_size=40), st.text(max_size=40))
def test_likeness_is_the_same_both_ways_and_one_of_a_text_with_itself(one, other):
    first, second = pairs(one), pairs(other)

    assert likeness(first, second) == likeness(second, first)
    assert 0 <= likeness(first, second) <= 1
    assert likeness(first, first) == (1 if first else 0)


def test_similar_open_items_are_offered_and_answered_separately(bureau):
    said = "学校门口车辆乱停，建议增派警力疏导"
    item = factories.feedback(bureau.deputy, bureau.alice, DAY, text=said)
    same = factories.feedback(bureau.deputy, bureau.alice, DAY, text=said + "。")
    factories.feedback(bureau.deputy, bureau.alice, DAY, text="养犬不牵绳")
    stranger = factories.stakeholder("李娜", bureau.other_station)
    factories.feedback(stranger, bureau.dan, DAY, text=said)
    page = reverse("contacts:feedback-detail", args=[item.pk])
    assert sign_in(bureau.alice).get(page).context["similar"] == [same]

    sign_in(bureau.alice).post(reverse("contacts:feedback-link", args=[item.pk]), {"other": same.number})
    assert sign_in(bureau.alice).get(page).context["similar"] == []  # they stand together
    same.refresh_from_db()
    assert same.state == "received"
