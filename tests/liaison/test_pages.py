"""What a page makes a browser load is little, and all of it comes from here."""

import gzip
import re

import pytest
from django.contrib.staticfiles import finders

from tests.base import sign_in

BUDGET = 100 * 1024
ASSET = re.compile(r'(?:src|href)="/static/([^"#]+)')


def assets_of(page: str) -> set[str]:
    return set(ASSET.findall(page))


def compressed(name: str) -> int:
    path = finders.find(name)
    assert path, f"{name} is named by a page and not there"
    with open(path, "rb") as file:
        return len(gzip.compress(file.read(), 9))


def test_all_assets_of_a_page_weigh_at_most_100_kb_compressed(bureau):
    found = assets_of(sign_in(bureau.alice).get("/settings/").content.decode())
    weights = {name: compressed(name) for name in found}
    assert {
        "bootstrap/css/bootstrap.min.css",
        "liaison/app.css",
        "liaison/app.js",
        "liaison/icons.svg",
    } <= set(weights)
    assert sum(weights.values()) <= BUDGET, weights


@pytest.mark.django_db
def test_the_sign_in_page_loads_nothing_from_elsewhere(client):
    page = client.get("/sign-in/").content.decode()
    assert not re.findall(r'(?:src|href|action)="(?:https?:)?//', page)
    assert len(page) < 6000


def test_the_frame_of_a_page_is_small(bureau):
    """What stands around the content: head, bars and menus."""
    page = sign_in(bureau.carol).get("/more/").content
    assert len(page) < 14_000


@pytest.mark.parametrize("name", ["alice", "bob", "lin", "lea", "carol", "carl", "sue", "sam", "ann", "rita"])
def test_every_place_that_the_navigation_offers_opens(bureau, name):
    client = sign_in(getattr(bureau, name))
    start = client.get("/", follow=True)
    assert start.status_code == 200
    page = client.get("/more/").content.decode()
    offered = re.findall(r'<li><a href="([^"]+)"', page)
    assert "/settings/" in offered
    assert {path: client.get(path).status_code for path in offered} == dict.fromkeys(offered, 200)


def test_the_place_one_is_at_is_marked_once(bureau):
    page = sign_in(bureau.carol).get("/people/").content.decode()
    bar = page[page.index("nav-main") : page.index("<main")]
    assert bar.count('aria-current="page"') == 1
    assert re.search(r'href="/people/" aria-current="page"', bar)
