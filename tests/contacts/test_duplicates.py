"""Pages and commands on which people who may be one are found, compared and decided about."""

import datetime as dt
import json
import threading
from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import connection
from django.urls import reverse

from contacts import duplicates, handling
from contacts.merging import merge
from contacts.models import Actor, AuditEntry, ContactRecord, Distinct, Merge, Pairing, Stakeholder
from tests import factories
from tests.base import sign_in
from tests.factories import Bureau

DAY = dt.date(2026, 11, 18)
MOBILE = "+8613912345678"


@pytest.fixture
def twin(bureau: Bureau) -> Stakeholder:
    """The deputy once more, whom Bob holds."""
    person = factories.stakeholder("张伟", bureau.station, mobile=MOBILE, street="周庄镇")
    factories.seat(person, level="township")
    factories.pairing(bureau.bob, person)
    return person


def page_of(one: Stakeholder, other: Stakeholder) -> str:
    return reverse("contacts:duplicate-detail", args=[one.pk, other.pk])


def form_for(deputy: Stakeholder, **wanted: object) -> dict:
    """As the page offers it, with a pairing chosen."""
    return {
        "survivor": deputy.pk, "employer": deputy.pk, "street": deputy.pk, "pairing": deputy.pairings.get().pk, "reason": "",
    } | wanted  # fmt: skip


# --- finding -------------------------------------------------------------------------------------------------


def test_the_list_names_both_with_the_reasons_their_seats_and_officers(bureau, twin) -> None:
    page = sign_in(bureau.carol).get(reverse("contacts:duplicate-list")).content.decode()
    for words in (
        bureau.deputy.number,
        twin.number,
        "the same mobile",
        "Alice",
        "Bob",
        "1 pair may be one person",
    ):
        assert words in page
    assert "possible duplicates" in sign_in(bureau.carol).get(reverse("schedules:overview")).content.decode()


def test_a_pair_of_which_one_is_out_of_reach_is_the_citys_alone(bureau) -> None:
    far = factories.stakeholder("张伟", bureau.other_station, mobile=MOBILE)
    assert [pair.second for pair in duplicates.find(bureau.carol).pairs] == [far.pk]
    assert duplicates.find(bureau.carl).pairs == []
    carl = sign_in(bureau.carl)
    for place in (
        reverse("contacts:duplicate-list"),
        reverse("contacts:stakeholder-duplicates", args=[bureau.deputy.pk]),
    ):
        assert far.number not in carl.get(place).content.decode()
    assert carl.get(page_of(bureau.deputy, far)).status_code == 404
    assert carl.post(reverse("contacts:duplicate-apart", args=[bureau.deputy.pk, far.pk])).status_code == 404
    assert Distinct.objects.count() == 0


@pytest.mark.parametrize(
    ("other", "likely"),
    [
        ({"mobile": MOBILE}, True),
        ({"mobile": MOBILE, "name": "李娜"}, False),
        ({"birth_year": 1965, "birth_month": 3, "employer": "澄江中学校长"}, True),
        ({"birth_year": 1965, "birth_month": 3, "employer": "澄江中学校长", "mobile": "+8613900000000"}, False),
        ({"birth_year": 1965, "birth_month": 3}, False),
        ({"birth_year": 1965, "employer": "澄江中学校长"}, False),
    ],
)  # fmt: skip
def test_two_are_likely_one_if_enough_agrees(bureau, other, likely) -> None:
    Stakeholder.objects.filter(pk=bureau.deputy.pk).update(birth_year=1965, birth_month=3)
    factories.stakeholder(**{"name": "张伟", "at": bureau.station} | other)
    assert bool(duplicates.find(None).pairs) is likely


def test_one_certificate_number_under_two_kinds_of_seat_is_evidence(bureau) -> None:
    other = factories.stakeholder("张伟", bureau.station)
    factories.seat(bureau.deputy, "discipline_monitor", "", certificate="2008-7")
    factories.seat(other, "patrol_visitor", "", certificate="2008-7")
    (pair,) = duplicates.find(None).pairs
    assert {one.code for one in pair.evidence} == {"same_name", "same_certificate"}


def test_a_number_that_half_a_town_shares_is_no_evidence(bureau) -> None:
    for _number in range(duplicates.CROWD + 1):
        factories.stakeholder("王芳", bureau.station, mobile="+8613900000000")
    assert duplicates.find(None).pairs == []


def test_more_than_can_be_looked_at_in_one_go_is_said(bureau, monkeypatch) -> None:
    monkeypatch.setattr(duplicates, "PAIRS", 2)
    for _number in range(4):
        factories.stakeholder("王芳", bureau.station, mobile="+8613900000000")
    found = duplicates.find(None)
    assert (len(found.pairs), found.more) == (2, True)


