"""What did not arrive, or may not have: who sees it, and sending it again (R11)."""

import datetime as dt

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.urls import reverse

from contacts.models import Actor, AuditEntry
from schedules import notices
from schedules.models import Delivery, NoticeLine
from schedules.notices.resending import resend
from tests import factories
from tests.base import sign_in
from tests.schedules.scenes import at, day, moment, owe

NOW = at("2026-11-18 10:30")  # a Wednesday
LIST, AGAIN = "/messages/", "/messages/send-again/"


@pytest.fixture(autouse=True)
def _at_a_known_time(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def dead(bureau):
    """To Alice, about the deputy; given up."""
    found = factories.delivery(
        bureau.alice, NOW - dt.timedelta(hours=2), state="dead", attempts=3, last_error="550 no such mailbox"
    )
    owed = owe(bureau.deputy, planned_on=day("2026-11-18"))
    NoticeLine.objects.create(notice=found.notice, recipient=bureau.alice, obligation=owed, stage="planned")
    return found


@pytest.fixture
def unknown(bureau):
    """To Dan, of the other county."""
    lease = NOW + dt.timedelta(minutes=10)
    return factories.delivery(bureau.dan, NOW, state="unknown", attempts=1, lease_until=lease)


def states() -> dict[str, str]:
    return dict(Delivery.objects.values_list("notice__officer__name", "state"))


def page(who, address: str = LIST) -> str:
    return sign_in(who).get(address).content.decode()


# --- the list ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "seen"), [("carol", {"Alice", "Dan"}), ("sue", {"Alice", "Dan"}), ("carl", {"Alice"})]
)
def test_the_coordinator_sees_those_of_their_units_and_the_administrator_all(
    bureau, dead, unknown, who, seen
):
    text = page(getattr(bureau, who))
    assert {name for name in ("Alice", "Dan") if f'aria-label="{name}"' in text} == seen


@pytest.mark.parametrize("who", ["alice", "bob", "lin", "lea", "sam", "ann", "rita"])
def test_nobody_else_sees_any(bureau, dead, who):
    client = sign_in(getattr(bureau, who))
    assert client.get(LIST).status_code == client.get(AGAIN).status_code == 403


def test_it_says_why_and_when_it_is_tried_next_and_nobody_s_contact(bureau, dead, unknown):
    text = page(bureau.carol)
    assert "550 no such mailbox" in text
    assert "2026-11-18 10:40" in text
    assert "张伟" not in text


def test_what_waits_or_was_sent_is_not_there(bureau):
    factories.delivery(bureau.alice, NOW, attempts=2)
    factories.delivery(bureau.dan, NOW, state="sent")
    assert "Nothing that fits was left undelivered" in page(bureau.carol)
    assert "With those that are ticked" not in page(bureau.carol)


@pytest.mark.parametrize(
    ("asked", "seen"),
    [
        ("?state=dead", {"Alice"}),
        ("?state=unknown", {"Dan"}),
        ("?q=dan", {"Dan"}),
        ("?unit=320282000000", {"Dan"}),
        ("?channel=email", {"Alice", "Dan"}),
    ],
)
@pytest.mark.parametrize("who", ["carol", "sue"])
def test_it_can_be_filtered(bureau, dead, unknown, who, asked, seen):
    text = page(getattr(bureau, who), f"{LIST}{asked}")
    assert {name for name in ("Alice", "Dan") if f'aria-label="{name}"' in text} == seen


def test_an_administrator_is_not_led_to_what_is_for_coordinators(bureau, dead):
    text = page(bureau.sue)
    for name in ("contacts:list-columns", "contacts:view-create"):
        assert reverse(name, args=["deliveries"]) not in text
        assert reverse(name, args=["deliveries"]) in page(bureau.carol)


@pytest.mark.parametrize(("who", "offered"), [("carol", True), ("carl", True), ("sue", False)])
def test_a_coordinator_can_export_what_it_shows(bureau, dead, unknown, who, offered):
    address = "/export/deliveries.csv"
    assert (address in page(getattr(bureau, who))) is offered
    assert "Only people whom you are responsible for" not in page(getattr(bureau, who))
    if offered:
        file = b"".join(sign_in(getattr(bureau, who)).get(address)).decode()
        assert ("Dan" in file) is (who == "carol")
        assert "550 no such mailbox" in file


def test_an_officer_exports_none(bureau, dead):
    assert "550" not in b"".join(sign_in(bureau.alice).get("/export/deliveries.csv")).decode()


