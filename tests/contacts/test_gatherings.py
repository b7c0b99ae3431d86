"""A gathering is logged once: each who was there has a contact of their own, and what they said its number and its day."""

import datetime as dt
import uuid

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contacts import gatherings
from contacts.gatherings import Attendee, log_gathering
from contacts.handling import correct_contact
from contacts.models import Actor, AuditEntry, ContactRecord, Draft, Feedback, Gathering, Stakeholder
from schedules.coverage import with_status
from schedules.models import Obligation
from tests import factories
from tests.base import sign_in
from tests.schedules.scenes import owe

NOW = dt.datetime(2026, 11, 23, 2, 30, tzinfo=dt.UTC)  # 10:30 in the bureau
PAGE = "/gatherings/add/"


@pytest.fixture(autouse=True)
def _at_half_past_ten(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def alice(bureau):
    return sign_in(bureau.alice)


@pytest.fixture
def people(bureau) -> list[Stakeholder]:
    """Alice's deputy, and two more whom she holds."""
    return [bureau.deputy, *(held(bureau, name) for name in ("李娜", "王芳"))]


def held(bureau, name, by=None) -> Stakeholder:
    person = factories.stakeholder(name, bureau.station)
    factories.pairing(by or bureau.alice, person)
    return person


def typed(came, *others, **changes):
    """`others` stand on the page and are not ticked."""
    return {
        "title": "Autumn briefing", "kind": "meeting", "day": "2026-11-23", "time": "09:00", "place": "Town hall",
        "summary": "The year so far.", "submission": str(uuid.uuid4()),
        "people": ",".join(str(person.pk) for person in (*came, *others)),
        **{f"came_{person.pk}": "on" for person in came},
    } | changes  # fmt: skip


def errors(response) -> str:
    return str({name: list(found) for name, found in response.context["form"].errors.items()})


def text(response) -> str:
    return response.content.decode()


# --- logging one ---------------------------------------------------------------------------------------------


def test_each_who_was_there_gets_a_record_and_the_others_do_not(bureau, alice, people):
    deputy, lina, wangfang = people
    response = alice.post(
        PAGE, typed([deputy, lina], wangfang, **{f"note_{lina.pk}": "Came late."}), follow=True
    )

    gathering = Gathering.objects.get()
    records = {record.stakeholder.name: record for record in gathering.records.all()}
    assert set(records) == {"张伟", "李娜"}
    assert records["张伟"].summary == "The year so far."
    assert records["李娜"].summary == "The year so far.\nCame late."
    for record in records.values():
        assert (record.kind, record.outcome, record.officer, record.recorded_by) == (
            "meeting", "reached", bureau.alice, bureau.alice,
        )  # fmt: skip
        assert record.occurred_at == dt.datetime(2026, 11, 23, 1, 0, tzinfo=dt.UTC)
        assert record.occurred_on == dt.date(2026, 11, 23)
    assert response.redirect_chain[-1][0] == gathering.get_absolute_url()
    assert "a record for each of 2 people" in text(response)


def test_the_trail_tells_of_the_gathering_and_of_each_record(bureau, alice, people):
    alice.post(PAGE, typed(people))

    assert AuditEntry.objects.get(action="log gathering").after["attendees"] == 3
    entries = AuditEntry.objects.filter(action="log contact")
    assert {entry.object_id for entry in entries} == {
        str(record.pk) for record in ContactRecord.objects.all()
    }
    assert {(entry.officer, entry.after["kind"]) for entry in entries} == {(bureau.alice, "meeting")}


def test_what_one_of_them_said_is_feedback_of_that_one(bureau, alice, people):
    deputy, lina, _wangfang = people
    response = alice.post(PAGE, typed(people, **{f"said_{lina.pk}": "The lamps are dark."}), follow=True)

    item = Feedback.objects.get()
    assert (item.stakeholder, item.text, item.received_on) == (
        lina,
        "The lamps are dark.",
        dt.date(2026, 11, 23),
    )
    assert item.record == lina.records.get()
    assert not deputy.feedback.exists()
    assert item.number in text(response)
    assert "1 opinion has got its number" in text(response)


def test_a_form_sent_twice_logs_one_gathering(bureau, alice, people):
    form = typed(people, **{f"said_{people[0].pk}": "The lamps are dark."})
    first, second = alice.post(PAGE, form), alice.post(PAGE, form)

    assert first.url == second.url == Gathering.objects.get().get_absolute_url()
    assert (ContactRecord.objects.count(), Feedback.objects.count()) == (3, 1)


def test_a_form_sent_twice_at_the_same_moment_logs_one_gathering(bureau, alice, people, monkeypatch):
    form = typed(people)
    alice.post(PAGE, form)
    look, looks = gatherings.submitted_before, []
    # The second request looked before the first had saved: only the constraint stops it.
    monkeypatch.setattr(
        gatherings, "submitted_before", lambda *row: look(*row) if looks else looks.append(row)
    )

    assert alice.post(PAGE, form).url == Gathering.objects.get().get_absolute_url()
    assert looks
    assert ContactRecord.objects.count() == 3


def test_a_meeting_meets_no_call_and_a_report_meets_the_report_of_everybody(bureau, alice, people):
    """R6, as for any other contact."""
    owe(bureau.deputy)
    owe(bureau.deputy, "2026-H2", "report")

    def states() -> dict[str, str]:
        rows = with_status(Obligation.objects.order_by("pk"), NOW).values_list("policy__code", "state")
        return dict(rows)

    alice.post(PAGE, typed(people))
    assert states() == {"call": "open", "report": "open"}
    alice.post(PAGE, typed(people, kind="report"))
    assert states() == {"call": "open", "report": "met"}


def test_sending_it_ends_its_draft(bureau, alice, people):
    form = typed(people)
    assert alice.post(f"/drafts/gathering:{bureau.alice.pk}/", form).json() == {"sent": False}
    people_s = "%2C".join(str(person.pk) for person in people)
    assert f"{PAGE}?people={people_s}&amp;draft=" in text(alice.get("/today/"))

    alice.post(PAGE, form)
    assert not Draft.objects.exists()


# --- what is refused -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"title": ""}, "title"),
        ({"day": "2026-11-24"}, "This lies in the future"),
        ({"time": "10:31"}, "This lies in the future"),
        ({"kind": "call"}, "kind"),
        ({"summary": "x" * 1501}, "summary"),
    ],
)
def test_bad_input_names_the_field_and_keeps_everything_typed(bureau, alice, people, changes, words):
    said = {f"said_{people[1].pk}": "The lamps are dark.", f"note_{people[1].pk}": "Came late."}
    form = typed(people[:2], people[2], **said) | changes
    response = alice.post(PAGE, form)

    assert words in errors(response)
    assert not Gathering.objects.exists()
    html = text(response)
    for kept in ("The lamps are dark.", "Came late.", "Town hall", form["submission"]):
        assert kept in html
    assert set(response.context["keys"].split(",")) == set(form["people"].split(","))
    ticked = response.context["form"].rows
    assert [row.came.value() for row in ticked] == [
        row.person in people[:2] for row in response.context["form"].rows
    ]


