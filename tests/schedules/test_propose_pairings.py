"""`propose_pairings`: an officer for everyone unpaired whom a policy in force covers."""

import datetime as dt
import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from contacts.models import AuditEntry, Pairing, Stakeholder
from tests import factories
from tests.factories import Bureau

pytestmark = pytest.mark.django_db
AT = "2026-03-01"


def proposed(*args: str) -> dict[str, Any]:
    out = StringIO()
    call_command("propose_pairings", "--json", f"--at={AT}", *args, stdout=out, stderr=StringIO())
    return {one["stakeholder"]: one for one in json.loads(out.getvalue())["proposed"]}


def unpaired(bureau: Bureau, level: str, **fields: Any) -> Stakeholder:
    person = factories.stakeholder("李强", fields.pop("at", bureau.station), **fields)
    factories.seat(person, level=level)
    return person


@pytest.mark.parametrize(
    ("level", "who"), [("province", "lea"), ("city", "lin"), ("district", "bob"), ("township", "alice")]
)
def test_the_level_decides_the_rank_and_the_place_the_officer(bureau: Bureau, level: str, who: str) -> None:
    officer = getattr(bureau, who)
    person = unpaired(bureau, level)
    found = proposed()[person.number]
    assert found["officer"] == officer.police_number
    assert found["why"]


def test_only_those_without_an_officer_whom_a_policy_covers_are_proposed_for(bureau: Bureau) -> None:
    over = factories.stakeholder("周平", bureau.station)
    factories.seat(over, level="township", ended_on=dt.date(2026, 2, 28))
    monitor = factories.stakeholder("吴敏", bureau.station)
    factories.seat(monitor, kind="discipline_monitor", level="")
    person = unpaired(bureau, "township")
    assert set(proposed()) == {person.number}


def test_where_nobody_has_room_or_is_near_a_person_must_decide(bureau: Bureau) -> None:
    for number in range(2):  # with the one she holds, Alice holds as many as she can
        factories.pairing(bureau.alice, factories.stakeholder(f"郑{number}", bureau.station))
    full = unpaired(bureau, "township")
    lost = unpaired(bureau, "township", at=bureau.bureau)
    found = proposed()
    assert (found[full.number]["officer"], found[lost.number]["officer"]) == (None, None)
    assert found[full.number]["why"] != found[lost.number]["why"]


def test_the_street_places_whom_no_unit_places(bureau: Bureau) -> None:
    person = unpaired(bureau, "township", at=bureau.bureau, street="澄江镇")
    assert proposed()[person.number]["officer"] == bureau.alice.police_number


def test_a_unit_bounds_whom_it_is_about(bureau: Bureau) -> None:
    here, there = unpaired(bureau, "district"), unpaired(bureau, "district", at=bureau.other_station)
    assert set(proposed(f"--unit={bureau.county.code}")) == {here.number}
    assert set(proposed()) == {here.number, there.number}
    with pytest.raises(CommandError):
        proposed("--unit=nowhere")


def test_applying_pairs_them_from_that_day(bureau: Bureau) -> None:
    person = unpaired(bureau, "township")
    proposed()
    assert not Pairing.objects.filter(stakeholder=person).exists()
    proposed("--apply")
    pairing = Pairing.objects.get(stakeholder=person)
    assert (pairing.officer, pairing.started_on) == (bureau.alice, dt.date(2026, 3, 1))
    assert AuditEntry.objects.get(action="pair").via == "propose_pairings"
    assert proposed() == {}
