"""Every page without exception can be used by everybody, on a phone and at a desk, by day and by night.

The addresses are read from the URL configuration, so that a new page is covered on the day it is added.
"""

from collections import defaultdict

import pytest
from django.urls import URLPattern, get_resolver

from tests.base import AGAIN, sign_in
from tests.browser.accessibility import accessibility_problems, excess_width
from tests.browser.conftest import DESK, PHONE
from tests.factories import small_bureau

# Who looks at it; everything else is seen by Carol, who coordinates.
VIEWERS = {
    "": "alice", "today/": "alice", "accounts/": "sue", "roles/": "sam", "audit/": "ann", "conduct/cases/": "rita",
    "conduct/figures/": "rita",
}  # fmt: skip


def plain_addresses(patterns=None, prefix="") -> list[str]:
    """Every address that takes no argument."""
    found = []
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        address = prefix + str(pattern.pattern)
        if not isinstance(pattern, URLPattern):
            found += plain_addresses(pattern.url_patterns, address)
        elif "<" not in address:
            found.append(address)
    return sorted(set(found))


def pages_by_viewer(bureau) -> dict:
    """viewer → addresses that answer them with a page: not what only a form sends to, and no files."""
    pages = defaultdict(list)
    for address in plain_addresses():
        viewer = getattr(bureau, VIEWERS.get(address, "carol"))
        answer = sign_in(viewer).get(f"/{address}", follow=True)
        if (
            answer.status_code == 200
            and answer["Content-Type"].startswith("text/html")
            and b"<title" in answer.content
        ):
            pages[viewer].append(address)
    return pages


LOOKS = (
    [
        pytest.param(PHONE, False, "en", id="phone-light-english"),
        pytest.param(DESK, True, "en", id="desk-dark-english"),
    ]
    if AGAIN
    else [
        pytest.param(PHONE, True, "zh-hans", id="phone-dark-chinese"),
        pytest.param(DESK, False, "zh-hans", id="desk-light-chinese"),
    ]
)


@pytest.mark.parametrize(("size", "dark", "language"), LOOKS)
def test_everybody_can_use_every_page(open_page, size, dark, language):
    problems = []
    pages = pages_by_viewer(small_bureau())
    for viewer, addresses in pages.items():
        page = open_page("/settings/", officer=viewer, size=size, dark=dark, language=language)
        for address in addresses:
            page.goto(f"/{address}")
            found = accessibility_problems(page) + excess_width(page)
            problems += [f"/{address}: {problem}" for problem in found]
    assert sum(map(len, pages.values())) >= 20
    assert not problems, "\n".join(problems)