def test_the_numbers_of_the_overview_lead_to_it(bureau, dead, unknown):
    text = page(bureau.carol, "/overview/")
    assert f'href="{LIST}?state=dead"><b>1</b>' in text
    assert f'href="{LIST}?state=unknown"><b>1</b>' in text
    assert f'href="{LIST}?state=unknown"><b>0</b>' in page(bureau.carl, "/overview/")


# --- sending again -------------------------------------------------------------------------------------------


def test_one_is_sent_again_after_it_was_asked_for(bureau, dead, unknown):
    client = sign_in(bureau.carl)
    asking = client.get(AGAIN, {"pick": dead.pk})
    assert "Send 1 message again?" in asking.content.decode()
    assert states() == {"Alice": "dead", "Dan": "unknown"}
    answer = client.post(AGAIN, {"deliveries": str(dead.pk), "filter": "state=dead"}, follow=True)
    assert answer.redirect_chain == [(f"{LIST}?state=dead", 302)]
    assert "1 message is sent again." in answer.content.decode()
    assert states() == {"Alice": "pending", "Dan": "unknown"}


def test_all_that_the_filter_shows_are_those_of_which_the_page_spoke(bureau, dead, unknown):
    client = sign_in(bureau.carol)
    form = client.get(AGAIN, {"all": "yes", "filter": "state=unknown"}).context["form"]
    factories.delivery(bureau.bob, NOW, state="unknown")  # came since
    client.post(AGAIN, {"deliveries": form["deliveries"].value(), "filter": form["filter"].value()})
    assert states() == {"Alice": "dead", "Dan": "pending", "Bob": "unknown"}


def test_what_is_another_county_s_is_left_alone(bureau, dead, unknown):
    client = sign_in(bureau.carl)
    keys = f"{dead.pk},{unknown.pk}"
    assert "Send 1 message again?" in client.get(AGAIN, {"pick": keys.split(",")}).content.decode()
    client.post(AGAIN, {"deliveries": keys})
    assert states() == {"Alice": "pending", "Dan": "unknown"}


@pytest.mark.parametrize("asked", [{}, {"pick": "x"}, {"all": "yes", "filter": "state=nonsense"}])
def test_without_a_tick_one_is_told_so(bureau, dead, asked):
    answer = sign_in(bureau.carol).get(AGAIN, asked, follow=True)
    assert "No message was ticked" in answer.content.decode()


def test_it_leaves_an_entry(bureau, dead):
    sign_in(bureau.sue).post(AGAIN, {"deliveries": str(dead.pk)})
    entry = AuditEntry.objects.get(action="send again")
    assert (entry.officer, entry.object_id) == (bureau.sue, str(dead.pk))
    assert entry.before["state"] == "dead"


def test_it_goes_out_under_the_same_id(bureau, dead):
    resend(dead, actor=Actor(bureau.carol), now=NOW)
    assert notices.deliver(moment("2026-11-18 10:31")).sent == 1
    assert [message.message()["Message-ID"] for message in mail.outbox] == [dead.message_id]
    found = Delivery.objects.get()
    assert (found.state, found.attempts) == ("sent", 1)


def test_what_matters_no_more_does_not_go_out(bureau, dead):
    factories.record(bureau.deputy, bureau.alice, at("2026-11-18 09:30"))
    resend(dead, actor=Actor(bureau.carol), now=NOW)
    assert notices.deliver(moment("2026-11-18 10:31")).sent == 0
    assert states() == {"Alice": "cancelled"}


def test_twice_is_once(bureau, dead):
    resend(dead, actor=Actor(bureau.carol), now=NOW)
    with pytest.raises(ValidationError):
        resend(dead, actor=Actor(bureau.carol), now=NOW)
    assert AuditEntry.objects.filter(action="send again").count() == 1


@pytest.mark.parametrize("state", ["pending", "claimed", "sending", "sent", "superseded", "cancelled"])
def test_what_did_not_fail_is_left_alone(bureau, state):
    found = factories.delivery(bureau.alice, NOW, state=state)
    with pytest.raises(ValidationError):
        resend(found, actor=Actor(bureau.carol), now=NOW)
    assert states() == {"Alice": state}


def test_a_worker_that_has_it_under_a_lease_lets_it_go(bureau, unknown):
    """It claimed what is unknown and has not begun; its claim holds no longer."""
    resend(unknown, actor=Actor(bureau.carol), now=NOW)
    found = Delivery.objects.get()
    assert found.lease_until is found.claim_token is None
    assert found.next_attempt_at == NOW
