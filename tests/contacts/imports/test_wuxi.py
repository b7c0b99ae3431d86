"""The six files of a whole bureau, one after the other, once and again."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from contacts import pairing_proposals
from contacts.models import AuditEntry, ContactPhone, ImportBatch, Officer, Pairing, Seat, Stakeholder, Unit
from tests.contacts.imports import wuxi

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def reports(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, Any]]:
    """Everything imported once for the whole module, and taken back at its end."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield {name: wuxi.import_file(wuxi.FOLDER / name).as_json() for name in wuxi.FILES}
        transaction.set_rollback(True)


def flagged(report: dict[str, Any], code: str) -> set[tuple[str | None, int]]:
    return {(remark["sheet"], remark["row"]) for remark in report["flagged"] if remark["code"] == code}


def places(rows: list[dict[str, Any]]) -> list[tuple[str | None, int]]:
    return [(row["sheet"], row["row"]) for row in rows]


@pytest.mark.parametrize("name", wuxi.FILES)
def test_every_row_is_imported(reports: dict[str, Any], name: str) -> None:
    wanted, found = wuxi.expected()["files"][name], reports[name]
    assert found["rows"] == wanted["rows"]
    assert found["created"] == wanted.get("appointments", wanted["rows"])
    assert found["created"] + found["unchanged"] == found["rows"]
    assert found["rejected"] == []


@pytest.mark.parametrize("name", ["deputies.xlsx", "discipline_monitors.xlsx"])
def test_the_flags_are_those_expected(reports: dict[str, Any], name: str) -> None:
    wanted = wuxi.expected()["files"][name]
    codes = {code: set(places(found["rows"])) for code, found in wanted["issues"].items()}
    known = set(codes) | {"possible_duplicate", "typed_twice", "footer_total_differs"}
    assert {remark["code"] for remark in reports[name]["flagged"]} <= known
    for code, rows in codes.items():
        assert flagged(reports[name], code) == rows, code
    assert {sheet for sheet, _row in flagged(reports[name], "footer_total_differs")} == set(
        wanted.get("footer_total_differs", [])
    )


def test_the_29_who_may_be_the_same_are_flagged_and_nobody_else(reports: dict[str, Any]) -> None:
    found = flagged(reports["deputies.xlsx"], "possible_duplicate")
    duplicates = wuxi.expected()["files"]["deputies.xlsx"]["duplicates"]
    pairs = [places(group["rows"]) for group in duplicates["same_person"]["rows"]]
    assert len(pairs) == len(found) == 29
    assert all(later in found for _earlier, later in pairs)
    for kind, groups in duplicates["must_not_be_merged"].items():
        for group in groups["rows"]:
            assert not found & set(places(group["rows"])), (kind, group)


def test_the_17_who_stand_in_two_files_are_flagged_in_the_later_one(reports: dict[str, Any]) -> None:
    found = {
        (name, *place) for name in wuxi.ROSTERS[1:] for place in flagged(reports[name], "possible_duplicate")
    }
    across = {
        (row["file"], row["sheet"], row["row"])
        for person in wuxi.expected()["people_in_several_files"]["people"]
        for row in person["rows"]
        if row["file"] != "deputies.xlsx"
    }
    two_levels = {
        ("discipline_monitors.xlsx", *places(rows)[1])
        for rows in wuxi.expected()["files"]["discipline_monitors.xlsx"]["two_levels"]
    }
    assert len(across) == 17
    assert found == across | two_levels


def test_a_certificate_typed_twice_is_one_appointment(reports: dict[str, Any]) -> None:
    wanted = {places(rows)[1] for rows in wuxi.expected()["files"]["discipline_monitors.xlsx"]["typed_twice"]}
    assert flagged(reports["discipline_monitors.xlsx"], "typed_twice") == wanted


def test_what_is_stored_is_what_was_counted(reports: dict[str, Any]) -> None:
    files = wuxi.expected()["files"]
    assert Unit.objects.count() == 119
    assert Officer.objects.count() == 650
    assert Officer.objects.filter(email="").count() == files["officers.xlsx"]["without_email"]
    assert not any(officer.has_usable_password() for officer in Officer.objects.all()[:20])
    assert Stakeholder.objects.count() == Seat.objects.count() == 1761 + 20 + 30 + 2028
    for level, wanted in zip(("province", "city", "district", "township"), (96, 400, 705, 560), strict=True):
        assert Seat.objects.filter(level=level).count() == wanted
    deputies = ContactPhone.objects.filter(stakeholder__seats__kind__in=["npc_deputy", "cppcc_member"])
    assert deputies.filter(kind="mobile").count() == files["deputies.xlsx"]["phones"]["mobiles"]
    assert (
        deputies.exclude(extension="").count() == files["deputies.xlsx"]["phones"]["landlines_with_extension"]
    )
    pairing = files["deputies.xlsx"]["pairing"]
    assert Pairing.objects.count() == pairing["rows_with_a_known_officer"]
    assert Pairing.objects.values("officer").distinct().count() == pairing["officers_with_a_pairing"]
    assert set(Pairing.objects.values_list("started_on", flat=True)) == {wuxi.DAY}
    assert ImportBatch.objects.count() == 6


def test_everybody_who_was_added_has_an_entry_in_the_audit_trail(reports: dict[str, Any]) -> None:
    entries = AuditEntry.objects.filter(action="import", object_type="contacts.stakeholder")
    assert entries.values("object_id").distinct().count() == Stakeholder.objects.count()
    assert AuditEntry.objects.filter(action="pair").count() == Pairing.objects.count()


def test_importing_everything_again_changes_nothing(reports: dict[str, Any]) -> None:
    entries = AuditEntry.objects.exclude(action="import file").count()
    for name in wuxi.FILES:
        again = wuxi.import_file(wuxi.FOLDER / name).as_json()
        assert (again["created"], again["updated"], again["rejected"]) == (0, 0, [])
        assert again["unchanged"] == again["rows"]
        assert again["flagged"] == reports[name]["flagged"]
    assert AuditEntry.objects.exclude(action="import file").count() == entries


def test_each_proposal_names_an_officer_who_is_eligible(reports: dict[str, Any]) -> None:
    people = Stakeholder.objects.unpaired(wuxi.DAY).filter(seats__kind__in=["npc_deputy", "cppcc_member"])
    found = pairing_proposals.propose(people, wuxi.DAY)
    assert len(found) == 64  # 60 without an officer, 4 with an unknown one
    by_name = {proposal.stakeholder.name: proposal for proposal in found}
    nobody = 0
    for wanted in wuxi.expected()["files"]["deputies.xlsx"]["pairing"]["proposals"]:
        proposal = by_name[wanted["name"]]
        if wanted["needs_a_person_to_decide"]:
            assert proposal.officer is None
        if proposal.officer:
            assert proposal.officer.police_number in wanted["eligible_officers"], wanted["name"]
        nobody += proposal.officer is None
        assert proposal.why
    assert nobody == 3


def test_no_proposal_overloads_anybody(reports: dict[str, Any]) -> None:
    people = Stakeholder.objects.unpaired(wuxi.DAY).filter(seats__kind__in=["npc_deputy", "cppcc_member"])
    load: dict[int, int] = {}
    for proposal in pairing_proposals.propose(people, wuxi.DAY):
        if proposal.officer:
            load.setdefault(proposal.officer.pk, Pairing.objects.filter(officer=proposal.officer.pk).count())
            load[proposal.officer.pk] += 1
            assert load[proposal.officer.pk] <= pairing_proposals.CAPS[proposal.officer.post_class]
