"""`import_file` as scripts drive it: JSON on standard output, exit codes, dry runs, on whose behalf."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from contacts.models import ImportBatch, ImportRow, Officer, Pairing, Stakeholder, Unit
from tests.contacts.imports import wuxi
from tests.contacts.imports.wuxi import BROKEN, FOLDER, deputy
from tests.factories import Bureau

pytestmark = pytest.mark.django_db
AT = "2008-06-20T09:00:00+08:00"


def called(*args: object) -> tuple[int, str]:
    """The exit code, and what stood on standard output."""
    out, status = StringIO(), 0
    try:
        call_command("import_file", *map(str, args), stdout=out, stderr=StringIO())
    except SystemExit as ended:
        status = int(ended.code or 0)
    return status, out.getvalue()


def run(*args: object, status: int = 0, **options: Any) -> dict[str, Any]:
    options = {"at": AT, "json": True} | options
    words = [word for name, value in options.items() for word in option(name, value)]
    found, answer = called(*args, *words)
    assert found == status
    return json.loads(answer)


def option(name: str, value: Any) -> list[str]:
    flag = "--" + name.rstrip("_").replace("_", "-")
    return [] if value in (None, False) else [flag] if value is True else [f"{flag}={value}"]


def test_its_answer_has_the_promised_shape(bureau: Bureau, tmp_path: Path) -> None:
    file = wuxi.csv_file(tmp_path, [deputy(手机="1390000100"), deputy("孙立", 层级="全球")])
    answer = run(file)
    (found,) = answer["files"]
    assert found.keys() == {"file", "kind", "rows", "created", "updated", "unchanged", "flagged", "rejected"}
    assert (found["file"], found["kind"], found["rows"], found["created"]) == ("roster.csv", "deputies", 2, 1)
    for remark in found["flagged"] + found["rejected"]:
        assert remark.keys() == {"sheet", "row", "column", "code", "message"}
        assert remark["message"]
    assert (2, "手机", "phone_invalid") in {(r["row"], r["column"], r["code"]) for r in found["flagged"]}
    assert (3, "层级", "level_unknown") in {(r["row"], r["column"], r["code"]) for r in found["rejected"]}


def test_without_json_nothing_stands_on_standard_output(bureau: Bureau, tmp_path: Path) -> None:
    assert called(wuxi.csv_file(tmp_path, [deputy()])) == (0, "")


def test_a_refused_file_is_said_and_keeps_no_other_file_out(bureau: Bureau, tmp_path: Path) -> None:
    answer = run(BROKEN / "wrong_headers.xlsx", wuxi.csv_file(tmp_path, [deputy()]), status=1)
    refused, good = answer["files"]
    assert (refused["file"], refused["error"]["code"]) == ("wrong_headers.xlsx", "no_header")
    assert refused["error"]["message"]
    assert good["created"] == 1
    assert Stakeholder.objects.filter(name="钱正明").exists()


def test_a_dry_run_over_files_that_build_on_each_other_changes_nothing(db: None) -> None:
    answer = run(
        FOLDER / "media_supervisors.csv", FOLDER / "officers.xlsx", FOLDER / "units.csv", dry_run=True
    )
    assert [(one["kind"], one["created"], one["rejected"]) for one in answer["files"]] == [
        ("media", 20, []),
        ("officers", 650, []),
        ("units", 119, []),
    ]
    assert not Unit.objects.exists()
    assert not ImportBatch.objects.exists()


def test_pairings_count_from_the_day_that_is_given(bureau: Bureau, tmp_path: Path) -> None:
    file = wuxi.csv_file(tmp_path, [deputy(结对民警警号=bureau.dan.police_number)])
    run(file, **{"from": "2008-01-01"})
    assert Pairing.objects.get(officer=bureau.dan).started_on.isoformat() == "2008-01-01"


def test_the_day_of_at_decides_what_is_over(bureau: Bureau, tmp_path: Path) -> None:
    file = wuxi.csv_file(tmp_path, [deputy()])
    codes = [
        {r["code"] for r in run(file, at=at)["files"][0]["flagged"]} for at in ("2013-01-31", "2013-02-01")
    ]
    assert ["term_ended" in found for found in codes] == [False, True]


@pytest.mark.parametrize(
    ("who", "created"), [("carol", 1), ("carl", 1), ("alice", None), ("lea", None), ("ann", None)]
)
def test_the_rights_of_whoever_it_is_for_decide(
    bureau: Bureau, tmp_path: Path, who: str, created: int | None
) -> None:
    officer: Officer = getattr(bureau, who)
    answer = run(wuxi.csv_file(tmp_path, [deputy()]), by=officer.police_number, status=0 if created else 1)
    (found,) = answer["files"]
    assert found.get("created") == created
    assert created or found["error"]["code"] == "not_allowed"


@pytest.mark.parametrize("args", [["nowhere.xlsx"], [str(BROKEN / "empty.csv"), "--by=999999"]])
def test_wrong_usage_ends_with_two(db: None, args: list[str]) -> None:
    with pytest.raises(CommandError) as wrong:
        call_command("import_file", *args)
    assert wrong.value.returncode == 2


@pytest.mark.parametrize("name", sorted(set(wuxi.expected()["broken"]) - {"huge_cell.csv"}))
def test_each_broken_file_ends_as_expected(bureau: Bureau, name: str) -> None:
    wanted = wuxi.expected()["broken"][name]
    before = Stakeholder.objects.count()
    allowed = {"reject_file": {True}, "row_by_row": {False}}.get(wanted["outcome"], {True, False})
    status, text = called(BROKEN / name, f"--at={AT}", "--json")
    answer = json.loads(text)["files"][0]
    refused = "error" in answer
    assert status == int(refused)
    assert refused in allowed
    imported = 0 if refused else wanted["importable_rows"]
    assert Stakeholder.objects.count() - before == imported
    if refused:
        assert answer["error"]["message"].endswith("."), answer
        return
    remarks = {(r["row"], r["code"]): r for r in answer["flagged"] + answer["rejected"]}
    for issue in wanted["flagged"]:
        assert (issue["row"], issue["kind"]) in remarks
        kept = {r["row"] for r in answer["rejected"]}
        assert (issue["row"] in kept) is (issue["severity"] == "error")


def test_a_cell_without_end_is_refused_with_its_row(bureau: Bureau, tmp_path: Path) -> None:
    file = wuxi.csv_file(tmp_path, [deputy("孙立"), deputy("周平", 备注="长" * 100_000), deputy("吴敏")])
    answer = run(file)["files"][0]
    assert answer["created"] == 2
    assert [(r["row"], r["code"]) for r in answer["rejected"]] == [(3, "text_too_long")]


def test_what_became_of_each_row_is_kept(bureau: Bureau, tmp_path: Path) -> None:
    run(wuxi.csv_file(tmp_path, [deputy(), deputy("")]))
    batch = ImportBatch.objects.get()
    assert (batch.state, batch.rows_count, batch.created_count, batch.rejected_count) == ("applied", 2, 1, 1)
    created, rejected = ImportRow.objects.all()
    assert (created.outcome, created.stakeholder.name, rejected.outcome) == ("created", "钱正明", "rejected")
    assert " name_missing " in rejected.codes