def test_somebody_has_to_have_been_there(bureau, alice, people):
    assert "Nobody is ticked" in errors(alice.post(PAGE, typed([], *people)))


@pytest.mark.parametrize("field", ["said", "note"])
def test_who_did_not_come_said_nothing_and_is_named(bureau, alice, people, field):
    response = alice.post(PAGE, typed(people[:2], people[2], **{f"{field}_{people[2].pk}": "Words"}))

    assert "王芳 is not ticked" in errors(response)
    assert not ContactRecord.objects.exists()


def test_whoever_went_out_of_reach_meanwhile_is_said_and_so_is_what_was_typed_there(bureau, alice, people):
    gone = people[2]
    gone.pairings.update(ended_on=dt.date(2026, 11, 1))
    form = typed(people, **{f"said_{gone.pk}": "The lamps are dark."})
    response = alice.post(PAGE, form)

    assert f"{gone.number} is not within your reach any more" in errors(response)
    assert "Typed there: The lamps are dark." in errors(response)
    assert not Gathering.objects.exists()


def test_all_or_nothing_and_the_refusal_names_whom_it_is_about(bureau, people, monkeypatch):
    def refuse(item, **_how):
        raise ValidationError("The unit is closed.")

    monkeypatch.setattr(gatherings, "receive_feedback", refuse)
    attendees = [Attendee(people[0]), Attendee(people[1], said="The lamps are dark.")]
    with pytest.raises(ValidationError) as refused:
        log_gathering(
            Gathering(title="Briefing", occurred_at=NOW, officer=bureau.alice), attendees, actor=Actor(bureau.alice)
        )  # fmt: skip

    assert refused.value.messages == ["李娜: The unit is closed."]
    assert not Gathering.objects.exists()
    assert not ContactRecord.objects.exists()


