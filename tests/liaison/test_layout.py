"""The one law of direction: schedules → contacts → liaison's helpers."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NAMES_THE_APPS = {"settings.py", "urls.py"}


def imported_modules(path: Path) -> set[str]:
    modules = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            modules |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            modules.add(node.module or "")
    return {module.partition(".")[0] for module in modules}


@pytest.mark.parametrize(
    ("package", "forbidden"), [("contacts", {"schedules"}), ("liaison", {"contacts", "schedules"})]
)
def test_it_imports_only_downwards(package, forbidden):
    paths = [path for path in (ROOT / package).rglob("*.py") if path.name not in NAMES_THE_APPS]
    upwards = {
        str(path.relative_to(ROOT)): found for path in paths if (found := imported_modules(path) & forbidden)
    }
    assert paths
    assert not upwards


def test_no_file_of_others_and_no_secret_is_tracked_by_name():
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    assert {".env", ".venv/", "var/"} <= set(ignored)
