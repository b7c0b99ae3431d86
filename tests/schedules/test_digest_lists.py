"""Whatever the bureau: the parts of a digest add up, each number is as long as the list behind it, and page, command, document
and workbook say the same."""

from __future__ import annotations

import html
import io
import json
import re
from urllib.parse import parse_qsl, urlsplit

import pytest
import time_machine
from django.core.management import call_command
from django.db import transaction
from django.urls import reverse

from contacts.models import ContactRecord, Unit
from schedules import periods
from schedules.coverage import FIGURES
from schedules.digests.figures import figures
from schedules.digests.freezing import freeze_due
from schedules.digests.lists import select
from schedules.digests.scope import Scope
from schedules.digests.shown import shown
from schedules.models import Digest, DigestLists
from tests import pdf
from tests.base import sign_in
from tests.schedules.scenes import at, moment
from tests.schedules.seeded import seeded_bureau

NOW = at("2026-11-18 10:30")
NUMBER = re.compile(r'<a href="([^"]*/digest/rows/[^"]*)">(\d+)[^<]*</a>')
TILE = re.compile(r'<a class="tile[^"]*" href="([^"]*/digest/rows/[^"]*)"><b>(\d+)</b>')
SEEDS = range(20)


@pytest.fixture(params=SEEDS)
def chance(request, db):
    """A bureau of chance, some periods of which are frozen."""
    made = seeded_bureau(request.param)
    with transaction.atomic():
        freeze_due(moment("2026-11-04 08:00"))
    with time_machine.travel(NOW, tick=False):
        yield made


def numbers_of(page: str):
    """Every number of a page that leads to a list: the number, and what its address asks for."""
    for address, number in [*NUMBER.findall(page), *TILE.findall(page)]:
        yield int(number), dict(parse_qsl(urlsplit(html.unescape(address)).query))


def length(lists, query):
    rows = select(lists, query["of"], query)
    return sum(row.attempts for row in rows) if query["of"] == "attempts" else len(rows)


def test_each_number_of_the_page_is_as_long_as_the_list_behind_it(chance):
    client, lists, seen = sign_in(chance.lea), {}, set()
    pages = [client.get(f"{reverse('schedules:digest')}?period={key}") for key in ("2026-10", "2026-Q4")]
    for number, query in numbers_of("".join(page.content.decode() for page in pages)):
        scope, period = Scope.of_unit(Unit.objects.get(code=query["unit"])), periods.parse(query["period"])
        if period.key not in lists:
            lists[period.key], kept = shown(scope, period, NOW, compare=False).lists()
            assert kept
        assert length(lists[period.key], query) == number, query
        seen.add(query["of"])
    assert len(seen) > 8  # whatever chance made, there was something to compare


def test_the_units_add_up_to_the_bureau(chance):
    for key in ("2026-10", "2026-11", "2026-Q4"):
        whole = figures(Scope.of_unit(chance.bureau), key, NOW)
        parts = [figures(Scope.of_unit(unit), key, NOW) for unit in (chance.county, chance.other_county)]
        groups = whole["coverage"]["groups"]
        for name in FIGURES:
            assert sum(group[name] for group in groups) == whole["coverage"]["total"][name]
            assert (
                sum(kind[name] for kind in whole["coverage"]["by_kind"]) == whole["coverage"]["total"][name]
            )
        assert sum(group["people"] for group in groups) == whole["people"]
        for part in parts:  # a line of the bureau is what that unit's own digest says
            line = next(group for group in groups if group["unit"] == part["unit"])
            assert {name: line[name] for name in FIGURES} == {
                name: part["coverage"]["total"][name] for name in FIGURES
            }
            assert line["people"] == part["people"]
        for read in (  # nothing was said to, and nobody is alone in, the bureau itself
            lambda one: [one["feedback"][name] for name in ("received", "answered", "overdue", "waiting")],
            lambda one: [one["promises"][name] for name in ("promised", "kept", "late", "broken", "open")],
            lambda one: [one["satisfaction"]["asked"], *one["satisfaction"]["process"].values()],
        ):
            assert [sum(values) for values in zip(*map(read, parts), strict=True)] == read(whole)


