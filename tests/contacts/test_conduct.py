"""Filing a sealed report, and the work of those who review them (R13). Rita and Rob review for the whole bureau; Alice's
station is what most reports are about, and Dan files them."""

from __future__ import annotations

import base64
import datetime as dt
import io
import logging
import re
import uuid

import pytest
import time_machine
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import DatabaseError, connection, transaction
from django.test import override_settings
from django.urls import reverse

from contacts import accounts, conduct
from contacts.checks import conduct_key_of_its_own
from contacts.conduct_tally import tally, told
from contacts.models import (
    Actor,
    ConductAssignment,
    ConductConsent,
    ConductNote,
    ConductOpening,
    ConductReport,
    ConductSource,
)
from liaison.logs import without_secrets
from schedules.passes import run_schedule
from schedules.verify import verify
from tests import factories
from tests.base import sign_in
from tests.things import NOW
from tests.things import TODAY as DAY

FILE = "/conduct/report/"
WORDS = "他收了老板的烟，还说不用登记。"
SOURCE = "陈监督员 13900001111"


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def rob(bureau):
    return factories.reviewer(
        "Rob", factories.unit("督察支队", bureau.bureau, kind="department"), bureau.bureau
    )


@pytest.fixture
def case(bureau, rob) -> ConductReport:
    """With Rita."""
    return factories.case("Alice", by=bureau.dan, day=DAY, reviewer=bureau.rita, text=WORDS, source=SOURCE)


def said(**other: str) -> dict[str, str]:
    form = {"whom": "Alice", "unit": "", "text": WORDS, "source": SOURCE, "told_on": "2026-11-17"}
    return form | {"submission": str(uuid.uuid4())} | other


def at(name: str, *args: object) -> str:
    return reverse(f"contacts:{name}", args=args)


def page(response) -> str:
    return response.content.decode()


# --- filing --------------------------------------------------------------------------------------------------


def test_it_is_taken_in_with_a_receipt_and_no_address_of_its_own(bureau, rob):
    response = sign_in(bureau.dan).post(FILE, said(unit=str(bureau.station.pk)))
    report = ConductReport.objects.get()
    assert response.status_code == 200
    assert report.number in page(response)
    assert str(report.pk) not in page(response)
    assert (report.text, report.source.text, report.source.told_on) == (WORDS, SOURCE, "2026-11-17")
    assert report.whom == f"{bureau.station.name}\nAlice"
    assert report.assignments.get().reviewer in {bureau.rita, rob}


def test_every_page_has_the_way_to_it_and_none_says_from_where(bureau):
    link = f'<a href="{FILE}" referrerpolicy="no-referrer">'
    for address in ("/people/", f"/people/{bureau.deputy.pk}/", "/more/"):
        assert link in page(sign_in(bureau.alice).get(address))
    assert FILE not in page(sign_in(bureau.ann).get("/audit/"))


@pytest.mark.parametrize(
    ("field", "value", "error"),
    [
        ("whom", "", "This field is required."),
        ("text", "x" * 10_001, "at most 10000 characters"),
        ("source", " ", "This field is required."),
        ("told_on", "2026-11-19", "This day lies in the future."),
        ("unit", "0", "Select a valid choice."),
    ],
)
def test_what_is_missing_is_named_and_nothing_typed_is_lost(bureau, field, value, error):
    response = sign_in(bureau.dan).post(FILE, said(**{field: value}))
    assert error in str(response.context["form"].errors[field])
    assert (WORDS if field != "text" else SOURCE) in page(response)
    assert not ConductReport.objects.exists()


def test_the_same_form_sent_twice_is_one_report_and_another_text_another(bureau, rob):
    client, form = sign_in(bureau.dan), said()
    first, second = (page(client.post(FILE, form)) for _each in range(2))
    number = ConductReport.objects.get().number
    assert number in first
    assert number in second
    client.post(FILE, form | {"text": "And he came back."})
    assert ConductReport.objects.count() == 2


def test_numbers_and_keys_follow_no_order(bureau, rob):
    made = [factories.case("Alice", by=bureau.dan, day=DAY, text=str(n)) for n in range(12)]
    assert all(re.fullmatch(r"[A-Z2-7]{4}-[A-Z2-7]{4}-[A-Z2-7]{4}", one.number) for one in made)
    assert [one.number for one in made] != sorted(one.number for one in made)


