"""Public editions: no number from which somebody could be found out, no name, nothing sealed, and nothing printed that no
leader approved."""

from __future__ import annotations

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from contacts.models import Actor, AuditEntry, Topic
from schedules import notices, publishing
from schedules.digests.edition import Edition
from schedules.digests.freezing import freeze_due
from schedules.digests.lists import select
from schedules.digests.public import OTHER, SMALLEST, disclose, public_figures, share
from schedules.models import Digest, DigestLists, NoticeLine, PassState, PublicEdition
from schedules.notices import deliver
from tests import factories, pdf
from tests.base import sign_in
from tests.schedules.scenes import at, day, moment

NOW = at("2026-11-18 10:30")


# --- what is told --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("counts", "total", "rows"),
    [
        ({}, None, []),
        ({"a": 4}, None, []),
        ({"a": 5}, 5, [["a", 5]]),
        ({"a": 3, "b": 3}, 6, []),  # both together would be the total once more
        ({"a": 10, "b": 3}, 13, []),  # b would be what is missing
        ({"a": 10, "b": 6, "c": 3}, 19, [["a", 10], [OTHER, 9]]),
        ({"a": 10, "b": 3, "c": 2}, 15, [["a", 10], [OTHER, 5]]),
        ({"a": 10, OTHER: 2}, 12, []),
        ({"a": 10, OTHER: 7}, 17, [["a", 10], [OTHER, 7]]),
        ({"b": 7, "a": 7, "c": 0}, 14, [["a", 7], ["b", 7]]),
    ],
)
def test_small_numbers_are_told_together_or_not_at_all(counts, total, rows):
    assert disclose(counts) == {"total": total, "rows": rows}


@given(st.dictionaries(st.text(max_size=3), st.integers(0, 40), max_size=9))
def test_no_number_under_five_is_said_and_none_is_what_remains(counts):
    found = disclose(counts)
    said = [number for _name, number in found["rows"]]
    assert all(number >= SMALLEST for number in said)
    if found["total"] is None:
        assert sum(counts.values()) < SMALLEST
        assert not said
    else:
        assert found["total"] == sum(counts.values()) >= SMALLEST
        assert sum(said) in {0, found["total"]}  # nothing remains that could be had by subtracting
    for name, number in found["rows"]:
        assert name == OTHER or counts[name] == number


@pytest.mark.parametrize(
    ("satisfied", "others", "not_said", "expected"),
    [(19, 0, 9, None), (20, 0, 0, 100), (999, 1, 0, 99), (10, 10, 100, 50)],
)
def test_a_share_is_of_many_and_never_rounded_up_to_all(satisfied, others, not_said, expected):
    verdicts = {"satisfied": satisfied, "basically": 0, "dissatisfied": others, "not_said": not_said}
    assert share(verdicts) == expected


# --- from a frozen digest ------------------------------------------------------------------------------------


@pytest.fixture
def october(bureau):
    """Of the county, frozen: twelve opinions on parking, three on noise, six of them answered."""
    PassState.objects.create(first_day=day("2026-10-01"), latest_at=at("2026-11-04 08:00"))
    parking, noise = (Topic.objects.create(name=name) for name in ("停车", "噪声"))
    for number in range(15):
        fields = {"topic": parking if number < 12 else noise}
        if number < 6:
            told = factories.record(bureau.deputy, bureau.alice, at("2026-10-20 09:00"))
            fields |= {
                "state": "answered",
                "answered_on": day("2026-10-20"),
                "answer_record": told,
                "result": "solved",
            }
        factories.feedback(bureau.deputy, bureau.alice, day("2026-10-08"), **fields)
    with transaction.atomic():
        freeze_due(moment("2026-11-04 08:00"))
    with time_machine.travel(NOW, tick=False):
        yield Digest.objects.get(unit=bureau.county, period_key="2026-10")


def lists_of(digest):
    return DigestLists.objects.get(digest=digest).rows


def write(digest, officer, text="We listened.", seen=""):
    return publishing.write(digest, lists_of(digest), text=text, seen=seen, actor=Actor(officer), now=NOW)


def test_it_tells_what_was_heard_answered_and_came_of_it(october):
    found = public_figures(october.figures, lists_of(october), NOW.date())
    assert found["heard"] == {"total": 15, "rows": []}  # three on noise would be what remains
    assert found["done"] == {"total": 6, "rows": [["停车", 6]]}
    assert found["results"] == {"total": 6, "rows": [["solved", 6]]}
    assert found["process"] is None
    titles = [title for title, _sentence, _rows in Edition(october, found).sections]
    assert titles == ["What we heard", "What we answered", "What came of it"]


