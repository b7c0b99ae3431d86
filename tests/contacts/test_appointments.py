"""Appointments of media supervisors, patrol visitors and discipline monitors: their terms, certificates and renewals, in what
people took part, and what came of their findings."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contacts.appointing import end_early, note_certificate, note_certificates, renew, renew_many
from contacts.exports import export
from contacts.forms.stakeholders import seat_forms
from contacts.models import Actor, AuditEntry, Gathering, Seat, Stakeholder
from contacts.tables.appointments import AppointmentListing
from tests import factories
from tests.base import sign_in

DAY = dt.date(2026, 11, 18)
NOW = dt.datetime(2026, 11, 18, 2, 30, tzinfo=dt.UTC)  # 10:30 in the bureau
ROBOT = Actor.command("test")
PAGE, RENEW, CERTIFICATES = (
    "/people/appointments/",
    "/people/appointments/ticked/renew/",
    "/people/appointments/ticked/certificates/",
)


@pytest.fixture(autouse=True)
def _a_wednesday(time_machine):
    time_machine.move_to(NOW, tick=False)


def days(count: int) -> dt.timedelta:
    return dt.timedelta(days=count)


def day(text: str) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


@pytest.fixture
def monitor(bureau) -> Seat:
    """Of the county, Alice's deputy too; until the end of the year."""
    return appointed(bureau.deputy, bureau, certificate="A1", handed_out_on=dt.date(2024, 1, 10))


def appointed(person, bureau, kind="discipline_monitor", **fields) -> Seat:
    fields = {
        "unit": bureau.county,
        "started_on": dt.date(2024, 1, 1),
        "ended_on": dt.date(2026, 12, 31),
    } | fields
    return factories.seat(person, kind, "", **fields)


def rows(bureau, officer=None, **asked) -> list[Seat]:
    _found, table = AppointmentListing(officer or bureau.carol, timezone.now()).page(asked)
    return [row.record for row in table.paginated_rows]


def text(page) -> str:
    return page.content.decode()


# --- where a term stands -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "end", "renewed", "state"),
    [
        ("", "", False, "running"),
        ("2026-11-18", "", False, "running"),
        ("2026-11-19", "", False, "to_come"),
        ("2024-01-01", "2026-11-17", False, "ended"),
        ("2024-01-01", "2026-11-18", False, "ending"),
        ("2024-01-01", "2027-01-17", False, "ending"),  # 60 days
        ("2024-01-01", "2027-01-18", False, "running"),
        ("2024-01-01", "2027-01-17", True, "running"),
        ("2024-01-01", "2026-11-17", True, "ended"),
        ("2026-11-19", "2026-11-20", False, "to_come"),
    ],
)  # fmt: skip
def test_a_term_is_to_come_runs_ends_soon_or_is_over(bureau, start, end, renewed, state):
    seat = appointed(bureau.deputy, bureau, started_on=day(start), ended_on=day(end))
    if renewed:
        last = seat.ended_on
        appointed(bureau.deputy, bureau, renews=seat, started_on=last + days(1), ended_on=last + days(700))
    seat = Seat.objects.select_related("renewed_by").get(pk=seat.pk)

    assert seat.term_state(DAY) == state
    for other in ("to_come", "running", "ending", "ended"):
        assert (seat in rows(bureau, state=other)) == (other == state)
    assert (seat in rows(bureau, state="held")) == (state in {"running", "ending"})


@pytest.mark.parametrize(
    ("end", "number", "out", "back", "renewed_as", "to_collect"),
    [
        ("2026-11-17", "A1", "", "", None, True),
        ("2026-11-18", "A1", "", "", None, False),  # the last day
        ("", "A1", "", "", None, False),
        ("2026-11-17", "", "", "", None, False),  # nobody knows of a certificate
        ("2026-11-17", "", "2024-01-01", "", None, True),
        ("2026-11-17", "A1", "2024-01-01", "2026-11-17", None, False),
        ("2026-11-17", "A1", "", "", "A1", False),  # the same paper goes on
        ("2026-11-17", "A1", "", "", "B1", True),
        ("2026-11-17", "A1", "", "", "", True),
        ("2026-11-17", "A1", "", "2026-11-17", "B1", False),
    ],
)  # fmt: skip
def test_a_certificate_is_to_be_collected_after_the_end_unless_it_goes_on(
    bureau, end, number, out, back, renewed_as, to_collect
):
    seat = appointed(
        bureau.deputy,
        bureau,
        ended_on=day(end),
        certificate=number,
        handed_out_on=day(out),
        collected_on=day(back),
    )
    if renewed_as is not None:
        appointed(
            bureau.deputy,
            bureau,
            renews=seat,
            started_on=DAY,
            ended_on=DAY + days(700),
            certificate=renewed_as,
        )
    seat = Seat.objects.select_related("renewed_by").get(pk=seat.pk)

    assert seat.is_to_collect(DAY) == to_collect
    assert (seat in rows(bureau, state="collect")) == to_collect