def test_nobody_s_memory_keeps_the_form(bureau):
    response = sign_in(bureau.dan).get(FILE)
    assert "no-store" in response["Cache-Control"]
    assert response["Referrer-Policy"] == "strict-origin"
    form = re.search(r"<form[^>]*panel narrow.*?</form>", page(response), re.DOTALL)[0]
    for tag in re.findall(r"<form[^>]*>|<textarea[^>]*>|<select[^>]*>|<input[^>]*>", form):
        assert 'autocomplete="off"' in tag or "csrfmiddlewaretoken" in tag, tag
    assert 'hx-history="false"' in form
    assert "hx-get" not in form


def test_the_officers_field_answers_nothing_about_who_there_is(bureau, rob):
    """The same page for a name that one has, several have, and nobody has."""
    factories.officer("Zed", bureau.station)
    factories.officer("Zed", bureau.other_station)
    pages = set()
    for whom in ("Alice", "Zed", "Nobody at all"):
        answer = page(sign_in(bureau.dan).post(FILE, said(whom=whom)))
        pages.add(re.sub(r"[A-Z2-7]{4}(-[A-Z2-7]{4}){2}|csrf[^>]*>|X-CSRFToken[^>]*>", "…", answer))
    assert len(pages) == 1


def test_neither_the_tables_nor_their_tokens_say_what_was_said_who_filed_it_or_when(bureau, rob):
    tomorrow = NOW + dt.timedelta(days=1)
    for moment in (NOW, tomorrow):
        with time_machine.travel(moment, tick=False):
            sign_in(bureau.dan).post(FILE, said())
    rows = []
    for model in (ConductReport, ConductSource, ConductAssignment):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {model._meta.db_table}")
            rows += cursor.fetchall()
    assert len(rows) == 6
    values = [value for row in rows for value in row]
    for words in (WORDS, SOURCE, "Alice", bureau.alice.police_number, bureau.dan.police_number, "2026-11-17"):
        assert not any(words in str(value) for value in values)
    assert bureau.dan.pk not in values
    assert {value for value in values if isinstance(value, dt.date)} <= {dt.date(2026, 11, 16)}
    tokens = [value for value in values if str(value).startswith("gAAAA")]
    assert len(tokens) == 10
    assert {_moment_of(token) for token in tokens} == {0}


def _moment_of(token: str) -> int:
    """What stands in a Fernet token for everybody to read."""
    return int.from_bytes(base64.urlsafe_b64decode(token)[1:9], "big")


def test_our_own_log_names_no_address_of_these_pages(bureau, caplog):
    lines: list[str] = []
    handler = logging.Handler()
    handler.addFilter(without_secrets)
    handler.emit = lambda record: lines.append(record.getMessage())
    logging.getLogger("django.request").addHandler(handler)
    try:
        sign_in(bureau.rita).get(at("case-open", uuid.uuid4()))
        sign_in(bureau.alice).post(at("case-detail", uuid.uuid4()))
    finally:
        logging.getLogger("django.request").removeHandler(handler)
    assert lines == ["Not Found: /conduct/…", "Forbidden (Permission denied): /conduct/…"]


# --- waiting, and moving on ----------------------------------------------------------------------------------


def with_whom(case: ConductReport) -> list[str]:
    return [one.reviewer.name for one in ConductAssignment.objects.open().filter(report=case)]


def test_what_nobody_may_have_waits_until_somebody_is_appointed(bureau):
    case = factories.case("Rita", by=bureau.dan, day=DAY)
    run_schedule(NOW)
    assert with_whom(case) == []
    office = factories.unit("督察支队", bureau.bureau, kind="department")
    rob = factories.officer("Rob", office)
    proposal = accounts.propose_role(
        rob, bureau.bureau, "discipline_reviewer", actor=Actor(bureau.sue), reason="two are needed"
    )
    accounts.approve_role(proposal, actor=Actor(bureau.sam))
    run_schedule(NOW + dt.timedelta(minutes=1))
    assert with_whom(case) == ["Rob"]