@pytest.mark.parametrize("number", [25, 300])
def test_the_pages_take_as_many_queries_for_many_pairs_as_for_few(
    bureau, twin, django_assert_max_num_queries, number
) -> None:
    for one in range(number):
        for level in ("city", "township"):
            person = factories.stakeholder(f"代表{one}", bureau.station, mobile=f"+86139{one:08d}")
            factories.seat(person, level=level)
            factories.pairing(bureau.alice, person)
    carl = sign_in(bureau.carl)
    with django_assert_max_num_queries(14):
        assert carl.get(reverse("contacts:duplicate-list")).status_code == 200
    with django_assert_max_num_queries(15):  # two people are asked for
        carl.get(page_of(bureau.deputy, twin))


# --- deciding ------------------------------------------------------------------------------------------------


def test_carl_merges_two_with_what_he_chose_and_goes_on_to_the_next_pair(bureau, twin) -> None:
    later = [factories.stakeholder("王芳", bureau.station, mobile="+8613900000000") for _number in range(2)]
    form = form_for(bureau.deputy, street=twin.pk, pairing=twin.pairings.get().pk, reason="one man")

    response = sign_in(bureau.carl).post(page_of(bureau.deputy, twin), form)

    assert response.url == page_of(*later)
    bureau.deputy.refresh_from_db()
    assert (bureau.deputy.street, bureau.deputy.employer) == ("周庄镇", "澄江中学校长")
    assert Pairing.objects.get(stakeholder=bureau.deputy, ended_on=None).officer == bureau.bob
    made = Merge.objects.get()
    assert (made.by, made.reason) == (bureau.carl, "one man")


def test_without_a_choice_between_two_officers_nothing_is_merged(bureau, twin) -> None:
    page = sign_in(bureau.carl).get(page_of(bureau.deputy, twin)).content.decode()
    assert "Who stays responsible?" in page
    form = form_for(bureau.deputy)
    del form["pairing"]
    response = sign_in(bureau.carl).post(page_of(bureau.deputy, twin), form)
    assert response.status_code == 200
    assert "This field is required." in response.content.decode()
    assert not Merge.objects.exists()


def test_a_merge_sent_twice_is_done_once_and_the_second_is_told(bureau, twin) -> None:
    carl, form = sign_in(bureau.carl), form_for(bureau.deputy)
    carl.post(page_of(bureau.deputy, twin), form)
    again = carl.post(page_of(bureau.deputy, twin), form, follow=True)
    assert "These two were merged already." in again.content.decode()
    assert Merge.objects.count() == 1


def test_not_the_same_is_never_asked_again_until_somebody_asks(bureau, twin) -> None:
    carl = sign_in(bureau.carl)
    carl.post(reverse("contacts:duplicate-apart", args=[bureau.deputy.pk, twin.pk]), {"reason": "cousins"})
    assert duplicates.find(bureau.carl).pairs == []
    mine = reverse("contacts:stakeholder-duplicates", args=[twin.pk])
    assert "cousins" in carl.get(mine).content.decode()
    assert "these two are not the same" in carl.get(page_of(bureau.deputy, twin)).content.decode()

    carl.post(reverse("contacts:duplicate-ask-again", args=[Distinct.objects.get().pk]))

    assert len(duplicates.find(bureau.carl).pairs) == 1
    assert set(AuditEntry.objects.values_list("action", flat=True)) >= {
        "keep people apart",
        "ask again about people",
    }


def test_a_merge_of_two_whom_somebody_just_kept_apart_is_refused_on_the_page(bureau, twin) -> None:
    duplicates.keep_apart(bureau.deputy, twin, actor=Actor(bureau.carol))
    response = sign_in(bureau.carl).post(page_of(bureau.deputy, twin), form_for(bureau.deputy))
    assert "Somebody decided that these two are not the same." in response.content.decode()


# --- the number of who was absorbed --------------------------------------------------------------------------


def test_the_old_address_leads_to_the_person_for_those_who_may_see_them(bureau, twin) -> None:
    merge(bureau.deputy, twin, pairing=bureau.deputy.pairings.get(), actor=Actor(bureau.carol), day=DAY)
    for who in (bureau.alice, bureau.carl, bureau.lea):
        assert sign_in(who).get(twin.get_absolute_url()).url == bureau.deputy.get_absolute_url()
        found = sign_in(who).get(reverse("contacts:search"), {"q": twin.number})
        assert found.url == bureau.deputy.get_absolute_url()
    assert sign_in(bureau.dan).get(twin.get_absolute_url()).status_code == 404