# --- what came of findings, and in what people took part -------------------------------------------------------


@pytest.mark.parametrize(
    ("received_on", "first", "second"),
    [
        ("2023-12-31", 0, 0),
        ("2024-01-01", 1, 0),  # the first day of the one
        ("2025-06-30", 1, 0),
        ("2025-07-01", 1, 1),  # the first day of the other
        ("2026-06-30", 1, 1),  # the last day of the one
        ("2026-07-01", 0, 1),
        ("2026-11-18", 0, 1),
    ],
)  # fmt: skip
def test_a_finding_counts_with_each_appointment_in_whose_time_it_falls_and_once_together(
    bureau, received_on, first, second
):
    one = appointed(bureau.deputy, bureau, ended_on=dt.date(2026, 6, 30))
    other = appointed(bureau.deputy, bureau, "patrol_visitor", started_on=dt.date(2025, 7, 1), ended_on=None)
    factories.feedback(bureau.deputy, bureau.alice, day(received_on))
    found = {seat.pk: seat.found for seat in rows(bureau)}
    shown = sign_in(bureau.alice).get(bureau.deputy.get_absolute_url()).context["appointments"]

    assert found == {one.pk: first, other.pk: second}
    assert {one.seat.pk: len(one.findings) for one in shown.each} == found
    assert shown.findings == min(first + second, 1)


def test_findings_are_counted_by_what_came_of_them(bureau, monitor):
    told = factories.record(bureau.deputy, bureau.alice, NOW - days(3))
    answered = {"state": "answered", "answer_record": told}
    for _each in range(2):
        factories.feedback(bureau.deputy, bureau.alice, DAY - days(9), **answered)
    factories.feedback(
        bureau.deputy, bureau.alice, DAY - days(8), result="planned", review_on=DAY + days(30), **answered
    )
    factories.feedback(bureau.deputy, bureau.alice, DAY - days(1), text="Nobody came.")
    (row,) = rows(bureau)

    assert (row.found, row.answered, row.solved, row.unanswered) == (4, 3, 2, 1)
    client = sign_in(bureau.alice)
    (one,) = client.get(bureau.deputy.get_absolute_url()).context["appointments"].each
    assert [(count.words, count.number) for count in one.counts] == [
        ("not yet answered", 1), ("solved", 2), ("on the plan", 1),
    ]  # fmt: skip
    for count in one.counts:
        assert len(list(client.get(count.url).context["table"].paginated_rows)) == count.number
    assert len(list(client.get(one.findings_url).context["table"].paginated_rows)) == 4
    assert [item.text for item in one.newest][0] == "Nobody came."


def test_sealed_reports_leave_no_trace_among_findings(bureau, monitor):
    factories.case("Dan", by=bureau.alice, day=DAY, source=bureau.deputy.name)
    (row,) = rows(bureau)

    assert (row.found, row.took_part, row.last_reached) == (0, 0, None)
    assert not rows(bureau, findings="open")


@pytest.mark.parametrize(
    ("ago", "kind", "gathered", "counts"),
    [
        (1, "meeting", True, True),
        (1, "meeting", False, True),  # logged alone
        (1, "report", True, True),
        (1, "report", False, False),
        (1, "call", False, False),
        (1, "briefing", True, False),  # sent, not attended
        (364, "meeting", True, True),
        (365, "meeting", True, False),
    ],
)  # fmt: skip
def test_who_took_part_in_the_last_twelve_months(bureau, monitor, ago, kind, gathered, counts):
    at = NOW - days(ago)
    channel = "chat" if kind == "briefing" else ""
    gathering = Gathering.objects.create(
        title="G", kind=kind, channel=channel, occurred_at=at, officer=bureau.alice
    )
    record = factories.record(
        bureau.deputy, bureau.alice, at, kind=kind, gathering=gathering if gathered else None
    )
    (row,) = rows(bureau)

    assert (row.took_part, row.took_part_last) == ((1, record.occurred_on) if counts else (0, None))
    assert bool(rows(bureau, took_part="yes")) == counts
    assert bool(rows(bureau, took_part="no")) == (not counts)
    assert record.was_attended == (counts or ago == 365)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"kind": "discipline_monitor"}, True), ({"kind": "patrol_visitor"}, False), ({"unit": "320281000000"}, True),
        ({"unit": "320282000000"}, False), ({"unit": "320200000000"}, True), ({"charge": "320281501000"}, True),
        ({"charge": "320282000000"}, False), ({"q": "zw"}, True), ({"q": "李"}, False), ({"findings": "none"}, False),
        ({"findings": "no"}, True), ({"findings": "yes"}, False),
    ],
)  # fmt: skip
def test_appointments_are_found(bureau, monitor, asked, found):
    assert bool(rows(bureau, **asked)) == found


