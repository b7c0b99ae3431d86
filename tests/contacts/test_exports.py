"""Lists as files: what stands in them, for whom, and that nothing in them runs."""

import csv
import datetime as dt
import io
import json

import openpyxl
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from contacts import exports
from contacts.models import AuditEntry, Stakeholder
from tests import factories
from tests.base import sign_in

FORMULAS = [
    "=1+1",
    "+1",
    "-1+2",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "＝1+1",
    "＋1",
    "＠x",
    '=HYPERLINK("http://x","y")',
]


def address(name="stakeholders", form="csv") -> str:
    return reverse("contacts:export", args=[name, form])


def lines(response) -> list[dict[str, str]]:
    text = b"".join(response.streaming_content).decode("utf-8")
    assert text.startswith("\N{ZERO WIDTH NO-BREAK SPACE}")
    return list(csv.DictReader(io.StringIO(text[1:])))


def sheet(response) -> list[tuple]:
    book = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content)))
    return list(book.active.iter_rows())


def test_the_csv_has_a_line_for_each_person_and_numbers_as_people_write_them(bureau):
    [line] = lines(sign_in(bureau.carol).get(address()))

    assert (line["Number"], line["Name"]) == (bureau.deputy.number, "张伟")
    assert line["Phone numbers"] == "139 1234 5678"
    assert line["Police number"] == bureau.alice.police_number
    assert line["Paired since"] == "2026-01-01"


def test_the_xlsx_holds_the_same_with_days_as_days(bureau):
    head, row = sheet(sign_in(bureau.carol).get(address(form="xlsx")))
    values = {header.value: cell.value for header, cell in zip(head, row, strict=True)}

    assert values["Name"] == "张伟"
    assert values["Phone numbers"] == "139 1234 5678"
    assert values["Paired since"] == dt.datetime(2026, 1, 1)


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_formula_survives_in_a_csv(bureau, formula):
    Stakeholder.objects.update(remark=formula)
    [line] = lines(sign_in(bureau.carol).get(address()))

    assert line["Remark"] == f"'{formula}"


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_formula_and_no_link_survives_in_an_xlsx(bureau, formula):
    Stakeholder.objects.update(remark=formula, employer="http://example.org/")
    _head, row = sheet(sign_in(bureau.carol).get(address(form="xlsx")))

    assert all(cell.data_type != "f" and not cell.hyperlink for cell in row)
    assert any(str(cell.value).endswith(formula.strip()) for cell in row)


@given(st.text(max_size=30))
def test_a_cell_of_a_csv_never_begins_a_formula_and_still_holds_the_text(text):
    [[cell]] = csv.reader(io.StringIO(exports._csv_line([text]).decode(), newline="")) if text else [[""]]

    assert not cell.startswith(exports.FORMULA)
    assert cell.removeprefix("'") == text.removeprefix("'")


def test_a_filter_and_an_order_are_obeyed(bureau):
    for name in ["王芳", "赵丽"]:
        factories.stakeholder(name, bureau.station)
    client = sign_in(bureau.carol)

    assert [line["Name"] for line in lines(client.get(address(), {"sort": "-name"}))] == [
        "赵丽",
        "张伟",
        "王芳",
    ]
    assert [line["Name"] for line in lines(client.get(address(), {"q": "wang"}))] == ["王芳"]


def test_a_filter_that_can_not_be_read_exports_nothing(bureau):
    response = sign_in(bureau.carol).get(address(), {"unit": "nowhere"})

    assert response.status_code == 400
    assert not AuditEntry.objects.filter(action="export").exists()


@pytest.mark.parametrize(
    ("who", "names"),
    [
        ("carol", {"张伟", "李娜", "赵丽"}),
        ("carl", {"张伟", "赵丽"}),
        ("alice", {"张伟"}),
        ("bob", set()),  # a leader exports their own pairings, and holds none
        ("lea", {"赵丽"}),
        ("dan", {"李娜"}),
    ],
)
def test_everybody_exports_what_the_matrix_lets_them(bureau, who, names):
    factories.pairing(bureau.dan, factories.stakeholder("李娜", bureau.other_station))
    factories.pairing(bureau.lea, factories.stakeholder("赵丽", bureau.county))
    response = sign_in(getattr(bureau, who)).get(address())

    assert {line["Name"] for line in lines(response)} == names


@pytest.mark.parametrize("who", ["sue", "sam", "ann"])
def test_whoever_may_not_export_is_refused(bureau, who):
    assert sign_in(getattr(bureau, who)).get(address()).status_code == 403


@pytest.mark.parametrize(
    "path", ["/export/conduct.csv", "/export/stakeholders.xls", "/export/stakeholders.pdf"]
)
def test_a_table_or_a_format_that_is_not_offered_does_not_exist(bureau, path):
    assert sign_in(bureau.carol).get(path).status_code == 404


def test_numbers_and_addresses_stay_empty_where_the_officer_may_not_see_them(bureau, monkeypatch):
    from contacts import access

    seeing = {
        column: scope
        for column, scope in access.MATRIX[access.Deed.SEE_NUMBERS].items()
        if "coord" not in column
    }
    monkeypatch.setitem(access.MATRIX, access.Deed.SEE_NUMBERS, seeing)
    Stakeholder.objects.update(address="澄江路 1 号", email="zw@example.org")
    [line] = lines(sign_in(bureau.carol).get(address()))

    assert (line["Phone numbers"], line["Address"], line["E-mail"]) == ("", "", "")
    assert line["Name"] == "张伟"


