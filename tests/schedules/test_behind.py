"""Who is behind: told to each unit's leaders once a week, and looked at on a page of its own."""

from unittest import mock

import pytest
import time_machine
from django.core import mail
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from contacts.models import Actor, Officer
from schedules import handling
from schedules.behind.weekly import report_week
from schedules.models import BehindReport, DayOverride, Notice, NoticeLine
from schedules.passes import run_schedule
from tests import factories
from tests.base import sign_in
from tests.schedules.scenes import at, day, moment, owe

MONDAY, NOW = "2026-11-16 09:00", "2026-11-18 10:30"


def report(text: str) -> int:
    """As in a pass."""
    with transaction.atomic():
        return report_week(moment(text))


def told(officer: Officer) -> list[tuple[str, str, str]]:
    """(day, unit, week) of the reports in an inbox."""
    lines = NoticeLine.objects.filter(behind__isnull=False, recipient=officer).order_by("pk")
    rows = lines.values_list("notice__send_on", "behind__unit__short_name", "behind__week_key")
    return [(str(send_on), unit, week) for send_on, unit, week in rows]


def figures(unit, week="2026-W47") -> dict:
    return BehindReport.objects.get(unit=unit, week_key=week).figures


def person(holder, name="李娜", **owed):
    made = factories.stakeholder(name, holder.unit)
    factories.seat(made)
    factories.pairing(holder, made)
    if owed:
        owe(made, **owed)
    return made


@pytest.fixture
def busy(bureau):
    """Of Alice one call is late and one on its plan, of Dan one was missed."""
    owe(bureau.deputy, planned_on=day("2026-11-12"))
    person(bureau.alice, planned_on=day("2026-11-26"))
    person(bureau.dan, "陈晨", key="2026-10")
    return bureau


class TestTold:
    def test_each_unit_s_leaders_are_told_once_a_week(self, busy):
        for text in (MONDAY, MONDAY, "2026-11-16 20:30", "2026-11-17 09:00", "2026-11-22 09:00"):
            report(text)
        assert told(busy.bob) == [("2026-11-16", "澄江派出所", "2026-W47")]
        assert told(busy.lin) == [("2026-11-16", "江阴市局", "2026-W47")]
        assert told(busy.lea) == [("2026-11-16", "市局", "2026-W47")]
        assert told(busy.alice) == told(busy.carol) == told(busy.dan) == []
        report("2026-11-23 00:01")
        assert told(busy.bob)[1:] == [("2026-11-23", "澄江派出所", "2026-W48")]

    @pytest.mark.parametrize(
        ("passes", "days"),
        [
            (["2026-11-18 09:00"], ["2026-11-18"]),  # down until Wednesday
            (["2026-11-16 21:00"], ["2026-11-17"]),  # after the hours
            (["2026-11-14 09:00", "2026-11-15 09:00"], []),  # only a week-end is left of the week
            (["2026-11-06 09:00", "2026-11-23 09:00"], ["2026-11-06", "2026-11-23"]),  # two weeks gone by
        ],
    )
    def test_late_it_is_told_in_the_week_or_not_at_all(self, busy, passes, days):
        for text in passes:
            report(text)
        assert [send_on for send_on, _unit, _week in told(busy.bob)] == days

    def test_a_holiday_on_monday_moves_it(self, busy):
        DayOverride.objects.create(day=day("2026-11-16"))
        report(MONDAY)
        assert told(busy.bob) == []
        report("2026-11-17 00:05")
        assert told(busy.bob) == [("2026-11-17", "澄江派出所", "2026-W47")]

    def test_killed_in_between_nothing_stands_and_the_next_pass_tells(self, busy):
        with (
            pytest.raises(KeyboardInterrupt),
            mock.patch.object(Notice.objects, "filter", side_effect=KeyboardInterrupt),
        ):
            report(MONDAY)
        assert not BehindReport.objects.exists()
        assert not Notice.objects.exists()
        report("2026-11-16 09:01")
        assert len(told(busy.bob)) == 1

    def test_where_nothing_is_owed_nobody_is_told(self, bureau):
        report(MONDAY)
        assert BehindReport.objects.get().unit == bureau.bureau  # marks the week
        assert told(bureau.lea) == []

    def test_a_leader_who_may_not_sign_in_is_not_told(self, busy):
        Officer.objects.filter(pk=busy.bob.pk).update(is_active=False)
        report(MONDAY)
        assert told(busy.bob) == []

    def test_other_passes_ask_one_question_and_on_days_off_none(self, busy):
        report(MONDAY)
        for text, number in [("2026-11-16 09:01", 1), ("2026-11-20 09:00", 1), ("2026-11-21 09:00", 0)]:
            then = moment(text)
            with CaptureQueriesContext(connection) as captured:
                assert report_week(then) == 0
            assert len(captured) == number