# --- renewing ------------------------------------------------------------------------------------------------


def renewed(seat, start="2027-01-01", end="2029-12-31", number="A1") -> Seat:
    return renew(seat, starts_on=day(start), ends_on=day(end), certificate=number, actor=ROBOT)


def test_a_renewal_goes_on_and_the_term_that_was_keeps_its_days(bureau, monitor):
    made = renewed(monitor)

    monitor.refresh_from_db()
    assert (monitor.started_on, monitor.ended_on) == (dt.date(2024, 1, 1), dt.date(2026, 12, 31))
    assert (made.renews, made.unit, made.kind, made.certificate) == (
        monitor,
        bureau.county,
        monitor.kind,
        "A1",
    )
    assert made.handed_out_on == monitor.handed_out_on  # it is the same paper
    entry = AuditEntry.objects.get(action="renew appointment")
    assert [seat["ended_on"] for seat in entry.after["seats"]] == ["2026-12-31", "2029-12-31"]


def test_a_term_that_lasts_longer_ends_on_the_day_before(bureau, monitor):
    renewed(monitor, "2026-12-01", number="B1")

    monitor.refresh_from_db()
    assert monitor.ended_on == dt.date(2026, 11, 30)
    assert monitor.renewal.handed_out_on is None  # a new certificate


def test_the_same_renewal_sent_twice_makes_one_and_another_one_is_refused(monitor):
    assert renewed(monitor) == renewed(monitor)
    with pytest.raises(ValidationError, match="renewed already"):
        renewed(monitor, end="2030-12-31")
    assert Seat.objects.filter(renews=monitor).count() == 1


@pytest.mark.parametrize(
    ("form", "field", "said"),
    [
        ({"starts_on": "2024-01-01"}, "starts_on", "begins on 2024-01-01"),
        ({"ends_on": "2026-12-31"}, "ends_on", "can not end before"),
        ({"certificate": "X9"}, "certificate", "belongs to another person"),
        ({"starts_on": "soon"}, "starts_on", "valid date"),
        ({"starts_on": ""}, "starts_on", "required"),
    ],
)
def test_what_can_not_be_is_said_at_its_field_and_nothing_typed_is_lost(bureau, monitor, form, field, said):
    appointed(factories.stakeholder("李娜", bureau.other_station), bureau, certificate="X9")
    typed = {"starts_on": "2027-01-01", "ends_on": "2029-12-31", "certificate": "A1"} | form
    page = sign_in(bureau.carl).post(f"/people/appointments/{monitor.pk}/renew/", typed)

    assert said in str(page.context["form"].errors[field])
    assert all(page.context["form"][name].value() == value for name, value in typed.items())
    assert not Seat.objects.filter(renews=monitor).exists()


def test_several_are_renewed_together_and_whoever_is_not_is_told_why(bureau, monitor):
    people = [factories.stakeholder(name, bureau.station) for name in ("王芳", "李娜", "陈静", "赵敏")]
    endless = appointed(people[0], bureau, ended_on=None)
    before = appointed(people[1], bureau)
    renewed(before, number="")
    fine = appointed(people[2], bureau, certificate="C1", ended_on=dt.date(2026, 6, 30))
    beyond = appointed(people[3], bureau, ended_on=dt.date(2029, 12, 31))
    outcome = renew_many(
        [monitor, endless, before, fine, beyond], starts_on=None, ends_on=dt.date(2029, 12, 31), certificates="number",
        actor=ROBOT,
    )  # fmt: skip

    assert outcome.done == 2
    assert sorted(outcome.left_out.values()) == [0, 1, 1, 1]
    assert (fine.renewal.started_on, fine.renewal.certificate) == (dt.date(2026, 7, 1), "C1")
    assert monitor.renewal.started_on == dt.date(2027, 1, 1)


