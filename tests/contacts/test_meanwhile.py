"""Two people edit one person at once: nothing of either is lost unseen."""

import datetime as dt
import re
import threading

import pytest
from django.db import connection
from django.urls import reverse

from contacts.editing import ChangedMeanwhile, save_person, shown
from contacts.merging import merge
from contacts.models import Actor, AuditEntry, ContactPhone, Seat, Stakeholder
from contacts.phones import Phone
from tests import factories
from tests.base import sign_in


def opened(client, person) -> dict[str, str]:
    """What a browser would send of the form as it opens."""
    page = client.get(reverse("contacts:stakeholder-update", args=[person.pk]))
    return filled(page)


def filled(page) -> dict[str, str]:
    form, seats = page.context["form"], page.context["seats"]
    fields = [
        field for one in (form, *seats, seats.management_form) for field in one if not field.field.disabled
    ]
    sent = {field.html_name: "" if (text := field.value()) is None else str(text) for field in fields}
    sent["opened"] = re.search(r'name="opened" value="([^"]+)"', page.content.decode())[1]
    return {
        name: text for name, text in sent.items() if not name.endswith("DELETE") or text in {"on", "True"}
    }


def save(client, person, form, **changes):
    return client.post(reverse("contacts:stakeholder-update", args=[person.pk]), form | changes)


@pytest.fixture
def carol(bureau):
    return sign_in(bureau.carol)


@pytest.fixture
def carl(bureau):
    return sign_in(bureau.carl)


@pytest.fixture
def deputy(bureau) -> Stakeholder:
    return bureau.deputy


def test_the_second_is_told_what_the_first_changed_and_loses_nothing(carol, carl, deputy):
    hers, his = opened(carol, deputy), opened(carl, deputy)
    assert save(carl, deputy, his, employer="第一棉纺厂", remark="moved").status_code == 302

    told = save(carol, deputy, hers, employer="第二棉纺厂", street="周庄镇")
    html = told.content.decode()
    deputy.refresh_from_db()
    assert (deputy.employer, deputy.street) == ("第一棉纺厂", "澄江镇")
    assert "Somebody changed this person while you typed" in html
    [employer, remark] = told.context["meanwhile"].changes
    assert (employer.was, employer.now, employer.typed) == ("澄江中学校长", "第一棉纺厂", "第二棉纺厂")
    assert (remark.was, remark.now, remark.typed) == ("", "moved", None)
    assert employer.entry.officer.name == "Carl"
    assert "Carl" in html
    again = filled(told)
    assert (again["employer"], again["street"], again["remark"]) == ("第二棉纺厂", "周庄镇", "moved")

    assert save(carol, deputy, again).status_code == 302
    deputy.refresh_from_db()
    assert (deputy.employer, deputy.street, deputy.remark) == ("第二棉纺厂", "周庄镇", "moved")


def test_numbers_that_the_first_added_stay_when_the_second_left_them_alone(carol, carl, deputy):
    hers, his = opened(carol, deputy), opened(carl, deputy)
    save(carl, deputy, his, numbers="13912345678\n0510-82705123")

    told = save(carol, deputy, hers, remark="hers")
    assert [change.label for change in told.context["meanwhile"].changes] == ["Phone numbers"]
    save(carol, deputy, filled(told))
    assert deputy.phones.count() == 2


def test_a_seat_is_compared_field_by_field(carol, carl, deputy):
    hers, his = opened(carol, deputy), opened(carl, deputy)
    save(carl, deputy, his, **{"seats-0-ended_on": "2026-12-31", "seats-0-body": "江阴市"})

    told = save(carol, deputy, hers, **{"seats-0-body": "江阴市人大", "seats-0-started_on": "2022-01-05"})
    assert {change.label for change in told.context["meanwhile"].changes} == {
        "district · deputy: body", "district · deputy: until",
    }  # fmt: skip
    save(carol, deputy, filled(told))
    seat = deputy.seats.get()
    assert (seat.body, seat.started_on, seat.ended_on) == (
        "江阴市人大", dt.date(2022, 1, 5), dt.date(2026, 12, 31),
    )  # fmt: skip


