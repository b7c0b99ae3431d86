"""One question to a page: can everybody use it?"""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}


def assert_accessible(page: Page) -> None:
    """No rule of WCAG 2.1 A and AA is broken, in what axe can see of it."""
    complaints = page.context.complaints
    seen = len(complaints)
    results = Axe().run(page, options={"resultTypes": ["violations"], **RULES})
    del complaints[seen:]  # axe sets styles to measure with, which our policy refuses aloud
    found = [
        f"{violation['id']} ({violation['impact']}): {violation['help']}\n    "
        + "\n    ".join(node["html"][:200] for node in violation["nodes"][:5])
        for violation in results.response["violations"]
    ]
    assert not found, f"{page.url}\n" + "\n".join(found)


def assert_fits(page: Page) -> None:
    """The page is no wider than the screen: nothing makes a phone scroll sideways."""
    width, screen = page.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    assert width <= screen, f"{page.url} is {width} px wide on a screen of {screen}"