def test_neither_a_name_nor_a_small_number_nor_anything_sealed_stands_on_the_page(october, bureau):
    factories.case("Alice", by=bureau.carol, day=day("2026-10-09"), text="密件内容")
    page = sign_in(bureau.lin).get(address_of(bureau)).content.decode()
    sheet = page[page.index('<article class="edition">') : page.index("</article>")]
    assert "张伟" not in sheet
    assert "密件" not in sheet
    assert ">3<" not in sheet
    assert "15 opinions and suggestions" in sheet


def address_of(bureau, name="schedules:edition"):
    return f"{reverse(name)}?unit={bureau.county.code}&period=2026-10"


def test_what_was_frozen_is_what_is_published_however_the_records_change(october, bureau):
    edition = write(october, bureau.carl)
    before = edition.figures
    assert len(select(lists_of(october), "received")) == 15
    bureau.deputy.feedback.filter(state="received").delete()
    assert PublicEdition.objects.get().figures == before


# --- who does what -------------------------------------------------------------------------------------------


def test_it_is_written_handed_in_approved_printed_and_taken_down(october, bureau):
    writer, leader = sign_in(bureau.carl), sign_in(bureau.lin)
    address = address_of(bureau)
    writer.post(address, {"text": "We listened.", "seen": ""})
    assert leader.get(address_of(bureau, "schedules:edition-file")).status_code == 404
    writer.post(address_of(bureau, "schedules:edition-submit"), {"seen": PublicEdition.objects.get().seen})
    page = leader.get(address)
    assert page.context["waiting"]["editions"] == 1
    edition = PublicEdition.objects.get()
    leader.post(address_of(bureau, "schedules:edition-approve"), {"seen": edition.seen})
    assert PublicEdition.objects.get().approved_by == bureau.lin
    refused = writer.post(address, {"text": "Otherwise.", "seen": edition.seen})
    assert "A leader takes it down" in refused.content.decode()
    assert "Otherwise." in refused.content.decode()
    leader.post(address_of(bureau, "schedules:edition-send-back"), {"reason": "A name stands in it."})
    edition = PublicEdition.objects.get()
    assert (edition.state, edition.remark, edition.approved_by) == ("draft", "A name stands in it.", None)
    assert leader.get(address_of(bureau, "schedules:edition-file")).status_code == 404
    assert set(AuditEntry.objects.filter(action__contains="edition").values_list("action", flat=True)) == {
        "write public edition", "submit public edition", "approve public edition", "send public edition back",
    }  # fmt: skip


@pytest.mark.pdf
def test_the_sheet_says_what_the_page_says_and_leaves_a_trace(october, bureau):
    edition = write(october, bureau.carl)
    publishing.submit(edition, seen=edition.seen, actor=Actor(bureau.carl))
    publishing.approve(edition, seen=edition.seen, actor=Actor(bureau.lin), now=NOW)
    answer = sign_in(bureau.lin).get(address_of(bureau, "schedules:edition-file"))
    text = "".join(pdf.pages(answer.getvalue()))
    assert "Welistened." in text
    assert "15opinionsandsuggestions." in text
    assert AuditEntry.objects.get(action="export").after["table"] == "public edition"


def test_nobody_approves_what_they_wrote_nor_what_they_have_not_read(october, bureau):
    factories.role(bureau.lin, "coordinator")
    edition = write(october, bureau.lin)
    publishing.submit(edition, seen=edition.seen, actor=Actor(bureau.lin))
    with pytest.raises(ValidationError, match="Somebody else"):
        publishing.approve(edition, seen=edition.seen, actor=Actor(bureau.lin), now=NOW)
    with pytest.raises(ValidationError, match="changed since you read it"):
        publishing.approve(edition, seen="0", actor=Actor(bureau.lea), now=NOW)
    assert not PublicEdition.objects.to_approve_by(bureau.lin).exists()
    assert PublicEdition.objects.to_approve_by(bureau.lea).exists()


def test_a_colleague_who_keeps_the_same_text_makes_nobody_free_to_approve_it(october, bureau):
    factories.role(bureau.lin, "coordinator")
    write(october, bureau.lin)
    edition = write(october, bureau.carl, seen=PublicEdition.objects.get().seen)
    assert edition.written_by == bureau.lin
    edition = write(october, bureau.carl, text="Better.", seen=edition.seen)
    publishing.submit(edition, seen=edition.seen, actor=Actor(bureau.carl))
    with pytest.raises(ValidationError, match="Somebody else"):
        publishing.approve(edition, seen=edition.seen, actor=Actor(bureau.lin), now=NOW)