# --- whom it is about ----------------------------------------------------------------------------------------


def test_without_ticks_it_offers_one_s_own_people_none_of_them_ticked(bureau, alice, people):
    factories.stakeholder("陈静", bureau.station)
    rows = list(alice.get(PAGE).context["form"].rows)

    assert {row.person.name for row in rows} == {"张伟", "李娜", "王芳"}
    assert not any(row.came.value() for row in rows)


def test_those_who_were_ticked_in_the_list_are_taken_to_have_come(bureau, alice, people):
    rows = list(alice.get(PAGE, {"pick": [people[0].pk, people[1].pk]}).context["form"].rows)

    assert [(row.person.name, row.came.value()) for row in rows] == [("李娜", True), ("张伟", True)]


def test_who_is_not_one_s_own_is_left_out_with_a_word(bureau, people):
    """The county's leader sees the station's people and logs only for their own."""
    mine = held(bureau, "赵云", by=bureau.lin)
    page = sign_in(bureau.lin).get(PAGE, {"pick": [people[0].pk, mine.pk]})

    assert [row.person.name for row in page.context["form"].rows] == ["赵云"]
    assert "is not yours to log a contact with" in text(page)


def test_too_many_are_refused_before_anything_is_typed(bureau, monkeypatch):
    monkeypatch.setattr("contacts.views.gatherings.MOST", 2)
    crowd = [factories.stakeholder(f"王{number}", bureau.station) for number in range(3)]

    assert "At most 2 people at once" in text(
        sign_in(bureau.carol).get(PAGE, {"pick": [one.pk for one in crowd]})
    )


def test_the_list_of_people_leads_to_it(bureau, alice):
    assert f'formaction="{PAGE}"' in text(alice.get("/people/"))


# --- afterwards ----------------------------------------------------------------------------------------------


@pytest.fixture
def gathering(bureau, people) -> Gathering:
    """With Alice's three, and one of Dan's county."""
    far = factories.stakeholder("陈静", bureau.other_station)
    factories.pairing(bureau.dan, far)
    made = Gathering(
        title="Autumn briefing", summary="The year so far.", occurred_at=NOW, officer=bureau.carol
    )
    attendees = [Attendee(person) for person in (*people, far)]
    return log_gathering(made, attendees, actor=Actor(bureau.carol))


def test_the_timeline_says_with_how_many_others(bureau, alice, gathering):
    html = text(alice.get(bureau.deputy.get_absolute_url()))

    assert "Autumn briefing" in html
    assert "a gathering with 3 others" in html
    assert "a gathering with 3 others" in text(alice.get(f"/people/{bureau.deputy.pk}/log/"))  # the last talk


@pytest.mark.parametrize(
    ("name", "named", "others"),
    [("alice", 3, "1 person whom"), ("bob", 3, "1 person whom"), ("lin", 3, "1 person whom"),
     ("dan", 1, "3 people whom"), ("carol", 4, ""), ("lea", 4, "")],
)  # fmt: skip
def test_one_sees_whom_one_looks_after_and_the_others_are_counted(bureau, gathering, name, named, others):
    page = sign_in(getattr(bureau, name)).get(gathering.get_absolute_url())

    assert len(page.context["there"]) == named
    assert (others in text(page)) if others else ("whom you do not look after" not in text(page))
    assert ("陈静" in text(page)) == (name not in {"alice", "bob", "lin"})


@pytest.mark.parametrize(("name", "status"), [("carl", 200), ("rita", 404), ("sue", 403), ("ann", 403)])
def test_whoever_sees_none_of_them_finds_no_gathering(bureau, gathering, name, status):
    assert sign_in(getattr(bureau, name)).get(gathering.get_absolute_url()).status_code == status


