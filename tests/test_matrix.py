"""The matrix of the design, held over every address and every kind of officer: 200 or a redirect where it gives the
right, 403 where one sees the thing without it, 404 where the thing does not exist for one, the sign-in page for strangers.
"""

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from django.urls import reverse

from tests import pages, things
from tests.base import sign_in
from tests.pages import PAGES, PEOPLE, Page, cells

OWNERS = {"private": "alice", "private to carl": "carl", "private to rita": "rita"}
DONE, FORBIDDEN, ABSENT = "done", 403, 404


def expected(page: Page, who: str) -> str | int:
    owner = OWNERS.get(page.about, who)
    if who != owner and (not page.row or cells(page.row, who)):
        return ABSENT
    if not page.row:
        return DONE
    held = cells(page.row, who)
    if not held:
        return FORBIDDEN
    if not page.about or page.about in OWNERS or reaches(held, page.about, who):
        return DONE
    return FORBIDDEN if reaches(cells("see the roster", who), page.about, who) else ABSENT


def reaches(held: set[str], about: str, who: str) -> bool:
    """Does a cell reach Alice's deputy, Alice, her station, her county, or what the county's coordinator imported?"""
    if "A" in held:
        return True
    above = {"carl": {"carl"}, "county": {"lin", "carl"}}.get(about, {"bob", "lin", "carl"})
    if "U" in held and who in above:
        return True
    own = {"deputy": {"alice"}, "alice": {"alice"}, "station": {"alice", "bob"}}
    return "O" in held and who in own.get(about, ())


def test_every_address_stands_in_the_table():
    missing, gone = set(pages.names()) - set(PAGES), set(PAGES) - set(pages.names())

    assert not missing, f"Add a row to tests/pages.py for {sorted(missing)}"
    assert not gone, f"These addresses are no more: {sorted(gone)}"


@pytest.mark.parametrize("name", sorted(PAGES))
def test_everybody_gets_what_the_matrix_gives_them(bureau, name):
    page = PAGES[name]
    with time_machine.travel(things.NOW, tick=False):
        address = pages.address(name, bureau)
        found = {who: ask(bureau, name, address, who) for who in PEOPLE}

    if page.row == "public":
        assert not set(found.values()) & {FORBIDDEN}
    else:
        assert found == {who: expected(page, who) for who in PEOPLE}


@pytest.mark.parametrize("name", sorted(name for name, page in PAGES.items() if page.row != "public"))
def test_a_stranger_is_asked_to_sign_in(bureau, name):
    with time_machine.travel(things.NOW, tick=False):
        address = pages.address(name, bureau)
        response = Client().post(address) if PAGES[name].only_post else Client().get(address)

    assert response.status_code == 302
    assert response.url.startswith(reverse("login"))


def ask(bureau, name: str, address: str, who: str) -> str | int:
    """What one gets, undone at once so that the next finds things as they were."""
    page = PAGES[name]
    with transaction.atomic():
        client = sign_in(getattr(bureau, who))
        response = client.post(address, page.post(bureau)) if page.only_post else client.get(address)
        transaction.set_rollback(True)
    if response.status_code == 302 and response.url.startswith(reverse("login")) and page.row != "public":
        return "sign in"
    return DONE if response.status_code in {200, 302, 400} else response.status_code
