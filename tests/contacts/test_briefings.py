"""A briefing is logged once, and each who got it has a record: sent, and not a talk that anybody had."""

import datetime as dt
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from contacts.handling import correct_contact
from contacts.models import Actor, AuditEntry, ContactRecord, Feedback, Gathering, Publication, Stakeholder
from contacts.tables.stakeholders import StakeholderListing
from schedules.coverage import with_status
from schedules.forms.configuring import VersionForm
from schedules.models import Obligation, PolicyVersion
from tests import factories
from tests.base import sign_in
from tests.schedules.scenes import owe

NOW = dt.datetime(2026, 11, 23, 2, 30, tzinfo=dt.UTC)  # 10:30 in the bureau
PAGE = "/briefings/add/"


@pytest.fixture(autouse=True)
def _at_half_past_ten(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def media(bureau) -> list[Stakeholder]:
    """Two in office whom Alice holds, one whose term is over, and one of the other county."""
    people = [factories.stakeholder(name, bureau.station) for name in ("李娜", "王芳", "陈静")]
    people.append(factories.stakeholder("赵敏", bureau.other_station))
    for person in people:
        factories.seat(
            person, "media_supervisor", "", ended_on=dt.date(2026, 6, 30) if person.name == "陈静" else None
        )
        factories.pairing(bureau.dan if person.name == "赵敏" else bureau.alice, person)
    return people


def typed(*people, **changes):
    return {
        "title": "No fire", "summary": "Nothing burns.", "channel": "chat", "day": "2026-11-23", "time": "09:00",
        "submission": str(uuid.uuid4()), "people": ",".join(str(person.pk) for person in people),
        **{f"came_{person.pk}": "on" for person in people},
    } | changes  # fmt: skip


def text(page) -> str:
    return page.content.decode()


def offered(page) -> list[str]:
    return [person.name for person in page.context["form"].people]


@pytest.mark.parametrize(
    ("who", "names"),
    [("alice", ["李娜", "王芳"]), ("carol", ["李娜", "王芳", "赵敏"]), ("dan", ["赵敏"]), ("lea", [])],
)
def test_it_is_offered_to_every_media_supervisor_in_office_within_reach(bureau, media, who, names):
    assert offered(sign_in(getattr(bureau, who)).get(PAGE)) == names


def test_it_goes_to_those_who_were_ticked_in_the_list_each_once(bureau, media):
    one = media[0]
    also = factories.seat(one, "patrol_visitor", "")
    page = sign_in(bureau.carol).get(PAGE, {"pick": [one.seats.get(kind="media_supervisor").pk, also.pk]})

    assert offered(page) == ["李娜"]


def test_each_who_got_it_has_a_record_and_all_of_it_stands_in_the_trail(bureau, media):
    upload = SimpleUploadedFile("facts.pdf", b"%PDF-1.7 facts")
    client = sign_in(bureau.alice)
    page = client.post(PAGE, typed(*media[:2], file=upload), follow=True)
    briefing = Gathering.objects.get()

    assert (briefing.kind, briefing.channel, briefing.summary) == ("briefing", "chat", "Nothing burns.")
    assert {record.stakeholder for record in briefing.records.all()} == set(media[:2])
    assert {(record.kind, record.summary) for record in briefing.records.all()} == {
        ("briefing", "Nothing burns.")
    }
    assert "a record for each of 2 people" in text(page)
    entry = AuditEntry.objects.get(action="log briefing")
    assert (entry.after["attendees"], entry.after["name"]) == (2, "facts.pdf")
    file = briefing.files.get()
    assert b"".join(client.get(f"/briefings/files/{file.pk}/").streaming_content) == b"%PDF-1.7 facts"
    assert sign_in(bureau.dan).get(f"/briefings/files/{file.pk}/").status_code == 404


def test_sent_twice_it_is_logged_once(bureau, media):
    form, client = typed(*media[:2]), sign_in(bureau.alice)
    assert client.post(PAGE, form).url == client.post(PAGE, form).url
    assert ContactRecord.objects.count() == 2


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"title": ""}, "title", "required"), ({"summary": " "}, "summary", "required"),
        ({"channel": "pigeon"}, "channel", "pigeon"), ({"day": "2026-11-24"}, "day", "in the future"),
        ({"file": SimpleUploadedFile("run.exe", b"MZ")}, "file", "Only PDF"),
    ],
)  # fmt: skip
def test_what_can_not_be_is_said_at_its_field_and_nothing_typed_is_lost(bureau, media, changes, field, said):
    page = sign_in(bureau.alice).post(PAGE, typed(*media[:2], **changes))

    assert said in str(page.context["form"].errors[field])
    assert "No fire" in text(page) or "title" in changes
    assert not ContactRecord.objects.exists()


def test_a_form_that_comes_back_leads_back_to_the_list_as_it_was_filtered(bureau, media):
    page = sign_in(bureau.alice).post(PAGE, typed(media[0], title="", filter="state=ending"))

    assert page.context["ticked"].way_back == "/people/appointments/?state=ending"