def test_a_gathering_is_logged_with_those_whose_appointments_are_ticked(bureau, monitor):
    asked = {"pick": [monitor.pk], "of": "appointments"}
    page = sign_in(bureau.carol).get("/gatherings/add/", asked)

    assert [row.person for row in page.context["form"].rows] == [bureau.deputy]
    assert page.context["all_ticked"]
    assert page.context["ticked"].way_back.startswith("/people/appointments/")


def test_ticked_ones_sent_twice_are_renewed_once(bureau, monitor):
    form = {"people": str(monitor.pk), "ends_on": "2029-12-31", "certificates": "number"}
    client = sign_in(bureau.carl)
    first = client.post(RENEW, form, follow=True)
    second = client.post(RENEW, form, follow=True)

    assert "done for 1 appointment." in text(first)
    assert "1 are renewed already" in text(second)
    assert Seat.objects.filter(renews=monitor).count() == 1


def test_a_person_whose_appointment_was_renewed_under_its_number_can_still_be_edited(bureau, monitor):
    renewed(monitor)
    page = sign_in(bureau.carl).get(f"/people/{bureau.deputy.pk}/edit/")
    sent = {name: "" if value is None else value for name, value in _form_of(page).items()}
    done = sign_in(bureau.carl).post(
        f"/people/{bureau.deputy.pk}/edit/", sent | {"employer": "Another school"}
    )

    assert done.status_code == 302, done.context["form"].errors or done.context["seats"].errors
    assert Seat.objects.filter(certificate="A1").count() == 2
    assert Seat.objects.filter(handed_out_on=dt.date(2024, 1, 10)).count() == 2


def _form_of(page) -> dict:
    """What the page would send."""
    form, seats = page.context["form"], page.context["seats"]
    fields = [*form, *seats.management_form, *(field for one in seats for field in one)]
    values = {field.html_name: field.value() for field in fields if not isinstance(field.value(), bool)}
    return values | {"opened": page.context["meanwhile"].seal}


@pytest.mark.parametrize("both", [True, False])
def test_an_appointment_goes_with_its_renewal_or_not_at_all(bureau, monitor, both):
    made = renewed(monitor)
    client, address = sign_in(bureau.carl), f"/people/{bureau.deputy.pk}/edit/"
    page = client.get(address)
    going = [monitor.pk, made.pk] if both else [monitor.pk]
    sent = {name: "" if value is None else value for name, value in _form_of(page).items()}
    for one in page.context["seats"].forms:
        if one.instance.pk in going:
            sent[f"{one.prefix}-DELETE"] = "on"
    answer = client.post(address, sent)

    assert (answer.status_code == 302) == both
    assert Seat.objects.filter(pk__in=[monitor.pk, made.pk]).count() == (0 if both else 2)
    if not both:
        assert "Take both away, or leave both." in text(answer)


def test_a_term_can_not_be_edited_into_its_renewal(bureau, monitor):
    made = renewed(monitor)
    data = {"seats-TOTAL_FORMS": "3", "seats-INITIAL_FORMS": "3"}
    for number, seat in enumerate(bureau.deputy.seats.order_by("pk")):
        start = dt.date(2026, 12, 1) if seat == made else seat.started_on
        data |= {
            f"seats-{number}-id": seat.pk, f"seats-{number}-kind": seat.kind, f"seats-{number}-level": seat.level,
            f"seats-{number}-certificate": seat.certificate, f"seats-{number}-started_on": start or "",
            f"seats-{number}-ended_on": seat.ended_on or "",
        }  # fmt: skip
    forms = seat_forms(data, bureau.deputy)

    assert not forms.is_valid()
    assert "End the first one on the day before" in str(forms.errors)


# --- ending early, and certificates --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("last_day", "said"),
    [("2026-11-30", ""), ("2023-12-31", "begins on 2024-01-01"), ("2026-12-31", "ends on 2026-12-31 anyway")],
)
def test_an_appointment_is_ended_early_within_its_term(bureau, monitor, last_day, said):
    page = sign_in(bureau.carl).post(
        f"/people/appointments/{monitor.pk}/end/", {"last_day": last_day, "reason": "Moved away"}
    )
    monitor.refresh_from_db()
    if said:
        assert said in str(page.context["form"].errors["last_day"])
        assert monitor.ended_on == dt.date(2026, 12, 31)
    else:
        assert (monitor.ended_on, monitor.end_reason) == (dt.date(2026, 11, 30), "Moved away")
        assert AuditEntry.objects.get(action="end appointment").reason == "Moved away"


