"""What the whole suite shares: which tests run where, and that none is silently left out."""

import os

import pytest

from tests import factories
from tests.browser.chromium import chromium

CI = os.environ.get("CI") == "true"
WITHOUT_A_BROWSER = (
    "No chromium on this machine, so the browser tests were left out. On Debian: apt-get install chromium"
)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Without a browser, browser tests are left out and that is said; under CI they stay, and fail."""
    for item in items:
        if "browser" in item.path.relative_to(config.rootpath).parts:
            item.add_marker("browser")
    if chromium() or CI:
        return
    left_out = [item for item in items if item.get_closest_marker("browser")]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Under CI a skipped test is a failed run: what is not tested there is tested nowhere."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if CI and reporter and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter) -> None:
    if not chromium() and not CI:
        terminalreporter.write_line(WITHOUT_A_BROWSER, yellow=True)
    if CI and terminalreporter.stats.get("skipped"):
        terminalreporter.write_line("Skipped tests are not allowed under CI.", red=True)


@pytest.fixture
def bureau(db: None) -> factories.Bureau:
    """Two counties, Alice and the others, and one deputy whom Alice holds."""
    return factories.small_bureau()
