"""One file in one transaction: what the database is told of it."""

from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contacts.imports import running
from tests.contacts.imports.wuxi import csv_file, deputy, import_file
from tests.factories import Bureau


@pytest.mark.parametrize(("rows", "counted"), [(3, True), (2, False)])
def test_after_a_long_roster_postgresql_counts_its_rows_anew(
    bureau: Bureau, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: int, counted: bool
) -> None:
    monkeypatch.setattr(running, "MANY", 3)
    file = csv_file(tmp_path, [deputy(f"钱正{name}", 手机=f"1390000100{name}") for name in range(rows)])
    with CaptureQueriesContext(connection) as asked:
        assert import_file(file, bureau.carol).counts["created"] == rows
    counts = [query["sql"] for query in asked if query["sql"].startswith("ANALYZE")]
    assert len(counts) == (counted and connection.vendor == "postgresql")