def test_nobody_ticked_is_nobody_told(bureau, media):
    form = {name: value for name, value in typed(media[0]).items() if not name.startswith("came_")}
    assert "tick everybody who got it" in text(sign_in(bureau.alice).post(PAGE, form))


# --- what it counts as ---------------------------------------------------------------------------------------


def test_it_meets_nothing_and_nobody_was_reached_by_it(bureau):
    owe(bureau.deputy)
    gathering = Gathering.objects.create(
        title="No fire", kind="briefing", channel="chat", occurred_at=NOW, officer=bureau.alice
    )
    factories.record(bureau.deputy, bureau.alice, NOW, kind="briefing", gathering=gathering)
    client = sign_in(bureau.alice)

    assert with_status(Obligation.objects.all(), NOW).get().state == "open"
    person = StakeholderListing(bureau.alice, NOW).rows(StakeholderListing.deed).get(pk=bureau.deputy.pk)
    assert person.last_reached is None
    assert "Never reached so far." in text(client.get(f"/people/{bureau.deputy.pk}/log/"))
    assert "No fire" in text(client.get(bureau.deputy.get_absolute_url()))


def test_no_policy_asks_for_it_and_no_form_of_one_contact_offers_it(bureau):
    kinds = [name for name, _label in VersionForm().fields["kind"].choices]
    assert "briefing" not in kinds
    assert "briefing" not in dict(VersionForm().fields["stand_in_kinds"].choices)
    assert not any("briefing" in version.kinds for version in PolicyVersion.objects.all())
    page = sign_in(bureau.alice).get(f"/people/{bureau.deputy.pk}/log/")
    assert "briefing" not in dict(page.context["form"].fields["kind"].choices)


def test_a_record_of_one_is_corrected_and_stays_one(bureau, media):
    client = sign_in(bureau.alice)
    client.post(PAGE, typed(media[0]))
    record = ContactRecord.objects.get()
    page = client.get(f"/contacts/{record.pk}/correct/")

    assert [name for name, _label in page.context["form"].fields["kind"].choices] == ["briefing"]


# --- what came of it -----------------------------------------------------------------------------------------


def test_a_reaction_is_feedback_said_in_answer_to_it(bureau, media):
    client = sign_in(bureau.alice)
    client.post(PAGE, typed(media[0]))
    record = ContactRecord.objects.get()
    address = f"/people/{media[0].pk}/feedback/?record={record.pk}"
    assert client.get(address).context["form"]["record"].value() == str(record.pk)
    client.post(
        address, {"kind": "oral", "text": "Say more.", "received_on": "2026-11-23", "record": record.pk, "submission": uuid.uuid4()}
    )  # fmt: skip

    item = Feedback.objects.get()
    assert (item.record, item.stakeholder) == (record, media[0])
    assert item.number in text(client.get(record.gathering.get_absolute_url()))


def test_feedback_is_not_put_to_the_record_of_somebody_else(bureau, media):
    record = factories.record(media[1], bureau.alice, NOW)
    page = sign_in(bureau.alice).post(
        f"/people/{media[0].pk}/feedback/", {"kind": "oral", "text": "x", "received_on": "2026-11-23", "record": record.pk}
    )  # fmt: skip
    assert "record" in page.context["form"].errors
    assert not Feedback.objects.exists()


@pytest.mark.parametrize(
    ("published_on", "link", "field"),
    [
        ("2026-11-23", "news.example/1", ""), ("2026-11-22", "", "published_on"), ("2026-11-24", "", "published_on"),
        ("2026-11-23", "javascript:alert(1)", "link"),
    ],
)  # fmt: skip
def test_what_was_published_after_it_is_noted_with_whoever_wrote_it(bureau, media, published_on, link, field):
    client = sign_in(bureau.alice)
    client.post(PAGE, typed(media[0]))
    record = ContactRecord.objects.get()
    form = {"medium": "The Daily", "title": "No fire at all", "published_on": published_on, "link": link}
    for _twice in range(2):
        page = client.post(f"/briefings/records/{record.pk}/published/", form)

    if field:
        assert field in page.context["form"].errors
        assert not Publication.objects.exists()
    else:
        assert Publication.objects.get().link == "https://news.example/1"
        assert "No fire at all" in text(client.get(record.gathering.get_absolute_url()))


def test_a_correction_keeps_what_was_published(bureau, media):
    sign_in(bureau.alice).post(PAGE, typed(media[0]))
    record = ContactRecord.objects.get()
    Publication.objects.create(
        record=record, medium="The Daily", title="x", published_on=NOW.date(), noted_by=bureau.alice
    )
    corrected = correct_contact(record, {"summary": "Nothing burnt."}, actor=Actor(bureau.alice))

    assert Publication.objects.get().record == corrected
