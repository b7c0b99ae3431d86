"""Turning a term on the web: upload → who would stay, leave, come → decide → confirm → pair → take back."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from contacts.models import (
    AuditEntry,
    Officer,
    Pairing,
    Seat,
    Stakeholder,
    Turnover,
    TurnoverLine,
)
from contacts.turnover import deeds
from tests import factories
from tests.base import sign_in
from tests.contacts.turnover.scenes import begun, context, member, roster, row
from tests.factories import Bureau

pytestmark = pytest.mark.django_db
MOBILE, OTHER_MOBILE = "13900001001", "13900001002"
Queries = Callable


def upload(officer: Officer, unit, *rows: dict[str, str], **more: str) -> HttpResponse:
    form = {
        "kind": "npc_deputy", "level": "district", "unit": unit.pk, "term_number": "18", "starts_on": "2027-01-01",
        "file": roster(*rows),
    } | more  # fmt: skip
    return sign_in(officer).post(reverse("contacts:turnover-create"), form)


def post(officer: Officer, deed: str, turnover: Turnover, **form: object) -> HttpResponse:
    address = reverse(f"contacts:turnover-{deed}", args=[turnover.pk])
    return sign_in(officer).post(address, form, follow=True)


def page(officer: Officer, turnover: Turnover, **query: str) -> str:
    return sign_in(officer).get(turnover.get_absolute_url(), query).content.decode()


def test_an_upload_shows_everybody_in_their_group_and_changes_nothing(bureau: Bureau) -> None:
    stays = member("孙立", bureau.station, MOBILE, held_by=bureau.alice)
    factories.record(stays, bureau.alice, timezone.now(), promised="A map")
    factories.feedback(bureau.deputy, bureau.alice, timezone.localdate())
    answer = upload(
        bureau.carl, bureau.county, row("孙立", MOBILE), row("李娜", OTHER_MOBILE), row("周平", 层级="市")
    )
    turnover = Turnover.objects.get()
    assert answer.url == turnover.get_absolute_url()
    shown = page(bureau.carl, turnover)
    assert "Holds a seat here and is in the new roster." in shown
    assert "Nobody here is this person." in shown
    assert "is another level; the term of district or county is being turned" in shown
    assert "1 promise open" in shown
    assert "2021-12-01 – 2026-12-31 → 2027-01-01 – …" in shown
    ended = page(bureau.carl, turnover, group="ended")
    assert "张伟" in ended
    assert "1 opinion open" in ended
    assert "孙立" not in ended
    assert not Stakeholder.objects.filter(name="李娜").exists()


def test_what_can_not_be_read_is_said_at_the_field_and_nothing_typed_is_lost(bureau: Bureau) -> None:
    answer = upload(bureau.carl, bureau.county, {"some": "thing"}, ends_on="2026-12-31", body="江阴市人大")
    form = answer.context["form"]
    assert form.errors.keys() == {"ends_on"}
    assert form["body"].value() == "江阴市人大"
    answer = upload(bureau.carl, bureau.county, {"some": "thing"})
    assert "No row with the expected headers was found" in answer.context["form"].errors["file"][0]
    assert not Turnover.objects.exists()


def kept_files() -> list[str]:
    return [path.name for path in Path(default_storage.location).rglob("*") if path.is_file()]


def test_a_roster_sent_twice_leads_to_the_one_that_waits(bureau: Bureau) -> None:
    upload(bureau.carl, bureau.county, row("李娜", MOBILE))
    turnover, files = Turnover.objects.get(), kept_files()
    again = upload(bureau.carl, bureau.county, row("李娜", MOBILE))
    assert again.url == turnover.get_absolute_url()
    assert Turnover.objects.get() == turnover
    assert kept_files() == files
    assert AuditEntry.objects.filter(action="check turnover").count() == 1

    upload(bureau.carl, bureau.county, row("李娜", MOBILE), body="江阴市人大")
    assert Turnover.objects.count() == 2  # another body
    post(bureau.carl, "drop", turnover)
    upload(bureau.carl, bureau.county, row("李娜", MOBILE))
    assert Turnover.objects.count() == 3  # the first one waits no more


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_of_two_uploads_at_once_one_waits() -> None:
    bureau = factories.small_bureau()
    together = threading.Barrier(2)

    def send() -> None:
        try:
            together.wait(30)
            upload(bureau.carl, bureau.county, row("李娜", MOBILE))
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert Turnover.objects.count() == 1


def test_a_unit_beyond_reach_is_not_among_the_choices(bureau: Bureau) -> None:
    answer = upload(bureau.carl, bureau.other_county, row("孙立"))
    assert answer.context["form"].errors.keys() == {"unit"}
    member("孙立", bureau.other_station, body="宜兴市人大")
    assert "宜兴市人大" not in sign_in(bureau.carl).get(reverse("contacts:turnover-create")).content.decode()


def test_doubtful_rows_are_decided_before_anything_is_done(bureau: Bureau) -> None:
    person = member("孙立", bureau.station, MOBILE)
    member("周平", bureau.station, "13900004444")
    turnover = begun(bureau.carl, bureau.county, row("孙立", OTHER_MOBILE), row("周平", "13900005555"))
    one, two = turnover.lines.filter(group="doubtful")
    answer = post(bureau.carl, "confirm", turnover, **{f"choice-{one.pk}": "same"})
    assert answer.status_code == 422
    shown = answer.content.decode()
    assert "Decide about each doubtful row first" in shown
    assert f'name="choice-{one.pk}" value="same" checked' in shown
    assert not Seat.objects.filter(term_number=18).exists()

    post(bureau.carl, "confirm", turnover, **{f"choice-{one.pk}": "same", f"choice-{two.pk}": "new"})
    assert person.seats.filter(term_number=18).exists()
    assert Stakeholder.objects.filter(name="周平").count() == 2


def test_what_changed_meanwhile_is_shown_instead_of_done(bureau: Bureau) -> None:
    member("孙立", bureau.station, MOBILE)
    turnover = begun(bureau.carl, bureau.county, row("李娜", OTHER_MOBILE))
    member("吴敏", bureau.station)
    shown = post(bureau.carl, "confirm", turnover).content.decode()
    assert "Changed since it was shown" in shown
    assert "吴敏: not there → ended" in shown
    assert not Stakeholder.objects.filter(name="李娜").exists()
    post(bureau.carl, "confirm", turnover)
    assert Stakeholder.objects.filter(name="李娜").exists()


def test_who_is_new_is_paired_from_the_result_page(bureau: Bureau) -> None:
    Officer.objects.filter(pk=bureau.bob.pk).update(post_class="station_leader")
    turnover = begun(bureau.carl, bureau.county, row("李娜", MOBILE), row("周平", OTHER_MOBILE))
    shown = post(bureau.carl, "confirm", turnover).content.decode()
    person = Stakeholder.objects.get(name="李娜")
    assert f'value="{person.pk}:{bureau.bob.pk}" checked' in shown

    answer = post(bureau.carl, "pair", turnover, pair=[f"{person.pk}:{bureau.bob.pk}", "x:y", "7"])
    assert "1 person is paired." in answer.content.decode()
    pairing = Pairing.objects.get(stakeholder=person)
    assert (pairing.officer, pairing.started_on) == (
        bureau.bob,
        max(turnover.starts_on, timezone.localdate()),
    )
    again = post(bureau.carl, "pair", turnover, pair=[f"{person.pk}:{bureau.bob.pk}"]).content.decode()
    assert "1 person was left alone" in again


def test_nobody_beyond_reach_is_paired_or_proposed(bureau: Bureau) -> None:
    Officer.objects.update(post_class="community_officer")
    Officer.objects.filter(pk=bureau.lea.pk).update(post_class="department_head")
    turnover = begun(bureau.carl, bureau.county, row("李娜", MOBILE, 层级="市"), level="city")
    shown = post(bureau.carl, "confirm", turnover).content.decode()
    assert "Lea" not in shown
    person = Stakeholder.objects.get(name="李娜")
    post(
        bureau.carl,
        "pair",
        turnover,
        pair=[f"{person.pk}:{bureau.lea.pk}", f"{bureau.deputy.pk}:{bureau.bob.pk}"],
    )
    assert list(Pairing.objects.values_list("officer", flat=True)) == [bureau.alice.pk]


def test_taking_back_shows_first_what_would_happen(bureau: Bureau) -> None:
    turnover = begun(bureau.carl, bureau.county, row("李娜", MOBILE), row("周平", OTHER_MOBILE))
    post(bureau.carl, "confirm", turnover)
    person = Stakeholder.objects.get(name="李娜")
    factories.record(person, bureau.alice, timezone.now())

    shown = post(bureau.carl, "take-back", turnover).content.decode()
    assert "2 people go back to how they were" in shown  # 周平 and the deputy
    assert "1 was touched since" in shown
    assert "1 contact record hangs on it now" in shown
    assert Stakeholder.objects.filter(name="周平").exists()

    done = post(bureau.carl, "take-back", turnover, confirmed="yes").content.decode()
    assert "These stay as they are" in done
    assert "李娜" in done
    assert not Stakeholder.objects.filter(name="周平").exists()
    again = post(bureau.carl, "take-back", turnover, confirmed="yes").content.decode()
    assert "was taken back already" in again
    assert AuditEntry.objects.filter(action="take back turnover").count() == 1


def test_who_was_handed_over_since_stays_and_both_pages_say_why(bureau: Bureau) -> None:
    turnover = begun(bureau.carl, bureau.county, row("李娜", MOBILE))
    post(bureau.carl, "confirm", turnover)
    factories.handover(bureau.alice, {Stakeholder.objects.get(name="李娜"): bureau.bob}, timezone.localdate())

    shown = post(bureau.carl, "take-back", turnover).content.decode()
    assert "other entries refer to it now" in shown
    post(bureau.carl, "take-back", turnover, confirmed="yes")
    assert "other entries refer to it now" in page(bureau.carl, turnover)


def test_of_who_moved_out_of_reach_no_values_are_told(bureau: Bureau) -> None:
    turnover = begun(bureau.carl, bureau.county, row("李娜", MOBILE))
    post(bureau.carl, "confirm", turnover)
    Stakeholder.objects.filter(name="李娜").update(unit=bureau.other_station, employer="某厂")

    answer = post(bureau.carl, "take-back", turnover)
    said = [why for _person, why in answer.context["kept"]]
    assert said == [["It belongs to a unit that you do not coordinate."]]
    assert "某厂" not in answer.content.decode()
    post(bureau.carl, "take-back", turnover, confirmed="yes")
    everything = page(bureau.carol, turnover)
    assert "It belongs to a unit that you do not coordinate." in everything
    assert str(bureau.other_station) in everything


def test_a_county_coordinator_sees_no_turnover_of_the_bureau(bureau: Bureau) -> None:
    turnover = begun(bureau.carol, bureau.bureau, row("李娜", MOBILE))
    client = sign_in(bureau.carl)
    assert client.get(turnover.get_absolute_url()).status_code == 404
    for deed in ("confirm", "drop", "pair", "take-back"):
        assert client.post(reverse(f"contacts:turnover-{deed}", args=[turnover.pk])).status_code == 404
    assert "No term has been turned here." in client.get(reverse("contacts:turnover-list")).content.decode()


def test_its_file_is_none_of_the_imports(bureau: Bureau) -> None:
    turnover = begun(bureau.carl, bureau.county, row("李娜", MOBILE))
    client = sign_in(bureau.carl)
    assert "roster.csv" not in client.get(reverse("contacts:import-list")).content.decode()
    assert client.post(reverse("contacts:import-confirm", args=[turnover.batch_id])).status_code == 404


@pytest.mark.parametrize("count", [10, 600])
def test_a_long_roster_takes_as_many_queries_as_a_short_one(
    bureau: Bureau, django_assert_max_num_queries: Queries, count: int
) -> None:
    turnover = begun(bureau.carol, bureau.county, row("李娜", MOBILE))
    TurnoverLine.objects.bulk_create(
        TurnoverLine(turnover=turnover, group="continuing", name=f"{n}", number=n, stakeholder=bureau.deputy)
        for n in range(count)
    )
    client = sign_in(bureau.carol)
    with django_assert_max_num_queries(14):
        client.get(turnover.get_absolute_url())


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_of_two_confirmations_at_once_one_wins() -> None:
    bureau = factories.small_bureau()
    turnover = begun(bureau.carol, bureau.county, row("李娜", MOBILE))
    together = threading.Barrier(2)
    answers: list[object] = []

    def confirm() -> None:
        try:
            mine = Turnover.objects.select_related("batch", "unit").get(pk=turnover.pk)
            asked = context(bureau.carol)
            together.wait(30)
            answers.append(deeds.confirm(mine, {}, asked))
        finally:
            connection.close()

    threads = [threading.Thread(target=confirm) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(map(str, answers)) == ["None", "[]"]
    assert Stakeholder.objects.filter(name="李娜").count() == 1
    assert Seat.objects.filter(term_number=18).count() == 1


def test_a_deed_needs_a_form_sent(bureau: Bureau) -> None:
    turnover = begun(bureau.carol, bureau.county, row("李娜", MOBILE))
    client: Client = sign_in(bureau.carol)
    for deed in ("confirm", "drop", "pair", "take-back"):
        assert client.get(reverse(f"contacts:turnover-{deed}", args=[turnover.pk])).status_code == 405