class TestFigures:
    def test_a_station_has_a_line_for_each_officer(self, busy):
        person(busy.bob, planned_on=day("2026-11-12"))
        report(MONDAY)
        found = figures(busy.station)
        assert found["units"] == []
        assert [row["name"] for row in found["officers"]] == ["Alice", "Bob"]
        alice = found["officers"][0]
        assert (alice["owed"], alice["late"], alice["due_soon"], alice["missed"], alice["unexplained"]) == (
            2, 1, 0, 0, 1,
        )  # fmt: skip

    def test_those_above_have_a_line_for_each_unit_below(self, busy):
        person(busy.lin, planned_on=day("2026-11-12"))
        report(MONDAY)
        county = figures(busy.county)
        assert [(row["name"], row["late"]) for row in county["units"]] == [("澄江派出所", 1)]
        assert [row["name"] for row in county["officers"]] == ["Lin"]
        assert county["total"]["late"] == 2
        assert [(row["name"], row["late"]) for row in figures(busy.bureau)["units"]] == [("江阴市局", 2)]

    def test_what_was_missed_is_told_in_one_week_alone(self, busy):
        person(busy.dan, planned_on=day("2026-11-26"))
        for text in ("2026-10-26 09:00", "2026-11-02 09:00", "2026-11-09 09:00"):
            report(text)
        weeks = ("2026-W44", "2026-W45", "2026-W46")
        assert [figures(busy.other_station, week)["total"]["missed"] for week in weeks] == [0, 1, 0]

    def test_after_a_week_without_a_report_nothing_missed_falls_between_two(self, busy):
        for text in ("2026-10-26 09:00", "2026-11-11 09:00"):
            report(text)
        assert figures(busy.other_station, "2026-W46")["total"]["missed"] == 1

    def test_reasons_are_counted_and_what_has_none(self, busy):
        other = person(busy.alice, "王芳", planned_on=day("2026-11-12"))
        factories.record(other, busy.alice, at("2026-11-13 09:00"), outcome="no_answer")
        handling.explain(
            other.obligations.get(), reason="no_answer", actor=Actor(busy.alice), now=at("2026-11-13 10:00")
        )
        report(MONDAY)
        (alice,) = figures(busy.station)["officers"]
        assert (alice["behind"], alice["attempts"], alice["reasons"], alice["unexplained"]) == (
            2, 1, {"no_answer": 1}, 1,
        )  # fmt: skip

    def test_nobody_who_is_owed_a_contact_is_named(self, busy):
        run_schedule(at(MONDAY))
        assert not [one for one in BehindReport.objects.all() if "张伟" in str(one.figures)]
        assert not [one for one in mail.outbox if one.to == [busy.bob.email] and "张伟" in one.body]

    def test_it_takes_as_many_queries_for_fifty_officers_as_for_five(self, bureau):
        def queries(first: int, last: int, text: str) -> int:
            for name in range(first, last):
                person(
                    factories.officer(f"O{name}", bureau.station), f"p{name}", planned_on=day("2026-11-12")
                )
            with CaptureQueriesContext(connection) as captured:
                report(text)
            return len(captured)

        assert queries(0, 5, MONDAY) == queries(5, 50, "2026-11-23 09:00") <= 22


class TestMessage:
    def messages(self, officer) -> list:
        return [one for one in mail.outbox if one.to == [officer.email]]

    def test_a_station_leader_reads_officers_with_links_to_their_tasks(self, busy):
        run_schedule(at(MONDAY))
        (message,) = self.messages(busy.bob)
        assert message.subject == "Who is behind this week"
        assert "Who is behind in 澄江派出所 (2026-W47)" in message.body
        assert "- Alice: late 1 · without a reason 1" in message.body
        link = f"/tasks/?state=behind&since=2026-11-09&unit={busy.station.code}&officer={busy.alice.police_number}"
        assert f"http://testserver{link}" in message.body
        assert link.replace("&", "&amp;") in message.alternatives[0][0]
        with time_machine.travel(at(MONDAY), tick=False):
            assert "张伟" in sign_in(busy.bob).get(link).content.decode()

    def test_those_above_read_units_and_no_officer(self, busy):
        run_schedule(at(MONDAY))
        (message,) = self.messages(busy.lea)
        assert "- 江阴市局: late 1" in message.body
        assert f"http://testserver/behind/?unit={busy.county.code}&week=2026-W47" in message.body
        assert "Alice" not in message.body

    def test_where_nobody_is_behind_one_line_says_so(self, bureau):
        owe(bureau.deputy, planned_on=day("2026-11-20"))
        run_schedule(at(MONDAY))
        (message,) = self.messages(bureau.bob)
        assert "Nobody is behind in 澄江派出所 (2026-W47)" in message.body
        assert "without a reason" not in message.body

    def test_it_stands_in_the_one_message_of_the_day(self, busy):
        person(busy.bob, planned_on=day("2026-11-16"))
        run_schedule(at(MONDAY))
        (message,) = self.messages(busy.bob)
        assert "Planned for today" in message.body
        assert "Who is behind" in message.body
        assert Notice.objects.filter(officer=busy.bob).count() == 1

    def test_who_leads_the_unit_no_longer_is_not_sent_it_and_reads_nothing_of_it(self, busy):
        run_schedule(at("2026-11-16 06:00"))
        busy.bob.roles.update(ended_at=at("2026-11-16 07:00"))
        assert "lead no longer" in inbox(busy.bob)
        assert "Alice" not in inbox(busy.bob)
        run_schedule(at(MONDAY))
        assert self.messages(busy.bob) == []

    def test_a_hand_over_in_between_changes_the_lists_and_not_what_was_told(self, busy):
        run_schedule(at("2026-11-16 06:00"))
        held = busy.deputy.pairings.get()
        held.ended_on = day("2026-11-15")
        held.save()
        factories.pairing(busy.bob, busy.deputy, day("2026-11-16"))
        run_schedule(at(MONDAY))
        assert "- Alice: late 1" in self.messages(busy.bob)[0].body
        assert [row.name for row in live(busy.bob, now=MONDAY).officers] == ["Bob"]

    def test_the_inbox_shows_it_with_its_rows(self, busy):
        run_schedule(at(MONDAY))
        assert "Who is behind in 澄江派出所" in inbox(busy.bob)
        assert "Alice" in inbox(busy.bob)
        assert "江阴市局" in inbox(busy.lea)