def test_what_was_typed_into_a_form_of_the_absorbed_is_not_lost(bureau, twin) -> None:
    """Bob had the form open on the phone while the two were merged."""
    merge(bureau.deputy, twin, pairing=twin.pairings.get(), actor=Actor(bureau.carol), day=DAY)
    form = {
        "outcome": "reached",
        "kind": "call",
        "day": "2026-11-17",
        "time": "09:00",
        "summary": "The bridge.",
    }
    sign_in(bureau.bob).post(reverse("contacts:record-create", args=[twin.pk]), form)
    assert ContactRecord.objects.get().stakeholder == bureau.deputy


# --- taking it back ------------------------------------------------------------------------------------------


def test_carl_sees_what_stays_and_takes_the_merge_back(bureau, twin) -> None:
    Stakeholder.objects.filter(pk=twin.pk).update(email="w@zhang.example")
    made = merge(
        bureau.deputy, twin, pairing=bureau.deputy.pairings.get(), actor=Actor(bureau.carol), day=DAY
    )
    Stakeholder.objects.filter(pk=bureau.deputy.pk).update(email="new@zhang.example")
    carl, undo = sign_in(bureau.carl), reverse("contacts:merge-undo", args=[made.pk])
    assert (
        undo in carl.get(reverse("contacts:stakeholder-duplicates", args=[bureau.deputy.pk])).content.decode()
    )
    assert "e-mail: w@zhang.example → new@zhang.example" in carl.get(undo).content.decode()
    assert Merge.objects.standing().exists()

    response = carl.post(undo, {"reason": "two cousins"})

    assert response.url == twin.get_absolute_url()
    assert [phone.e164 for phone in Stakeholder.objects.get(pk=twin.pk).phones.all()] == [MOBILE]
    assert Pairing.objects.get(stakeholder=twin).officer == bureau.bob
    assert carl.get(undo, follow=True).status_code == 200
    assert not Merge.objects.standing().exists()


def test_carl_is_told_that_pairings_stay_which_were_changed_since(bureau, twin) -> None:
    made = merge(bureau.deputy, twin, pairing=twin.pairings.get(), actor=Actor(bureau.carol), day=DAY)
    handling.pair(
        bureau.deputy, bureau.alice, on=DAY + dt.timedelta(days=1), actor=Actor(bureau.carol), reason="moved"
    )
    page = sign_in(bureau.carl).get(reverse("contacts:merge-undo", args=[made.pk])).content.decode()
    assert page.count("somebody pairs the other person again") == 1


def test_who_does_not_reach_the_absorbeds_unit_does_not_take_the_merge_back(bureau) -> None:
    far = factories.stakeholder("张伟", bureau.other_station, mobile=MOBILE)
    made = merge(bureau.deputy, far, actor=Actor(bureau.carol), day=DAY)
    undo = reverse("contacts:merge-undo", args=[made.pk])
    assert sign_in(bureau.carl).get(undo).status_code == 403
    mine = sign_in(bureau.carl).get(reverse("contacts:stakeholder-duplicates", args=[bureau.deputy.pk]))
    assert "coordinator can take this merge back." in mine.content.decode()
    assert sign_in(bureau.carol).get(undo).status_code == 200


# --- two at once ---------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
@pytest.mark.parametrize("crosswise", [False, True], ids=["the same pair", "each into the other"])
def test_of_two_coordinators_who_merge_at_once_one_wins_and_the_other_is_told(crosswise) -> None:
    bureau = factories.small_bureau()
    twin = factories.stakeholder("张伟", bureau.station, mobile=MOBILE)
    start, told = threading.Barrier(2), []

    def decide(one: Stakeholder, other: Stakeholder, who: object) -> None:
        start.wait()
        try:
            merge(one, other, actor=Actor(who), day=DAY)  # type: ignore[arg-type]
        except ValidationError as refused:
            told.append(" ".join(refused.messages))
        finally:
            connection.close()

    second = (twin, bureau.deputy) if crosswise else (bureau.deputy, twin)
    both = [
        threading.Thread(target=decide, args=(bureau.deputy, twin, bureau.carol)),
        threading.Thread(target=decide, args=(*second, bureau.carl)),
    ]
    for one in both:
        one.start()
    for one in both:
        one.join()

    assert Merge.objects.count() == 1
    assert Stakeholder.objects.count() == 1
    assert told == ["Somebody merged one of the two meanwhile, so nothing was changed. Look at the person."]


