"""Accounts and roles: who proposes does not decide, and nobody takes over those who watch them."""

import pytest
from django.test import Client

from contacts.models import AuditEntry, Officer, UnitRole
from tests.base import sign_in
from tests.factories import PASSWORD

REASON = {"reason": "moved to another post"}


@pytest.fixture
def sue(bureau) -> Client:
    return sign_in(bureau.sue)


@pytest.fixture
def sam(bureau) -> Client:
    return sign_in(bureau.sam)


def account(officer: Officer, deed: str = "") -> str:
    return f"/accounts/{officer.police_number}/{deed}"


def test_the_list_finds_by_name_number_unit_and_role(bureau, sue):
    def names(**query: str) -> list[str]:
        return [row.record.name for row in sue.get("/accounts/", query).context["table"].rows]

    assert len(names()) == Officer.objects.count()
    assert names(q="alice") == names(q=bureau.alice.police_number) == ["Alice"]
    assert names(unit=str(bureau.other_county.pk)) == ["Dan"]
    assert names(role="auditor") == ["Ann"]
    assert names(role="nonsense") == []


@pytest.mark.parametrize("name", ["alice", "bob", "carol", "sam", "ann", "lea"])
def test_only_the_system_administrator_sees_accounts(bureau, name):
    client = sign_in(getattr(bureau, name))
    for path in ["/accounts/", account(bureau.dan), account(bureau.dan, "password/")]:
        assert client.get(path).status_code == 403
    for deed in ["password/", "deactivate/", "activate/", ""]:
        assert client.post(account(bureau.dan, deed), REASON).status_code == 403
    bureau.dan.refresh_from_db()
    assert bureau.dan.is_active
    assert bureau.dan.check_password(PASSWORD)


def test_deactivating_asks_first_and_keeps_the_reason(bureau, sue):
    assert sue.get(account(bureau.dan, "deactivate/")).status_code == 200
    assert sue.post(account(bureau.dan, "deactivate/"), {"reason": ""}).status_code == 200
    bureau.dan.refresh_from_db()
    assert bureau.dan.is_active

    sue.post(account(bureau.dan, "deactivate/"), REASON)
    bureau.dan.refresh_from_db()
    assert not bureau.dan.is_active
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.officer, entry.reason) == ("deactivate account", bureau.sue, REASON["reason"])
    assert (entry.before, entry.after) == ({"is_active": True}, {"is_active": False})


def test_activating_sets_a_new_password_so_that_no_old_session_wakes_up(bureau, sue):
    dan = sign_in(bureau.dan)
    sue.post(account(bureau.dan, "deactivate/"), REASON)
    response = sue.post(account(bureau.dan, "activate/"), REASON)

    assert dan.get("/settings/").status_code == 302
    form = {"username": bureau.dan.police_number, "password": response.context["password"]}
    dan.post("/sign-in/", form)
    assert dan.get("/settings/")["Location"] == "/password/"


def test_a_one_time_password_is_shown_once_and_nowhere_kept(bureau, sue):
    response = sue.post(account(bureau.dan, "password/"), REASON)
    password = response.context["password"]

    assert password in response.content.decode()
    assert password not in sue.get(account(bureau.dan)).content.decode()
    bureau.dan.refresh_from_db()
    assert bureau.dan.check_password(password)
    assert bureau.dan.must_change_password
    entry = AuditEntry.objects.get()
    assert entry.action == "reset password"
    assert password not in str([entry.before, entry.after, entry.reason])


def test_she_can_not_shut_herself_out(bureau, sue):
    assert sue.post(account(bureau.sue, "deactivate/"), REASON).context["form"].non_field_errors()
    bureau.sue.refresh_from_db()
    assert bureau.sue.is_active


@pytest.mark.parametrize("watcher", ["sam", "ann"])
@pytest.mark.parametrize("deed", ["password/", "deactivate/"])
def test_she_can_not_take_over_those_who_watch_her(bureau, sue, watcher, deed):
    officer = getattr(bureau, watcher)
    assert sue.post(account(officer, deed), REASON).context["form"].non_field_errors()
    officer.refresh_from_db()
    assert officer.is_active
    assert officer.check_password(PASSWORD)
    assert not AuditEntry.objects.exists()


@pytest.fixture
def proposal(bureau, sue) -> UnitRole:
    form = {"role": "coordinator", "unit": bureau.county.pk, "reason": "takes over from Carl"}
    assert sue.post(account(bureau.alice), form).status_code == 302
    return UnitRole.objects.get(officer=bureau.alice)


def may_import(officer: Officer) -> bool:
    return Officer.objects.get(pk=officer.pk).rights.can["import_roster"]


def test_a_proposed_role_counts_only_once_it_is_approved(bureau, sam, proposal):
    assert not may_import(bureau.alice)
    sam.post(f"/roles/{proposal.pk}/approve/", REASON)
    assert may_import(bureau.alice)

    entries = AuditEntry.objects.order_by("pk")
    assert [(entry.action, entry.officer.name) for entry in entries] == [
        ("propose role", "Sue"),
        ("approve role", "Sam"),
    ]
    assert entries[0].after == {
        "officer": bureau.alice.police_number, "role": "coordinator", "unit": bureau.county.code
    }  # fmt: skip


def test_a_refused_role_can_not_be_approved_any_more(bureau, sam, proposal):
    sam.post(f"/roles/{proposal.pk}/refuse/", REASON)
    response = sam.post(f"/roles/{proposal.pk}/approve/", REASON)
    assert response.context["form"].non_field_errors()
    assert not may_import(bureau.alice)


def test_a_role_ends_at_once(bureau, sam):
    role = bureau.carol.roles.get()
    sam.post(f"/roles/{role.pk}/end/", REASON)
    assert not may_import(bureau.carol)
    assert AuditEntry.objects.get().before["role"] == "coordinator"


def test_who_proposes_can_not_approve(bureau, sue, proposal):
    assert sue.get("/roles/").status_code == 200
    for deed in ["approve", "refuse", "end"]:
        assert sue.post(f"/roles/{proposal.pk}/{deed}/", REASON).status_code == 403
    assert not may_import(bureau.alice)


def test_nobody_approves_a_role_for_themselves(bureau, sam):
    own = UnitRole.objects.create(
        officer=bureau.sam, unit=bureau.bureau, role="coordinator", proposed_by=bureau.sue
    )
    assert sam.post(f"/roles/{own.pk}/approve/", REASON).context["form"].non_field_errors()
    assert not may_import(bureau.sam)


@pytest.mark.parametrize(
    ("name", "role"), [("sam", "auditor"), ("ann", "system_admin"), ("carol", "coordinator")]
)
def test_a_role_held_or_excluded_by_another_is_refused_in_words(bureau, sue, name, role):
    officer = getattr(bureau, name)
    response = sue.post(account(officer), {"role": role, "unit": bureau.bureau.pk, "reason": "x"})
    assert response.context["form"].non_field_errors()
    assert officer.roles.count() == 1


@pytest.mark.parametrize("name", ["alice", "bob", "carol", "ann", "lea"])
def test_roles_are_for_the_two_administrators(bureau, proposal, name):
    client = sign_in(getattr(bureau, name))
    assert client.get("/roles/").status_code == 403
    assert client.post(f"/roles/{proposal.pk}/approve/", REASON).status_code == 403