def inbox(officer) -> str:
    with time_machine.travel(at("2026-11-16 10:00"), tick=False):
        return sign_in(officer).get("/inbox/").content.decode()


def live(officer, query="", now=NOW):
    """What the page shows."""
    with time_machine.travel(at(now), tick=False):
        response = sign_in(officer).get(f"/behind/{query}")
    assert response.status_code == 200
    return response.context["reading"]


class TestPage:
    def test_each_begins_with_the_highest_unit_they_answer_for(self, busy):
        assert [row.name for row in live(busy.bob).rows] == ["Alice"]
        assert [row.name for row in live(busy.lin).rows] == ["澄江派出所"]
        assert [row.name for row in live(busy.lea).rows] == ["江阴市局"]
        assert live(busy.carol).figures == live(busy.lea).figures
        assert live(busy.carl).figures == live(busy.lin).figures

    @pytest.mark.parametrize(("name", "status"), [("alice", 403), ("ann", 403), ("bob", 404), ("lin", 200)])
    def test_one_s_own_unit_and_those_below(self, busy, name, status):
        response = sign_in(getattr(busy, name)).get(f"/behind/?unit={busy.county.code}")
        assert response.status_code == status

    def test_nobody_is_behind_elsewhere(self, busy):
        for query in (
            f"?unit={busy.other_station.code}",
            "?unit=own",
            "?unit=320299",
            "?week=2026-W47",
            "?unit=x'",
        ):
            assert sign_in(busy.bob).get(f"/behind/{query}").status_code == 404

    def test_one_drills_down_from_units_to_officers_to_their_tasks(self, busy):
        (county,) = live(busy.lea).rows
        (station,) = live(busy.lea, county.link.removeprefix("/behind/")).rows
        (alice,) = live(busy.lea, station.link.removeprefix("/behind/")).rows
        with time_machine.travel(at(NOW), tick=False):
            assert "张伟" in sign_in(busy.lea).get(alice.link).content.decode()

    def test_every_number_leads_to_as_many_tasks(self, busy):
        person(busy.alice, "王芳", planned_on=day("2026-11-10"))
        person(busy.alice, "孙丽", key="2026-10")
        handling.explain(
            busy.deputy.obligations.get(), reason="away", actor=Actor(busy.alice), now=at("2026-11-13 10:00")
        )
        for now in (NOW, "2026-11-03 09:00", "2026-11-25 09:00"):
            for reading in (live(busy.bob, now=now), live(busy.lin, now=now)):
                cells = [cell for row in [*reading.rows, reading.total] for cell in row.cells + row.reasons]
                for cell in cells:
                    if cell.link and cell.number:
                        with time_machine.travel(at(now), tick=False):
                            response = sign_in(busy.lin).get(cell.link)
                        assert len(response.context["table"].rows) == cell.number, cell

    def test_past_weeks_stand_as_they_were_told(self, busy):
        report(MONDAY)
        factories.record(busy.deputy, busy.alice, at("2026-11-17 09:00"))
        assert not live(busy.bob).is_behind
        assert live(busy.bob, "?week=2026-W47").is_behind
        assert "2026-W47" in live_html(busy.bob)

    def test_when_nobody_is_behind_it_says_so(self, bureau):
        assert "Nobody is behind." in live_html(bureau.bob)

    def test_it_takes_as_many_queries_for_fifty_officers_as_for_five(self, bureau):
        def queries() -> list[str]:
            client = sign_in(bureau.bob)
            with time_machine.travel(at(NOW), tick=False), CaptureQueriesContext(connection) as captured:
                assert client.get("/behind/").status_code == 200
            return [query["sql"] for query in captured]

        def fill(first: int, last: int) -> None:
            for name in range(first, last):
                holder = factories.officer(f"O{name}", bureau.station)
                person(holder, f"p{name}", planned_on=day("2026-11-12"))

        fill(0, 5)
        few = queries()
        fill(5, 50)
        many = queries()
        assert len(many) == len(few) <= 16, "\n".join(many)


def live_html(officer) -> str:
    with time_machine.travel(at(NOW), tick=False):
        return sign_in(officer).get("/behind/").content.decode()