def test_one_that_was_renewed_is_not_ended_early(monitor):
    renewed(monitor)
    with pytest.raises(ValidationError, match="end the renewal"):
        end_early(monitor, last_day=DAY, reason="x", actor=ROBOT)


@pytest.mark.parametrize(
    ("out", "back", "field"),
    [
        ("2024-01-10", "2024-01-10", ""), ("2024-01-10", "", ""), ("", "2024-01-10", ""), ("", "", ""),
        ("2024-01-10", "2024-01-09", "collected_on"), ("2026-11-19", "", "handed_out_on"), ("", "2026-11-19", "collected_on"),
    ],
)  # fmt: skip
def test_a_certificate_comes_back_after_it_went_out_and_not_tomorrow(bureau, monitor, out, back, field):
    page = sign_in(bureau.carl).post(
        f"/people/appointments/{monitor.pk}/certificate/", {"handed_out_on": out, "collected_on": back}
    )
    assert (page.status_code == 302) == (not field)
    if field:
        assert page.context["form"].errors.keys() == {field}
    else:
        monitor.refresh_from_db()
        assert (monitor.handed_out_on, monitor.collected_on) == (day(out), day(back))


def test_certificates_of_many_are_collected_on_one_day(bureau, monitor):
    over = {"ended_on": DAY - days(1)}
    people = [factories.stakeholder(name, bureau.station) for name in ("王芳", "李娜", "陈静")]
    out = appointed(people[0], bureau, certificate="C1", **over)
    back = appointed(people[1], bureau, collected_on=DAY - days(1), **over)
    later = appointed(people[2], bureau, handed_out_on=DAY + days(1), **over)
    outcome = note_certificates([monitor, out, back, later], what="collected", day=DAY, actor=ROBOT)

    assert outcome.done == 1
    assert list(outcome.left_out.values()) == [1, 2]  # noted already; in office or handed out later
    out.refresh_from_db()
    assert out.collected_on == DAY
    again = note_certificates([out], what="handed_out", day=DAY, actor=ROBOT)
    assert again.done == 0


def test_what_is_noted_twice_stands_in_the_trail_once(monitor):
    for _each in range(2):
        note_certificate(monitor, handed_out_on=DAY, collected_on=None, actor=ROBOT)
    assert AuditEntry.objects.filter(action="note certificate").count() == 1


# --- who sees and does what ----------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["alice", "bob", "carol", "carl", "dan", "lea", "lin", "rita"])
def test_list_and_export_show_whom_the_roster_shows_and_no_number_that_it_hides(bureau, monitor, who):
    officer = getattr(bureau, who)
    sees = {person.name for person in Stakeholder.objects.visible_to(officer)}
    page = sign_in(officer).get(PAGE, {"columns": "name,phones,charge"})

    assert (bureau.deputy.name in text(page)) == (bureau.deputy.name in sees)
    assert ("139" in text(page)) == (who in {"alice", "carol", "carl"})
    assert ("With those who are ticked" in text(page)) == (who in {"carol", "carl"})


def test_the_export_says_what_the_list_says_in_as_many_queries_for_many(bureau, monitor):
    lines, queries = {}, {}
    assert bureau.carol.rights.columns  # read once
    for count in (1, 40):
        for number in range(count):
            appointed(factories.stakeholder(f"王{count}{number}", bureau.station), bureau)
        listing = AppointmentListing(bureau.carol, NOW)
        with CaptureQueriesContext(connection) as asked:
            written = b"".join(export(listing, {}, "csv", actor=Actor(bureau.carol)).csv())
        queries[count], lines[count] = len(asked), written.decode("utf-8-sig").splitlines()

    assert len(lines[40]) == 1 + 42
    assert queries[1] == queries[40]
    assert any(
        "A1" in line and "ends soon" in line and "13912345678" in line.replace(" ", "") for line in lines[1]
    )


def test_the_page_of_a_person_asks_no_more_for_five_appointments_than_for_one(bureau, monitor):
    client, queries = sign_in(bureau.alice), []
    for more in (0, 4):
        for number in range(more):
            appointed(bureau.deputy, bureau, "patrol_visitor", certificate=f"P{number}")
            factories.feedback(bureau.deputy, bureau.alice, DAY - days(number))
        client.get(bureau.deputy.get_absolute_url())
        with CaptureQueriesContext(connection) as asked:
            client.get(bureau.deputy.get_absolute_url())
        queries.append(len(asked))

    assert queries[1] - queries[0] <= 1  # the answers, once there is feedback
