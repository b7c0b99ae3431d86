"""Coming in, going out, and the password."""

import pytest
from django.test import Client

from contacts.models import AuditEntry
from tests.base import sign_in
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db


def attempt(client: Client, number: str, password: str = PASSWORD, **extra):
    return client.post("/sign-in/", {"username": number, "password": password}, **extra)


def trail() -> list[tuple[str, str | None, str]]:
    """Action, who, on whom, the oldest first."""
    entries = AuditEntry.objects.select_related("officer").order_by("pk")
    return [
        (entry.action, entry.officer.name if entry.officer else None, entry.object_text) for entry in entries
    ]


def test_it_lets_alice_in_by_police_number_and_records_it(client, bureau):
    response = attempt(client, bureau.alice.police_number, REMOTE_ADDR="10.1.2.3")

    assert response.status_code == 302
    assert response["Location"] == "/"
    assert trail() == [("sign in", "Alice", "Alice")]
    assert AuditEntry.objects.get().address == "10.1.2.3"


def test_it_reads_full_width_digits(client, bureau):
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in bureau.alice.police_number)
    assert attempt(client, wide).status_code == 302


def test_it_returns_to_the_page_that_was_asked_for_and_to_no_other_site(client, bureau):
    assert client.get("/settings/")["Location"] == "/sign-in/?next=/settings/"
    form = {"username": bureau.alice.police_number, "password": PASSWORD}
    assert client.post("/sign-in/", form | {"next": "/settings/"})["Location"] == "/settings/"
    assert Client().post("/sign-in/", form | {"next": "https://elsewhere.example/"})["Location"] == "/"


def test_a_wrong_password_stays_out_and_is_recorded_without_what_was_typed(client, bureau):
    response = attempt(client, bureau.alice.police_number, "my other password")

    assert response.status_code == 200
    assert trail() == [("failed sign-in", None, "Alice")]
    entry = AuditEntry.objects.get()
    assert "my other password" not in str([entry.before, entry.after, entry.reason, entry.object_text])


def test_an_unknown_number_gets_the_same_answer_as_a_wrong_password(client, bureau):
    known = attempt(client, bureau.alice.police_number, "wrong")
    unknown = attempt(client, "999999", "wrong")

    assert [*known.context["form"].non_field_errors()] == [*unknown.context["form"].non_field_errors()]
    assert trail()[-1] == ("failed sign-in", None, "")


def test_it_locks_after_five_failures_even_for_the_right_password(client, bureau):
    for _time in range(5):
        response = attempt(client, bureau.alice.police_number, "wrong")
    assert response.status_code == 429

    response = attempt(client, bureau.alice.police_number)
    assert response.status_code == 429
    assert "registration/locked_out.html" in [template.name for template in response.templates]
    assert "_auth_user_id" not in client.session
    assert trail()[-1] == ("locked sign-in", None, "Alice")


def test_a_lock_at_one_computer_leaves_others_alone(client, bureau):
    for _time in range(6):
        attempt(client, bureau.alice.police_number, "wrong", REMOTE_ADDR="10.0.0.1")

    assert attempt(client, bureau.alice.police_number, REMOTE_ADDR="10.0.0.2").status_code == 302
    assert attempt(Client(), bureau.dan.police_number, REMOTE_ADDR="10.0.0.1").status_code == 302


def test_it_keeps_out_who_is_not_active_and_ends_their_session(bureau):
    client = sign_in(bureau.alice)
    assert client.get("/settings/").status_code == 200

    bureau.alice.is_active = False
    bureau.alice.save()

    assert client.get("/settings/").status_code == 302
    assert attempt(Client(), bureau.alice.police_number).status_code == 200


def test_signing_out_is_a_post_and_is_recorded(bureau):
    client = sign_in(bureau.alice)
    assert client.get("/sign-out/").status_code == 405

    assert client.post("/sign-out/")["Location"] == "/sign-in/"
    assert trail() == [("sign out", "Alice", "Alice")]
    assert client.get("/settings/").status_code == 302


def test_signing_out_twice_records_it_once(bureau):
    client = sign_in(bureau.alice)
    client.post("/sign-out/")
    client.post("/sign-out/")
    assert len(trail()) == 1


def change(client: Client, old: str, new: str):
    return client.post("/password/", {"old_password": old, "new_password1": new, "new_password2": new})


def test_alice_changes_her_password_and_other_places_are_signed_out(bureau):
    here, there = sign_in(bureau.alice), sign_in(bureau.alice)

    assert change(here, PASSWORD, "a quiet river in spring").status_code == 302

    assert here.get("/settings/").status_code == 200
    assert there.get("/settings/").status_code == 302
    assert trail() == [("change password", "Alice", "Alice")]


@pytest.mark.parametrize("new", [PASSWORD, "short", "1234567890123", "password1234"])
def test_a_weak_or_unchanged_password_is_refused(bureau, new):
    client = sign_in(bureau.alice)
    assert change(client, PASSWORD, new).status_code == 200
    assert trail() == []


@pytest.fixture
def newcomer(bureau):
    bureau.alice.must_change_password = True
    bureau.alice.save()
    return bureau.alice


def test_nothing_opens_before_a_one_time_password_is_changed(newcomer):
    client = sign_in(newcomer)
    for path in ["/", "/settings/", "/more/"]:
        assert client.get(path)["Location"] == "/password/"
    assert client.get("/password/").status_code == 200
    assert client.post("/theme/", {"theme": "dark"}).status_code == 302


def test_everything_opens_once_it_is_changed(newcomer):
    client = sign_in(newcomer)
    change(client, PASSWORD, "a quiet river in spring")
    assert client.get("/settings/").status_code == 200
    newcomer.refresh_from_db()
    assert not newcomer.must_change_password


def test_an_expired_session_makes_htmx_load_the_sign_in_page_whole(client):
    response = client.get("/sign-in/", headers={"HX-Request": "true"})
    assert response["HX-Refresh"] == "true"