def test_a_pass_takes_a_case_from_whoever_may_not_have_it_any_more(bureau, rob, case):
    def wrong() -> set[str]:
        return {one.check for one in verify(NOW).violations if one.rule == "R13"}

    run_schedule(NOW)
    assert with_whom(case) == ["Rita"]
    bureau.rita.unit = bureau.station
    bureau.rita.save()
    assert sign_in(bureau.rita).get(at("case-detail", case.pk)).status_code == 404
    assert wrong() == {"no_case_is_with_whom_it_names"}
    run_schedule(NOW + dt.timedelta(minutes=1))
    assert with_whom(case) == ["Rob"]
    assert not wrong()
    assert "could not have it any more" in page(sign_in(rob).get(at("case-detail", case.pk)))


def test_a_second_pass_changes_nothing(bureau, rob, case):
    before = list(ConductAssignment.objects.values())
    run_schedule(NOW)
    run_schedule(NOW)
    assert list(ConductAssignment.objects.values()) == before


def test_a_case_is_handed_on_with_a_reason(bureau, rob, case):
    rita = sign_in(bureau.rita)
    form = {"reviewer": rob.police_number, "reason": "I know her family."}
    assert rita.post(at("case-hand-on", case.pk), form).status_code == 302
    assert with_whom(case) == ["Rob"]
    assert rita.get(at("case-detail", case.pk)).status_code == 404
    assert "I know her family." in page(sign_in(rob).get(at("case-detail", case.pk)))
    with pytest.raises(ValidationError, match="not with you any more"):
        conduct.open_report(case, reviewer=bureau.rita, reason="late", now=NOW)


def test_it_is_handed_on_to_nobody_of_the_line(bureau, rob, case):
    nora = factories.reviewer("Nora", bureau.county)
    response = sign_in(bureau.rita).get(at("case-hand-on", case.pk))
    assert rob.name in page(response)
    assert nora.name not in page(response)
    form = {"reviewer": nora.police_number, "reason": "because"}
    assert "reviewer" in sign_in(bureau.rita).post(at("case-hand-on", case.pk), form).context["form"].errors
    assert with_whom(case) == ["Rita"]


# --- opening -------------------------------------------------------------------------------------------------


def test_it_opens_for_a_reason_and_every_opening_stands_there_with_it(bureau, case):
    rita = sign_in(bureau.rita)
    assert WORDS not in page(rita.get(at("case-detail", case.pk)))
    assert WORDS not in page(rita.get(at("case-open", case.pk)))
    refused = rita.post(at("case-open", case.pk), {"reason": "  "})
    assert refused.context["form"].errors["reason"]
    assert WORDS not in page(refused)
    assert not ConductOpening.objects.exists()
    for reason in ("first look", "once more"):
        opened = rita.post(at("case-open", case.pk), {"reason": reason})
        assert WORDS in page(opened)
        assert SOURCE not in page(opened)
        assert "no-store" in opened["Cache-Control"]
    trail = ConductOpening.objects.values_list("reviewer", "what", "reason", "opened_at")
    assert list(trail) == [(bureau.rita.pk, "report", reason, NOW) for reason in ("first look", "once more")]
    shown = page(rita.get(at("case-detail", case.pk)))
    assert "first look" in shown
    assert "once more" in shown


def test_nothing_is_shown_that_was_not_written_down(bureau, case, monkeypatch):
    def full(**_fields):
        raise DatabaseError("the disk is full")

    monkeypatch.setattr(ConductOpening.objects, "create", full)
    client = sign_in(bureau.rita)
    client.raise_request_exception = False
    response = client.post(at("case-open", case.pk), {"reason": "a look"})
    assert response.status_code == 500
    assert WORDS not in page(response)


def test_openings_are_only_added_to(bureau, case):
    conduct.open_report(case, reviewer=bureau.rita, reason="a look", now=NOW)
    opening = ConductOpening.objects.get()
    with pytest.raises(TypeError, match="only added to"):
        opening.delete()
    with pytest.raises(DatabaseError, match="only added to"), transaction.atomic():
        ConductOpening.objects.update(opened_at=NOW - dt.timedelta(days=1))


def test_a_note_is_sealed_and_moves_the_case(bureau, case):
    rita = sign_in(bureau.rita)
    form = {"text": "查了监控。", "state": "founded"}
    assert rita.post(at("case-note", case.pk), form).status_code == 302
    assert "查了监控" not in page(rita.get(at("case-detail", case.pk)))
    assert "查了监控" in page(rita.post(at("case-open", case.pk), {"reason": "a look"}))
    case.refresh_from_db()
    assert (case.state, ConductNote.objects.get().state) == ("founded", "founded")