def test_who_merges_a_pair_that_another_merged_a_moment_ago_is_led_to_who_stays(
    bureau, twin, monkeypatch
) -> None:
    def after_carol(survivor: Stakeholder, absorbed: Stakeholder, **wanted) -> Merge:
        merge(twin, bureau.deputy, pairing=twin.pairings.get(), actor=Actor(bureau.carol), day=DAY)
        return merge(survivor, absorbed, **wanted)

    monkeypatch.setattr("contacts.views.duplicates.merge", after_carol)
    response = sign_in(bureau.carl).post(page_of(bureau.deputy, twin), form_for(bureau.deputy), follow=True)
    assert response.redirect_chain == [(twin.get_absolute_url(), 302)]
    assert "Somebody merged one of the two meanwhile" in response.content.decode()
    assert Merge.objects.count() == 1


def test_if_both_of_a_pair_are_gone_the_list_says_so(bureau, twin, monkeypatch) -> None:
    third = factories.stakeholder("张伟", bureau.station)

    def after_carol(survivor: Stakeholder, absorbed: Stakeholder, **wanted) -> Merge:
        for gone in (twin, bureau.deputy):
            Pairing.objects.filter(stakeholder=gone).delete()
            merge(third, gone, actor=Actor(bureau.carol), day=DAY)
        return merge(survivor, absorbed, **wanted)

    monkeypatch.setattr("contacts.views.duplicates.merge", after_carol)
    response = sign_in(bureau.carl).post(page_of(bureau.deputy, twin), form_for(bureau.deputy), follow=True)
    assert response.redirect_chain == [(reverse("contacts:duplicate-list"), 302)]
    assert "Somebody merged one of the two meanwhile" in response.content.decode()


@pytest.mark.parametrize("number", [10**11, 10**19, 10**22])
def test_a_number_too_long_for_anybody_is_nobodys(bureau, number) -> None:
    carol = sign_in(bureau.carol)
    for place in (
        reverse("contacts:stakeholder-detail", args=[number]),
        reverse("contacts:stakeholder-update", args=[number]),
        reverse("contacts:duplicate-detail", args=[number, bureau.deputy.pk]),
    ):
        assert carol.get(place).status_code == 404


# --- commands ------------------------------------------------------------------------------------------------


def run(*arguments: str) -> dict:
    out = StringIO()
    call_command(*arguments, "--json", stdout=out, stderr=StringIO())
    return json.loads(out.getvalue())


def test_the_commands_name_the_pairs_and_merge_one(bureau, twin) -> None:
    (pair,) = run("duplicates")["pairs"]
    assert (pair["first"], pair["second"], pair["score"]) == (bureau.deputy.number, twin.number, 6)
    assert pair["for"] == ["same_name", "same_mobile"]
    assert run("duplicates", "--weak") == {"pairs": [], "more": False}

    made = run(
        "merge_people",
        pair["first"],
        pair["second"],
        "--pairing",
        "absorbed",
        "--by",
        bureau.carl.police_number,
    )

    assert (made["survivor"], made["absorbed"]) == (bureau.deputy.number, twin.number)
    assert Merge.objects.get(pk=made["merge"]).by == bureau.carl
    assert Pairing.objects.get(stakeholder=bureau.deputy, ended_on=None).officer == bureau.bob


def test_a_merge_by_command_cuts_pairings_at_the_day_that_stands_for_today(bureau, twin) -> None:
    stays, goes = twin.pairings.get(), bureau.deputy.pairings.get()
    people = bureau.deputy.number, twin.number
    run("merge_people", *people, "--pairing", "absorbed", "--at", "2026-11-18T00:30")
    stays.refresh_from_db()
    goes.refresh_from_db()
    assert (stays.started_on, stays.ended_on) == (DAY, None)
    assert goes.ended_on == DAY - dt.timedelta(days=1)


@pytest.mark.parametrize(
    ("extra", "why"),
    [
        ([], "Say which pairing stays"),
        (["--pairing", "999999"], "Neither of the two has a pairing 999999."),
        (["--pairing", "survivor", "--by", "dan"], "Nobody within reach has the number"),
    ],
)
def test_what_is_refused_ends_with_exit_code_1_and_says_why(bureau, twin, extra, why) -> None:
    extra = [bureau.dan.police_number if word == "dan" else word for word in extra]
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command(
            "merge_people", bureau.deputy.number, twin.number, *extra, "--json", stdout=out, stderr=StringIO()
        )
    assert ended.value.code == 1
    assert why in json.loads(out.getvalue())["error"]
    assert not Merge.objects.exists()


def test_an_unknown_officer_is_wrong_usage(bureau) -> None:
    with pytest.raises(CommandError) as ended:
        call_command("duplicates", "--by", "999999")
    assert ended.value.returncode == 2