def test_command_document_and_workbook_say_what_the_page_says(chance, tmp_path, capsys):
    client, query = sign_in(chance.carol), f"?unit={chance.county.code}&period=2026-10"
    reading = client.get(reverse("schedules:digest") + query).context["reading"]
    call_command("digest", unit=chance.county.code, period="2026-10", at=NOW, json=True)
    assert json.loads(capsys.readouterr().out) == reading.figures
    tiles = [(str(tile.number), tile.label) for tile in reading.tiles]

    call_command("digest", unit=chance.county.code, period="2026-10", at=NOW, output=tmp_path / "d.html")
    document = (tmp_path / "d.html").read_text(encoding="utf-8")
    assert re.findall(r"<b>([^<]*)</b><span>([^<]*)</span>", document)[: len(tiles)] == tiles

    sheets = sheets_of(client.get(reverse("schedules:digest-file") + query).getvalue())
    said = [(number(row[1]), row[0]) for row in sheets.pop("Overview") if row[1] != ""]
    assert said[3:] == tiles  # after the head, the unit and the day
    lists, _kept = shown(Scope.of_unit(chance.county), reading.period, NOW).lists()
    lengths = {title: len(rows) - 1 for title, rows in sheets.items()}
    assert lengths["Missed"] == reading.total["missed"]
    assert lengths["Open"] == reading.total["open"]
    for title, figure in {
        "Not reached": "not_reached", "Not for 90 days": "quiet", "Without officer": "unpaired", "Opinions received": "received",
        "Opinions answered": "answered", "Answers overdue": "overdue", "Promises due": "promised", "People asked": "asked",
    }.items():  # fmt: skip
        assert lengths[title] == len(select(lists, figure)), title


@pytest.mark.pdf
@pytest.mark.parametrize("chance", [3, 11], indirect=True)
def test_the_pdf_says_what_the_page_says(chance):
    client, query = sign_in(chance.lea), "?period=2026-10"
    reading = client.get(reverse("schedules:digest") + query).context["reading"]
    answer = client.get(reverse("schedules:digest-document") + query)
    assert answer["Content-Type"] == "application/pdf"
    squeezed = "".join(pdf.pages(answer.getvalue()))
    for tile in reading.tiles:
        assert "".join(f"{tile.number}{tile.label}".split()) in squeezed
    for sentence in reading.summary:
        assert "".join(sentence.split()) in squeezed


@pytest.mark.parametrize("chance", [0, 7, 14], indirect=True)
def test_a_back_dated_record_changes_nothing_that_was_frozen_and_shows_the_difference(chance):
    scope, period = Scope.of_unit(chance.bureau), periods.parse("2026-10")
    before = Digest.objects.get(unit=chance.bureau, period_key="2026-10")
    rows = DigestLists.objects.get(digest=before).rows
    assert shown(scope, period, NOW).changes == []
    ContactRecord.objects.all().update(voided_at=NOW, voided_by=chance.alice, void_reason="Wrong person.")

    found = shown(scope, period, NOW)
    assert found.figures == before.figures
    assert found.lists() == (rows, True)
    live = figures(scope, "2026-10", NOW)
    assert {name for name, _then, _now in found.changes} >= {
        name
        for name in ("met", "missed")
        if live["coverage"]["total"][name] != before.figures["coverage"]["total"][name]
    }
    page = sign_in(chance.lea).get(f"{reverse('schedules:digest-rows')}?period=2026-10&of=met")
    assert page.context["page_obj"].paginator.count == before.figures["coverage"]["total"]["met"]


def number(value) -> str:
    return str(int(value)) if isinstance(value, float) else str(value)


def sheets_of(content: bytes):
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}