def test_a_seat_that_the_first_added_is_there_for_the_second(carol, carl, deputy):
    hers, his = opened(carol, deputy), opened(carl, deputy)
    save(carl, deputy, his, **{"seats-1-kind": "cppcc_member", "seats-1-level": "city"})

    new = {"seats-1-kind": "patrol_visitor", "seats-1-occupation": "teacher"}
    told = save(carol, deputy, hers, **new)
    [added] = told.context["meanwhile"].changes
    assert (added.label, added.now) == ("A seat added", "city · CPPCC member")
    save(carol, deputy, filled(told))
    assert sorted(deputy.seats.values_list("kind", flat=True)) == [
        "cppcc_member", "npc_deputy", "patrol_visitor",
    ]  # fmt: skip


@pytest.mark.parametrize(("typed", "seats"), [({}, 0), ({"seats-0-body": "江阴市人大"}, 1)])
def test_a_seat_that_the_first_took_away_comes_back_only_if_the_second_wrote_in_it(
    carol, carl, deputy, typed, seats
):
    hers, his = opened(carol, deputy), opened(carl, deputy)
    save(carl, deputy, his, **{"seats-0-DELETE": "on"})

    told = save(carol, deputy, hers, remark="hers", **typed)
    assert told.context["meanwhile"].changes[0].label == "A seat taken away"
    assert save(carol, deputy, filled(told)).status_code == 302
    assert deputy.seats.count() == seats


def test_what_was_typed_wrongly_stays_too(carol, carl, deputy):
    hers, his = opened(carol, deputy), opened(carl, deputy)
    save(carl, deputy, his, remark="his")

    told = save(carol, deputy, hers, birth_month="13", numbers="12")
    assert {"birth_month", "numbers"} <= set(told.context["form"].errors)
    again = filled(told)
    assert (again["birth_month"], again["numbers"], again["remark"]) == ("13", "12", "his")


def test_a_hand_over_meanwhile_keeps_its_unit(carol, bureau, deputy):
    hers = opened(carol, deputy)
    Stakeholder.objects.filter(pk=deputy.pk).update(unit=bureau.other_station)

    told = save(carol, deputy, hers, remark="hers")
    assert [change.now for change in told.context["meanwhile"].changes] == ["宜城派出所"]
    save(carol, deputy, filled(told))
    deputy.refresh_from_db()
    assert (deputy.unit, deputy.remark) == (bureau.other_station, "hers")


@pytest.mark.parametrize("opened_with", ["", "made up", None])
def test_without_what_it_was_opened_with_a_form_is_shown_again(carol, deputy, opened_with):
    form = opened(carol, deputy) | {"remark": "typed"}
    if opened_with is None:
        del form["opened"]
    else:
        form["opened"] = opened_with

    told = save(carol, deputy, form)
    assert "can not tell whether somebody changed" in told.content.decode()
    assert save(carol, deputy, filled(told)).status_code == 302
    deputy.refresh_from_db()
    assert deputy.remark == "typed"


def test_one_form_says_nothing_of_another_person(carol, deputy, bureau):
    other = factories.stakeholder("李娜", bureau.station)
    form = opened(carol, other) | {"name": "张伟", "remark": "typed"}

    told = save(carol, deputy, form)
    assert told.context["meanwhile"].lost
    assert save(carol, deputy, filled(told)).status_code == 302