def test_only_those_who_may_log_are_offered_to_change_it(bureau, gathering):
    assert "Was not there" in text(sign_in(bureau.bob).get(gathering.get_absolute_url()))
    assert "Was not there" not in text(sign_in(bureau.lin).get(gathering.get_absolute_url()))
    assert sign_in(bureau.lin).get(f"{gathering.get_absolute_url()}add/").status_code == 403


def test_somebody_who_was_forgotten_is_added(bureau, alice, gathering):
    forgotten = held(bureau, "赵云")
    page = f"{gathering.get_absolute_url()}add/"
    response = alice.post(
        page, {"person": f"{forgotten.number} 赵云", "said": "More lamps.", "note": "At the door."}
    )

    assert response.url == gathering.get_absolute_url()
    record = forgotten.records.get()
    assert (record.gathering, record.summary, record.officer) == (
        gathering, "The year so far.\nAt the door.", bureau.alice,
    )  # fmt: skip
    assert record.feedback.get().text == "More lamps."
    assert "赵云 stands there already." in errors(alice.post(page, {"person": forgotten.number}))


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("陈静", "Nobody within your reach"),
        ("L999999", "Nobody within your reach"),
        ("李娜", "Several people bear"),
    ],
)
def test_who_is_not_known_or_not_clear_is_not_added(bureau, alice, gathering, words, why):
    held(bureau, "李娜")

    assert why in errors(alice.post(f"{gathering.get_absolute_url()}add/", {"person": words}))


def test_whoever_did_not_come_is_struck_with_a_reason_and_can_be_added_again(bureau, alice, gathering):
    record = bureau.deputy.records.get()
    response = alice.post(
        f"/contacts/{record.pk}/void/",
        {"reason": "Was ill", "next": gathering.get_absolute_url()},
        follow=True,
    )

    assert [record.void_reason for record in response.context["struck"]] == ["Was ill"]
    assert response.context["gathering"].present == 3
    alice.post(f"{gathering.get_absolute_url()}add/", {"person": bureau.deputy.number})
    assert gathering.records.live().filter(stakeholder=bureau.deputy).exists()


def test_a_record_that_is_corrected_stays_in_its_gathering(bureau, alice, gathering):
    record = bureau.deputy.records.get()
    corrected = correct_contact(record, {"summary": "Left early"}, actor=Actor(bureau.alice))

    assert corrected.gathering == gathering
    assert Gathering.objects.counted().get().present == 4


# --- how much it takes ---------------------------------------------------------------------------------------


def test_two_hundred_take_hardly_more_queries_than_ten(bureau):
    client = sign_in(bureau.carol)

    def log(count: int) -> int:
        crowd = Stakeholder.objects.bulk_create(
            Stakeholder(name=f"p{number}", pinyin="p", initials="p", unit=bureau.station)
            for number in range(count)
        )
        with CaptureQueriesContext(connection) as asked:
            response = client.post(PAGE, typed(crowd))
        assert response.status_code == 302
        return len(asked)

    few = log(10)
    assert log(200) <= few + 10  # statements of many rows are cut in pieces
    assert few <= 25


def test_looking_at_one_takes_as_many_queries_for_many_as_for_few(
    bureau, gathering, django_assert_max_num_queries
):
    crowd = [Attendee(factories.stakeholder(f"p{number}", bureau.station)) for number in range(30)]
    big = log_gathering(
        Gathering(title="All", occurred_at=NOW, officer=bureau.carol), crowd, actor=Actor(bureau.carol)
    )
    client = sign_in(bureau.carol)
    with django_assert_max_num_queries(9):
        client.get(gathering.get_absolute_url())
    with django_assert_max_num_queries(9):
        client.get(big.get_absolute_url())


def test_each_says_how_satisfied_they_are_and_a_correction_keeps_it(bureau, alice, people):
    deputy, lina = people[:2]
    alice.post(PAGE, typed([deputy, lina], **{f"satisfied_{lina.pk}": "basically"}))
    record = ContactRecord.objects.get(stakeholder=lina)
    assert (record.satisfied, ContactRecord.objects.get(stakeholder=deputy).satisfied) == ("basically", "")

    corrected = correct_contact(record, {"summary": "Spoke about lamps."}, actor=Actor(bureau.alice))
    assert corrected.satisfied == "basically"
    page = alice.get(f"/people/{lina.pk}/").content.decode()
    assert "How satisfied: basically satisfied" in page