# --- the source ----------------------------------------------------------------------------------------------


def ask(case, asker, second) -> ConductConsent:
    form = {"reviewer": second.police_number, "reason": "I must hear him."}
    assert sign_in(asker).post(at("case-ask", case.pk), form).status_code == 302
    return ConductConsent.objects.get()


def test_the_source_opens_with_another_reviewer_s_consent_for_some_days(bureau, rob, case):
    rita = sign_in(bureau.rita)
    assert rita.post(at("case-source", case.pk), {"reason": "a look"}).url == at("case-ask", case.pk)
    question = ask(case, bureau.rita, rob)
    shown = page(sign_in(rob).get(at("case-consent", question.pk)))
    assert "I must hear him." in shown
    assert WORDS not in shown
    sign_in(rob).post(at("case-consent", question.pk), {"answer": "yes"})
    opened = rita.post(at("case-source", case.pk), {"reason": "calling him"})
    assert SOURCE in page(opened)
    assert WORDS not in page(opened)
    assert ConductOpening.objects.get().what == "source"
    assert not verify(NOW).violations
    with time_machine.travel(NOW + dt.timedelta(days=15), tick=False):
        again = sign_in(bureau.rita)
        assert again.post(at("case-source", case.pk), {"reason": "x"}).url == at("case-ask", case.pk)
        assert "The consent is over." in page(again.get(at("case-detail", case.pk)))


def test_a_refusal_opens_nothing_and_stands(bureau, rob, case):
    question = ask(case, bureau.rita, rob)
    sign_in(rob).post(at("case-consent", question.pk), {"answer": "no"})
    rita = sign_in(bureau.rita)
    assert rita.post(at("case-source", case.pk), {"reason": "a look"}).status_code == 302
    assert "Rob did not consent." in page(rita.get(at("case-detail", case.pk)))
    answered = page(sign_in(rob).get(at("case-consent", question.pk)))
    assert "You did not consent." in answered
    assert 'name="answer"' not in answered
    again = sign_in(rob).post(at("case-consent", question.pk), {"answer": "yes"})
    assert "answered already" in str(again.context["form"].non_field_errors())


def test_a_consent_is_for_whoever_asked_and_not_for_who_has_the_case_next(bureau, rob, case):
    question = ask(case, bureau.rita, rob)
    conduct.decide(question, granted=True, now=NOW, day=DAY)
    conduct.hand_on(case, to=rob, reviewer=bureau.rita, reason="because", now=NOW)
    with pytest.raises(ValidationError, match="has to consent first"):
        conduct.open_source(case, reviewer=rob, reason="a look", now=NOW, day=DAY)


def test_nobody_consents_to_their_own_question_nor_one_of_the_line(bureau, rob, case):
    nora = factories.reviewer("Nora", bureau.county)
    rita = sign_in(bureau.rita)
    for second in (bureau.rita, nora):
        form = {"reviewer": second.police_number, "reason": "because"}
        assert "reviewer" in rita.post(at("case-ask", case.pk), form).context["form"].errors
    assert not ConductConsent.objects.exists()


def test_the_same_question_is_asked_once(bureau, rob, case):
    ask(case, bureau.rita, rob)
    form = {"reviewer": rob.police_number, "reason": "again"}
    again = sign_in(bureau.rita).post(at("case-ask", case.pk), form)
    assert "waits for its answer" in str(again.context["form"].non_field_errors())


def test_without_another_reviewer_the_page_says_so(bureau):
    case = factories.case("Alice", by=bureau.dan, day=DAY)
    assert "Ask that one be appointed" in page(sign_in(bureau.rita).get(at("case-ask", case.pk)))


def test_verify_finds_a_source_that_was_opened_alone(bureau, case):
    ConductOpening.objects.create(
        report=case, what="source", reviewer=bureau.rita, reason="a look", opened_at=NOW
    )
    (found,) = verify(NOW).violations
    assert (found.check, found.object) == ("no_source_is_opened_alone", "sealed reports")


# --- keys ----------------------------------------------------------------------------------------------------

OTHER_KEY = "another-key-" + "y" * 50


