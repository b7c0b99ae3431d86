"""Two questions to a page: can everybody use it, and does it fit the screen?"""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

OPTIONS = {
    "resultTypes": ["violations"],
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"],
}


def accessibility_problems(page: Page) -> list[str]:
    """What breaks a rule of WCAG 2.1 A and AA, or of good practice, in what axe can see of it."""
    complaints = page.context.complaints
    seen = len(complaints)
    results = Axe().run(page, options=OPTIONS)
    del complaints[seen:]  # axe sets styles to measure with, which our policy refuses aloud
    return [
        f"{violation['id']} ({violation['impact']}): {violation['help']}\n    "
        + "\n    ".join(node["html"][:200] for node in violation["nodes"][:3])
        for violation in results.response["violations"]
    ]


def excess_width(page: Page) -> list[str]:
    """Whether the page is wider than the screen, so that a phone scrolls sideways."""
    width, screen = page.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    return [f"{width} px wide on a screen of {screen}"] if width > screen else []


def assert_usable(page: Page) -> None:
    problems = accessibility_problems(page) + excess_width(page)
    assert not problems, f"{page.url}\n" + "\n".join(problems)
