"""A coordinator's and a leader's work on a phone: pair what is proposed, hand everybody over, name a stand-in."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from contacts.models import Handover, Pairing, StandIn
from tests import factories
from tests.browser.accessibility import accessibility_problems, excess_width
from tests.browser.conftest import PHONE


def fine(page) -> None:
    assert not accessibility_problems(page) + excess_width(page)


@pytest.mark.parametrize("script", [True, False], ids=["scripts", "no-scripts"])
def test_carl_ticks_the_proposals_and_pairs_them(open_page, bureau, script):
    people = [factories.stakeholder(name, bureau.station) for name in ("李娜", "王芳")]
    for person in people:
        factories.seat(person)
    page = open_page("/pairings/proposals/", officer=bureau.carl, size=PHONE, script=script)
    if script:
        page.get_by_label("Tick everybody on this page").check()
        fine(page)
    else:
        for name in ("李娜", "王芳"):
            page.get_by_label(name, exact=True).check()
    page.get_by_label("Officer for 王芳").select_option(bureau.lin.police_number)
    page.get_by_role("button", name="Pair the ticked").first.click()
    page.get_by_text("2 people are paired.").wait_for()

    paired = Pairing.objects.open(timezone.localdate()).filter(stakeholder__in=people)
    assert dict(paired.values_list("stakeholder__name", "officer__name")) == {"李娜": "Bob", "王芳": "Lin"}


def test_bob_hands_everybody_over_to_one_successor_and_reads_the_sheet(open_page, bureau):
    page = open_page("/officers/", officer=bureau.bob, size=PHONE)
    page.get_by_role("link", name="Hand over").click()
    page.get_by_label("Reason").fill("Moves to traffic")
    page.get_by_label("One successor for all").fill(f"{bureau.bob.police_number} Bob")
    fine(page)
    page.get_by_role("button", name="Hand over").click()
    page.get_by_role("heading", name="Hand-over sheet").wait_for()

    expect(page.get_by_text("1 person is handed over")).to_be_visible()
    expect(page.get_by_role("link", name="张伟")).to_be_visible()
    fine(page)
    assert Handover.objects.get().reason == "Moves to traffic"


def test_alice_names_a_stand_in_before_her_leave(open_page, bureau):
    page = open_page("/today/", officer=bureau.alice, size=PHONE)
    page.get_by_role("link", name="Stand-ins").click()
    page.get_by_label("Stand-in").fill("Bob")
    page.get_by_label("Until").fill(timezone.localdate().isoformat())
    page.get_by_role("button", name="Name a stand-in").click()
    page.get_by_text("Bob stands in for Alice").first.wait_for()

    fine(page)
    assert StandIn.objects.get().stand_in == bureau.bob