def test_an_export_leaves_an_entry_with_its_filter_and_its_rows(bureau):
    sign_in(bureau.carol).get(address(), {"q": "zw", "unit": bureau.county.code})

    entry = AuditEntry.objects.get(action="export")
    assert entry.officer == bureau.carol
    assert entry.after == {
        "table": "stakeholders",
        "format": "csv",
        "filter": {"q": "zw", "unit": bureau.county.code},
        "rows": 1,
    }


def test_the_file_has_a_name_in_the_readers_language(bureau):
    response = sign_in(bureau.carol).get(address())

    assert response["Content-Disposition"].startswith('attachment; filename="People 20')


def test_an_export_takes_no_more_queries_for_a_thousand_rows(bureau, django_assert_max_num_queries):
    Stakeholder.objects.bulk_create(
        Stakeholder(name="王芳", pinyin=f"wang fang {number}", initials="wf", unit=bureau.station)
        for number in range(900)
    )
    client = sign_in(bureau.carol)
    with django_assert_max_num_queries(14):
        assert len(lines(client.get(address()))) == 901


# --- the command ---------------------------------------------------------------------------------------------


def export_table(*arguments: str) -> tuple[dict, int]:
    out = io.StringIO()
    try:
        call_command("export_table", *arguments, "--json", stdout=out, stderr=io.StringIO())
    except SystemExit as end:
        return json.loads(out.getvalue()), int(end.code)
    return json.loads(out.getvalue()), 0


def test_export_table_writes_what_that_officers_page_would_export(bureau, tmp_path):
    factories.pairing(bureau.dan, factories.stakeholder("李娜", bureau.other_station))
    file = tmp_path / "people.csv"

    assert export_table("stakeholders", "--as", bureau.dan.police_number, "-o", str(file)) == ({"rows": 1}, 0)
    assert "李娜" in file.read_text("utf-8-sig")
    assert "张伟" not in file.read_text("utf-8-sig")
    assert AuditEntry.objects.get(action="export").via == "export_table"


def test_export_table_takes_filters_and_writes_xlsx(bureau, tmp_path):
    file = tmp_path / "people.xlsx"
    arguments = [
        "--as",
        bureau.carol.police_number,
        "--filter",
        "q=zw",
        "--filter",
        "kind=npc_deputy",
        "-o",
        str(file),
    ]

    assert export_table("stakeholders", *arguments) == ({"rows": 1}, 0)
    assert openpyxl.load_workbook(file).active["B2"].value == "张伟"


@pytest.mark.parametrize(
    "number_and_filter",
    [("sue", []), ("nobody", []), ("carol", ["--filter", "unit=nowhere"])],
)
def test_export_table_refuses_and_says_why(bureau, tmp_path, number_and_filter):
    who, filters = number_and_filter
    number = "000000" if who == "nobody" else getattr(bureau, who).police_number
    answer, code = export_table("stakeholders", "--as", number, *filters, "-o", str(tmp_path / "x.csv"))

    assert code == 1
    assert answer["error"]
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "arguments",
    [["-o", "x.pdf"], ["-o", "x.csv", "--filter", "colour=red"], ["-o", "x.csv", "--filter", "q"]],
)
def test_export_table_says_when_it_is_called_wrongly(bureau, arguments, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CommandError):
        call_command("export_table", "stakeholders", "--as", bureau.carol.police_number, *arguments)


@pytest.mark.parametrize("name", ["pairings", "contacts"])
def test_what_was_exported_and_is_imported_again_changes_nothing(bureau, tmp_path, name):
    factories.record(
        bureau.deputy, bureau.alice, dt.datetime(2026, 11, 10, 2, 3, 4, tzinfo=dt.UTC), summary="Asked"
    )
    file, out = tmp_path / f"{name}.csv", io.StringIO()
    export_table(name, "--as", bureau.carol.police_number, "-o", str(file))
    call_command(
        "import_file",
        str(file),
        "--by",
        bureau.carol.police_number,
        "--json",
        stdout=out,
        stderr=io.StringIO(),
    )

    [read] = json.loads(out.getvalue())["files"]
    assert (read["kind"], read["rows"], read["unchanged"]) == (name, 1, 1)


def test_to_dan_from_another_county_alices_deputy_does_not_exist(bureau):
    client = sign_in(bureau.dan)
    officer, unit = bureau.alice.police_number, bureau.station.code

    assert client.get(bureau.deputy.get_absolute_url()).status_code == 404
    assert client.get(reverse("schedules:calendar-officer", args=[officer])).status_code == 404
    assert client.get(reverse("schedules:calendar-unit", args=[unit])).status_code == 404
    assert client.get(address(), {"unit": unit}).status_code == 400  # not a unit that he is offered
    for name in ("stakeholders", "pairings", "contacts", "feedback", "obligations"):
        assert lines(client.get(address(name), {"q": "张伟"})) == []
    for words in ("张伟", "zw", bureau.deputy.number, "5678"):
        assert (
            "张伟" not in client.get(reverse("contacts:suggest-stakeholder"), {"q": words}).content.decode()
        )
        assert not client.get(reverse("contacts:search"), {"q": words}).context["groups"]


def test_the_trail_says_what_was_exported_in_the_words_of_the_list(bureau):
    query = "?outcome=reached&contact=briefing&q=zhang"
    sign_in(bureau.carol).get(reverse("contacts:export", args=["contacts", "csv"]) + query).getvalue()
    page = sign_in(bureau.ann).get(reverse("contacts:audit-list")).content.decode()
    for said in ("Table: Contacts", "Outcome: reached", "Kind: briefing", "Search: zhang"):
        assert said.lower() in page.lower(), said
    assert "outcome = reached" not in page