def test_of_overlapping_periods_one_alone_hangs_on_the_wall(october, bureau):
    quarter = Digest.objects.create(
        unit=bureau.county, period_key="2026-Q4", frozen_at=NOW, figures=october.figures
    )
    DigestLists.objects.create(digest=quarter, rows=lists_of(october))
    for digest in (october, quarter):
        edition = write(digest, bureau.carl)
        publishing.submit(edition, seen=edition.seen, actor=Actor(bureau.carl))
    publishing.approve(october.edition, seen=october.edition.seen, actor=Actor(bureau.lin), now=NOW)
    with pytest.raises(ValidationError, match="October 2026 hangs"):
        publishing.approve(quarter.edition, seen=quarter.edition.seen, actor=Actor(bureau.lin), now=NOW)


def test_its_leader_and_its_writer_are_told_once_each_time_it_changes_hands(october, bureau):
    def told():
        before = set(NoticeLine.objects.values_list("pk", flat=True))
        notices.queue(moment("2026-11-18 10:35"))
        lines = NoticeLine.objects.filter(edition__isnull=False).exclude(pk__in=before)
        return [(line.stage, line.recipient.name) for line in lines.select_related("recipient")]

    edition = write(october, bureau.carl)
    assert told() == []
    publishing.submit(edition, seen=edition.seen, actor=Actor(bureau.carl))
    assert (told(), told()) == ([("ed_approve", "Lin")], [])
    publishing.send_back(edition, reason="Too long.", actor=Actor(bureau.lin))
    assert told() == [("ed_back", "Carl")]
    publishing.submit(edition, seen=edition.seen, actor=Actor(bureau.carl))
    publishing.approve(edition, seen=edition.seen, actor=Actor(bureau.lin), now=NOW)
    assert told() == [("ed_done", "Carl")]
    deliver(moment("2026-11-18 10:40"))
    assert any("Public edition approved" in message.body for message in mail.outbox)
    inbox = sign_in(bureau.carl).get(reverse("schedules:notice-list")).content.decode()
    assert "public edition approved" in inbox.lower()


def test_what_was_promised_for_the_last_day_and_not_kept_is_still_to_come(october):
    figures = october.figures | {"promises": {"promised": 11, "kept": 6, "due": 5}}
    promises = public_figures(figures, lists_of(october), NOW.date())["promises"]
    assert promises == {"total": 11, "rows": [["kept", 6], ["due", 5]]}


def test_whoever_was_not_the_quickest_sends_theirs_again(october, bureau):
    write(october, bureau.carol, text="Theirs.")
    client, address = sign_in(bureau.carl), address_of(bureau)
    page = client.post(address, {"text": "Mine.", "seen": ""})
    assert "Theirs." in page.content.decode()
    form = page.context["form"]
    assert (
        client.post(address, {"text": form["text"].value(), "seen": form["seen"].value()}).status_code == 302
    )
    assert PublicEdition.objects.get().text == "Mine."


@pytest.mark.parametrize("text", ["Since 2026-11-28 we do.", "In 2025-2026, and on 2026.11.3, three times."])
def test_days_and_years_are_no_numbers_of_anybody(october, bureau, text):
    assert write(october, bureau.carl, text=text).text == text


def test_a_text_written_meanwhile_is_not_written_over(october, bureau):
    first = write(october, bureau.carl)
    with pytest.raises(ValidationError, match="another text meanwhile"):
        write(october, bureau.carol, text="Mine.")
    assert PublicEdition.objects.get().text == first.text


@pytest.mark.parametrize(
    "text",
    [
        "Call 139 1234 5678.",
        "Card 320281199001011234.",
        "13912345678",
        "138－1234－5678",
        "138.1234.5678",
        "2026-11-28 139-1234-5678",
    ],
)
def test_long_numbers_are_refused_and_what_was_typed_stays(october, bureau, text):
    page = sign_in(bureau.carl).post(address_of(bureau), {"text": text, "seen": ""})
    assert "text" in page.context["form"].errors
    assert text in page.content.decode()
    assert not PublicEdition.objects.exists()


def test_names_in_the_text_are_pointed_out(october, bureau):
    write(october, bureau.carl, text="张伟代表说得对。")
    assert "张伟" in sign_in(bureau.lin).get(address_of(bureau)).context["names"]


def test_before_its_figures_are_frozen_there_is_nothing_to_publish(bureau):
    with time_machine.travel(NOW, tick=False):
        address = f"{reverse('schedules:edition')}?unit={bureau.county.code}&period=2026-11"
        client = sign_in(bureau.carl)
        assert "kept on 2026-12-03" in client.get(address).content.decode()
        assert client.post(address, {"text": "x", "seen": ""}).status_code == 403


def test_why_it_is_sent_back_stays_when_somebody_was_quicker(october, bureau):
    write(october, bureau.carl)
    page = sign_in(bureau.lin).post(address_of(bureau, "schedules:edition-send-back"), {"reason": "A name."})
    assert "A name." in page.content.decode()
    assert "with its writer already" in page.content.decode()
