"""The pages about one thing, a person or an opinion say, can be used by everybody as the lists can."""

import pytest

from tests.base import AGAIN, sign_in
from tests.browser.accessibility import accessibility_problems, excess_width
from tests.browser.conftest import DESK, PHONE
from tests.pages import PAGES, address


def pages_of_things(bureau) -> list[tuple]:
    """(who opens it, its address) of every page whose address names a thing."""
    found = []
    for name, page in PAGES.items():
        if page.about and not page.about.startswith("private") and not page.only_post:
            who = getattr(bureau, page.doer or ("carl" if page.about in {"carl", "county"} else "alice"))
            where = address(name, bureau)
            answer = sign_in(who).get(where)
            assert answer.status_code == 200, where
            if answer["Content-Type"].startswith("text/html"):
                found.append((who, where))
    return found


LOOKS = [
    pytest.param(DESK, False, "en", id="desk-light")
    if AGAIN
    else pytest.param(PHONE, True, "zh-hans", id="phone-dark")
]


@pytest.mark.parametrize(("size", "dark", "language"), LOOKS)
def test_everybody_can_use_every_page_about_a_thing(open_page, bureau, size, dark, language):
    problems = []
    pages = pages_of_things(bureau)
    for who in dict.fromkeys(who for who, _where in pages):
        page = open_page("/settings/", officer=who, size=size, dark=dark, language=language)
        for where in (where for each, where in pages if each == who):
            page.goto(where)
            problems += [
                f"{where}: {problem}" for problem in accessibility_problems(page) + excess_width(page)
            ]
    assert len(pages) >= 15
    assert not problems, "\n".join(problems)
