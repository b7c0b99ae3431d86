"""What the whole suite shares: which tests run where, and that none is silently left out."""

import os
from ctypes.util import find_library

import pytest

from tests import factories
from tests.browser.chromium import chromium

CI = os.environ.get("CI") == "true"


def missing() -> dict[str, str]:
    """marker → why its tests are left out on this machine. Under CI nothing is: there they fail."""
    found = {}
    if CI:
        return found
    if not chromium():
        found["browser"] = (
            "No chromium on this machine: the browser tests were left out (apt-get install chromium)."
        )
    if not find_library("pango-1.0"):
        found["pdf"] = (
            "No pango on this machine: the tests of PDFs were left out (apt-get install libpangoft2-1.0-0)."
        )
    return found


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        if "browser" in item.path.relative_to(config.rootpath).parts:
            item.add_marker("browser")
        database = item.get_closest_marker("django_db")
        if database and database.kwargs.get("transaction") and not database.kwargs.get("serialized_rollback"):
            raise pytest.UsageError(
                f"{item.nodeid} empties the tables and leaves them without what the migrations put there: "
                "the next test finds no policies. Add serialized_rollback=True."
            )
    items.sort(key=lambda item: item.get_closest_marker("long") is None)
    left_out = [item for item in items if any(item.get_closest_marker(name) for name in missing())]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Under CI a skipped test is a failed run: what is not tested there is tested nowhere."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if CI and reporter and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter) -> None:
    for sentence in missing().values():
        terminalreporter.write_line(sentence, yellow=True)
    if CI and terminalreporter.stats.get("skipped"):
        terminalreporter.write_line("Skipped tests are not allowed under CI.", red=True)


@pytest.fixture
def bureau(db: None) -> factories.Bureau:
    """Two counties, Alice and the others, and one deputy whom Alice holds."""
    return factories.small_bureau()