def test_what_was_typed_of_somebody_who_was_merged_meanwhile_is_kept_for_who_they_became(
    carol, bureau, deputy
):
    twin = factories.stakeholder("张伟", bureau.station, employer="第一棉纺厂")
    same, own = [factories.seat(twin, level=level) for level in ("district", "township")]
    Seat.objects.filter(pk=same.pk).update(
        **deputy.seats.values("body", "term_number", "certificate", "started_on", "ended_on").get()
    )
    form = opened(carol, twin) | {"remark": "typed"}
    [row] = [
        key.removesuffix("-id") for key, text in form.items() if key.endswith("-id") and text == str(own.pk)
    ]
    form[f"{row}-body"] = "周庄镇"
    merge(deputy, twin, actor=Actor(bureau.carl), day=dt.date(2026, 11, 18))

    told = save(carol, twin, form)

    html = told.content.decode()
    assert f"This person was merged into {deputy.number} 张伟 meanwhile." in html
    assert f'action="{reverse("contacts:stakeholder-update", args=[deputy.pk])}"' in html
    [employer] = [change for change in told.context["meanwhile"].changes if change.was == "第一棉纺厂"]
    assert (employer.was, employer.now, employer.typed) == ("第一棉纺厂", "澄江中学校长", None)
    assert not told.context["form"].errors
    assert not told.context["seats"].total_error_count()
    assert AuditEntry.objects.filter(action="change stakeholder").count() == 0

    assert save(carol, deputy, filled(told)).url == deputy.get_absolute_url()
    deputy.refresh_from_db()
    assert (deputy.remark, deputy.employer) == ("typed", "澄江中学校长")
    assert deputy.seats.count() == 2
    assert deputy.seats.get(level="township").body == "周庄镇"


def test_the_number_of_who_was_merged_opens_the_form_of_who_they_became(carol, bureau, deputy):
    twin = factories.stakeholder("张伟", bureau.station)
    merge(deputy, twin, actor=Actor(bureau.carl), day=dt.date(2026, 11, 18))
    page = carol.get(reverse("contacts:stakeholder-update", args=[twin.pk]))
    assert page.url == reverse("contacts:stakeholder-update", args=[deputy.pk])


def test_who_was_merged_says_so_even_if_both_were_alike(carol, bureau):
    one, other = [factories.stakeholder("李娜", bureau.station) for _number in range(2)]
    form = opened(carol, other) | {"remark": "typed"}
    merge(one, other, actor=Actor(bureau.carl), day=dt.date(2026, 11, 18))

    told = save(carol, other, form)
    assert f"merged into {one.number}" in told.content.decode()
    assert save(carol, one, filled(told)).status_code == 302


def test_a_merge_between_the_look_and_the_lock_is_told_too(carol, bureau, deputy, monkeypatch):
    twin = factories.stakeholder("张伟", bureau.station)

    def after_carl(person, **wanted):
        monkeypatch.undo()
        merge(deputy, twin, actor=Actor(bureau.carl), day=dt.date(2026, 11, 18))
        return save_person(person, **wanted)

    form = opened(carol, twin) | {"remark": "typed"}
    monkeypatch.setattr("contacts.views.stakeholders.save_person", after_carl)
    assert f"merged into {deputy.number}" in save(carol, twin, form).content.decode()


def test_a_contact_or_a_look_at_the_numbers_changes_nothing(carol, bureau, deputy):
    form = opened(carol, deputy)
    AuditEntry.objects.record(Actor(bureau.bob), "reveal numbers", deputy)

    assert save(carol, deputy, form, remark="typed").status_code == 302


def test_opening_the_form_takes_as_many_queries_for_one_seat_as_for_many(
    carol, deputy, django_assert_max_num_queries
):
    for _number in range(8):
        factories.seat(deputy, "discipline_monitor")
    with django_assert_max_num_queries(14):
        opened(carol, deputy)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_of_two_who_save_at_the_same_moment_one_is_told():
    bureau = factories.small_bureau()
    person, start = bureau.deputy, threading.Barrier(2)
    before = shown(person)
    results: list[str] = []

    def save_as(officer, remark: str) -> None:
        mine = Stakeholder.objects.get(pk=person.pk)
        mine.remark = remark
        start.wait()
        try:
            save_person(mine, phones=[Phone("+8613912345678")], seats=[], opened=before, actor=Actor(officer))
            results.append("saved")
        except ChangedMeanwhile:
            results.append("told")
        finally:
            connection.close()

    threads = [
        threading.Thread(target=save_as, args=one) for one in ((bureau.carol, "x"), (bureau.carl, "y"))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["saved", "told"]
    assert AuditEntry.objects.filter(action="change stakeholder").count() == 1
    assert ContactPhone.objects.count() == 1