def test_with_another_key_the_pages_say_so_and_nothing_is_shown_or_lost(bureau, case):
    with override_settings(SALT_KEY=[OTHER_KEY]):
        for address in (at("case-list"), at("case-detail", case.pk), at("case-open", case.pk)):
            response = sign_in(bureau.rita).get(address)
            assert response.status_code == 503
            assert "The key does not fit" in page(response)
            assert "gAAAA" not in page(response)
        run_schedule(NOW)
        (found,) = verify(NOW).violations
        assert "keys of this installation" in found.message
    assert with_whom(case) == ["Rita"]
    assert sign_in(bureau.rita).get(at("case-detail", case.pk)).status_code == 200


def test_a_new_key_before_the_old_one_opens_what_was_sealed_and_reseal_frees_the_old_one(bureau, case):
    conduct.open_report(case, reviewer=bureau.rita, reason="a look", now=NOW)
    with override_settings(SALT_KEY=[OTHER_KEY, *settings.SALT_KEY]):
        assert ConductReport.objects.get().text == WORDS
        said = io.StringIO()
        call_command("reseal", stderr=said)
        assert not re.search(r"\d", said.getvalue())
    with override_settings(SALT_KEY=[OTHER_KEY]):
        assert ConductReport.objects.get().text == WORDS
        assert ConductOpening.objects.get().reason == "a look"
        assert ConductSource.objects.get().told_on == "2026-11-18"
    with pytest.raises(CommandError, match="Nothing was changed"):
        call_command("reseal")


@pytest.mark.parametrize(
    ("keys", "found"),
    [
        ([settings.SECRET_KEY], ["contacts.W001"]),
        ([OTHER_KEY, "short"], ["contacts.W001"]),
        ([OTHER_KEY], []),
    ],
)
def test_the_deploy_check_asks_for_a_key_of_its_own(keys, found):
    with override_settings(SALT_KEY=keys):
        assert [one.id for one in conduct_key_of_its_own()] == found


# --- figures -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("counts", "total", "results"),
    [
        ({}, None, None),
        ({"founded": 4}, None, None),
        ({"founded": 5}, 5, None),  # the others are 0, which is under five too
        ({"founded": 5, "unfounded": 5, "passed_on": 5, "undecided": 4}, 19, None),  # 4 would be what is left
        ({"founded": 5, "unfounded": 6, "passed_on": 7, "undecided": 8}, 26, [5, 6, 7, 8]),
    ],
)
def test_no_count_under_five_is_told_nor_follows(counts, total, results):
    shown = told(2026, 1, counts)
    assert (shown.total, shown.results) == (total, results)


def test_the_figures_do_not_move_by_what_comes_in_on_the_first_days_of_a_half_year(bureau):
    """A week counts where it begins: until it is over, so is no half-year (R13)."""
    wednesday = dt.date(2026, 7, 1)
    assert (tally(wednesday)[0].year, tally(wednesday)[0].half) == (2025, 2)
    assert (
        tally(wednesday + dt.timedelta(days=5))[0].year,
        tally(wednesday + dt.timedelta(days=5))[0].half,
    ) == (2026, 1)


def test_only_half_years_that_are_over_are_counted(bureau, rob):
    for number in range(6):
        factories.case("Alice", by=bureau.dan, day=dt.date(2026, 6, 29), text=str(number))
        factories.case("Alice", by=bureau.dan, day=dt.date(2026, 7, 8), text=str(number))
    assert [(one.year, one.half, one.total) for one in tally(DAY)][:2] == [(2026, 1, 6), (2025, 2, None)]
    assert tally(dt.date(2027, 1, 1))[0].total == 6
    shown = page(sign_in(bureau.rita).get(at("case-figures")))
    assert '<td data-label="Reports">6</td>' in shown
    assert "under 5" in shown


def test_the_list_takes_as_many_queries_for_many_cases_as_for_one(
    bureau, rob, case, django_assert_max_num_queries
):
    for number in range(4):
        factories.case("Alice", by=bureau.dan, day=DAY, reviewer=bureau.rita, text=str(number))
    client = sign_in(bureau.rita)
    with django_assert_max_num_queries(9):
        assert page(client.get(at("case-list"))).count("/conduct/cases/") >= 5
    with django_assert_max_num_queries(14):
        client.get(at("case-detail", case.pk))


def test_the_week_is_all_that_is_told_of_when(bureau, case):
    shown = page(sign_in(bureau.rita).get(at("case-list")))
    assert re.findall(r"2026-\d\d-\d\d", shown.split("<tbody>")[1]) == ["2026-11-16"]
