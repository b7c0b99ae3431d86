"""Answers: written, told to everybody who asked, promised again, rated by somebody outside, and what others add on the way."""

import datetime as dt
import uuid

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from contacts.answering import answer_feedback, prepare_answer, rate, tell
from contacts.assigning import assign_feedback, return_feedback, take_up
from contacts.consulting import ask_opinion
from contacts.forms.feedback import FeedbackForm
from contacts.handling import correct_contact, void_contact
from contacts.models import (
    Actor,
    Answer,
    AuditEntry,
    CoHandling,
    ContactRecord,
    Draft,
    Fate,
    Feedback,
    Rating,
    Signer,
    Telling,
)
from contacts.outsiders import is_outside
from contacts.supervising import extend_feedback, supervise
from tests import factories
from tests.base import sign_in

NOW = dt.datetime(2026, 11, 18, 2, 30, tzinfo=dt.UTC)
TODAY = dt.date(2026, 11, 18)


@pytest.fixture(autouse=True)
def _a_wednesday_in_november():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def item(bureau):
    return factories.feedback(bureau.deputy, bureau.alice, dt.date(2026, 11, 2))


def url(name, row):
    return reverse(f"contacts:feedback-{name}", args=[row.pk])


def call(bureau, person=None, *, ago=0, by=None):
    """Each a minute after the one before."""
    at = NOW - dt.timedelta(days=ago, hours=1) + dt.timedelta(minutes=ContactRecord.objects.count())
    return factories.record(person or bureau.deputy, by or bureau.alice, at)


def told(bureau, item, *, ago=0, **changes):
    """Alice tells the answer in a call."""
    said = {
        "answer": "A light is planned.",
        "result": "planned",
        "review_on": dt.date(2026, 12, 15),
    } | changes
    answer_feedback(item, **said, record=call(bureau, ago=ago), actor=Actor(bureau.alice))
    item.refresh_from_db()


def rated(bureau, item, by=None, **changes):
    said = {"process": "satisfied", "result": "satisfied"} | changes
    telling = Telling.objects.filter(answer=item.answer, rating=None).first()
    made = rate(telling, **said, day=TODAY, actor=Actor(by or bureau.carl))
    item.refresh_from_db()
    return made


# --- written, then told --------------------------------------------------------------------------------------


def test_what_is_written_and_not_told_is_no_answer(bureau, item):
    form = {"answer": "It burns.", "result": "solved", "review_on": "", "told_in": "later"}
    sign_in(bureau.alice).post(url("answer", item), form)
    item.refresh_from_db()

    assert (item.state, item.answered_on, item.is_pending) == ("ready", None, True)
    html = sign_in(bureau.alice).get(url("detail", item)).content.decode()
    assert "Not yet told:" in html
    assert "Was told" in html


def test_it_is_answered_in_the_contact_in_which_the_person_was_told(bureau, item):
    prepare_answer(item, text="It burns.", result="solved", actor=Actor(bureau.alice))
    page = sign_in(bureau.alice).get(url("told", item)).content.decode()
    assert "It burns." in page
    form = {"told_in": "new", "kind": "visit", "day": "2026-11-17", "time": "09:00"}
    sign_in(bureau.alice).post(url("told", item), form)
    item.refresh_from_db()

    record = ContactRecord.objects.get()
    assert (record.kind, record.summary) == ("visit", "It burns.")
    assert (item.state, item.answered_on, item.rate_by) == (
        "answered",
        record.occurred_on,
        dt.date(2026, 12, 1),
    )


@pytest.mark.parametrize("ago", [17, 30])
def test_a_contact_from_before_it_was_said_tells_no_answer(bureau, item, ago):
    prepare_answer(item, text="It burns.", result="solved", actor=Actor(bureau.alice))
    with pytest.raises(ValidationError, match="before 2026-11-02"):
        tell(item, call(bureau, ago=ago), actor=Actor(bureau.alice))


def test_assigned_to_another_unit_what_was_written_is_set_aside(bureau, item):
    prepare_answer(item, text="It burns.", result="solved", actor=Actor(bureau.alice))
    assign_feedback(item, unit=bureau.county, day=TODAY, actor=Actor(bureau.alice))
    item.refresh_from_db()

    assert Answer.objects.get().set_aside_on == TODAY
    assert "Was told" not in sign_in(bureau.carl).get(url("detail", item)).content.decode()


# --- joint signers -------------------------------------------------------------------------------------------


@pytest.fixture
def signed(bureau):
    """By Alice's deputy and by Dan's."""
    dans = factories.stakeholder("李娜", bureau.other_station)
    factories.pairing(bureau.dan, dans)
    fields = {"kind": "suggestion", "document_number": "2026-114"}
    item = factories.feedback(bureau.deputy, bureau.alice, dt.date(2026, 11, 2), **fields)
    Signer.objects.create(feedback=item, stakeholder=dans)
    return item


def test_a_contact_in_which_one_of_several_was_told_stands_until_the_item_is_assigned_anew(bureau, signed):
    prepare_answer(signed, text="Done.", result="solved", actor=Actor(bureau.alice))
    record = call(bureau)
    tell(signed, record, actor=Actor(bureau.alice))
    with pytest.raises(
        ValidationError, match=f"was told the answer to {signed.number}. Assign that item anew"
    ):
        void_contact(record, reason="The wrong day.", actor=Actor(bureau.alice))
    assign_feedback(signed, unit=bureau.station, day=TODAY, actor=Actor(bureau.bob))
    void_contact(record, reason="The wrong day.", actor=Actor(bureau.alice))


def test_a_joint_one_is_answered_when_the_last_signer_was_told(bureau, signed):
    dans = signed.signers.get().stakeholder
    prepare_answer(signed, text="Built.", result="solved", actor=Actor(bureau.alice))
    tell(signed, call(bureau, ago=2), actor=Actor(bureau.alice))
    signed.refresh_from_db()
    assert signed.state == "ready"
    with pytest.raises(ValidationError, match="tell the others the same"):
        prepare_answer(signed, text="Not built.", result="solved", actor=Actor(bureau.alice))

    tell(signed, call(bureau, dans, ago=1, by=bureau.dan), actor=Actor(bureau.dan))
    signed.refresh_from_db()
    assert (signed.state, signed.answered_on) == ("answered", dt.date(2026, 11, 17))

    rated(bureau, signed)
    assert signed.state == "answered"  # the other has not been asked
    rated(bureau, signed)
    assert signed.state == "closed"


def test_whoever_holds_a_signer_finds_it_and_tells_them(bureau, signed):
    prepare_answer(signed, text="Built.", result="solved", actor=Actor(bureau.alice))
    dan = sign_in(bureau.dan)
    choices = dan.get(url("told", signed)).context["form"].fields["told_in"].choices
    assert [str(label) for _value, label in choices] == [
        "a contact with 张伟 not logged yet",
        "a contact with 李娜 not logged yet",
    ]
    dans = signed.signers.get().stakeholder
    dan.post(
        url("told", signed),
        {"told_in": f"new-{dans.pk}", "kind": "call", "day": "2026-11-18", "time": "09:00"},
    )

    assert Telling.objects.get().record.stakeholder == dans


@pytest.mark.parametrize(
    ("numbers", "kind", "names"),
    [
        ("L{0:06d}, L{1:06d}", "suggestion", {"王芳", "赵磊"}),
        ("{0} {0}；{person}", "proposal", {"王芳"}),  # twice is once, and the first signer is no other
        ("王芳、赵磊", "suggestion", {"王芳", "赵磊"}),
        ("李娜", "suggestion", None),
        ("孙丽", "suggestion", None),  # two are called that
        ("L{0:06d}", "oral", None),
        ("L999999", "suggestion", None),
        ("L{stranger}", "suggestion", None),  # out of reach is as nobody
        ("me", "suggestion", None),
    ],
)
def test_signers_are_named_by_numbers_or_names(bureau, numbers, kind, names):
    people = [factories.stakeholder(name, bureau.station) for name in ("王芳", "赵磊", "孙丽", "孙丽")]
    for person in people:
        factories.pairing(bureau.alice, person)
    stranger = factories.stakeholder("李娜", bureau.other_station)
    numbers = numbers.format(*(person.pk for person in people), person=bureau.deputy.pk, stranger=stranger.pk)
    number = "" if kind == "oral" else "2026-114"
    form = {
        "kind": kind,
        "document_number": number,
        "text": "A crossing.",
        "received_on": "2026-11-16",
        "signers": numbers,
    }
    response = sign_in(bureau.alice).post(reverse("contacts:feedback-create", args=[bureau.deputy.pk]), form)

    if names is None:
        assert list(response.context["form"].errors) == ["signers"]
    else:
        assert {signer.stakeholder.name for signer in Feedback.objects.get().signers.all()} == names


# --- the promise ledger --------------------------------------------------------------------------------------


def test_any_result_but_solved_promises_another_answer(bureau, item):
    told(bureau, item, ago=1)
    assert (item.state, item.review_on, item.rate_by) == ("answered", dt.date(2026, 12, 15), None)

    told(bureau, item, answer="It burns.", result="solved", review_on=None)
    first, second = Answer.objects.order_by("pk")
    assert second.follows == first
    assert (item.answer, item.review_on, item.rate_by) == (second, None, dt.date(2026, 12, 2))
    assert item.answered_on == first.told_on  # they had waited until then


@pytest.mark.parametrize(
    ("first", "second", "final"),
    [
        ("planned", "solved", True), ("planned", "cannot", True), ("cannot", "for_reference", True),
        ("planned", "in_progress", False), ("in_progress", "planned", False),
    ],
)  # fmt: skip
def test_what_can_be_the_last_word(bureau, item, first, second, final):
    told(bureau, item, ago=1, result=first)
    if not final:
        with pytest.raises(ValidationError, match="needs a day"):
            told(bureau, item, result=second, review_on=None)
        return
    told(bureau, item, result=second, review_on=None)
    assert (item.rate_by is not None) == final
    with pytest.raises(ValidationError, match="was final"):
        told(bureau, item, result="solved", review_on=None)


@pytest.mark.parametrize("result", ["planned", "cannot", "for_reference", "in_progress"])
def test_no_first_answer_but_solved_is_the_last_word(bureau, item, result):
    with pytest.raises(ValidationError, match="needs a day"):
        told(bureau, item, result=result, review_on=None)


@pytest.mark.parametrize(
    ("day", "again", "fate"),
    [
        ("2026-12-14", None, Fate.OPEN), ("2026-12-15", None, Fate.DUE), ("2026-12-16", None, Fate.BROKEN),
        ("2026-12-16", "2026-12-15", Fate.KEPT), ("2026-12-20", "2026-12-16", Fate.LATE),
    ],
)  # fmt: skip
def test_the_ledger_says_what_became_of_a_promise(bureau, item, day, again, fate):
    told(bureau, item)
    if again:
        Answer.objects.create(
            feedback=item,
            text="It burns.",
            result="solved",
            follows=item.answer,
            prepared_by=bureau.alice,
            told_on=again,
        )
    assert Answer.objects.promises(dt.date.fromisoformat(day)).get().fate == fate


def test_a_promise_of_an_item_that_was_opened_again_is_overtaken(bureau, item):
    told(bureau, item)
    assign_feedback(item, unit=bureau.station, day=TODAY, actor=Actor(bureau.bob), note="It is out.")

    assert Answer.objects.promises(dt.date(2027, 1, 1)).get().fate == Fate.OVERTAKEN


@pytest.mark.parametrize(("who", "count"), [("alice", 1), ("bob", 1), ("lea", 1), ("dan", 0)])
def test_the_ledger_lists_what_fell_due_and_no_strangers(bureau, item, who, count):
    told(bureau, item, review_on=dt.date(2026, 11, 19))
    with time_machine.travel(NOW + dt.timedelta(days=1), tick=False):
        response = sign_in(getattr(bureau, who)).get(reverse("contacts:promise-list"), {"fate": "due"})

    assert len(response.context["table"].page.object_list) == count


# --- rated by somebody outside -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("unit", "who", "may"),
    [
        ("station", "alice", False), ("station", "bob", False), ("station", "carl", True), ("station", "carol", True),
        ("county", "alice", False), ("county", "carl", False), ("county", "lin", False), ("county", "carol", True), ("county", "dan", True),
        ("bureau", "carol", False), ("bureau", "lea", False), ("bureau", "carl", True), ("bureau", "alice", True),
    ],
)  # fmt: skip
def test_nobody_rates_what_their_own_unit_or_one_above_them_handled(bureau, unit, who, may):
    item = factories.feedback(bureau.deputy, bureau.bob, dt.date(2026, 11, 2), unit=getattr(bureau, unit))

    assert is_outside(getattr(bureau, who), item) == may


def test_neither_does_whoever_leads_that_unit_from_elsewhere_or_was_asked_for_an_opinion(bureau, item):
    factories.role(bureau.dan, "leader", bureau.station)
    asked = {"question": "Whose?", "asked_by": bureau.bob, "asked_on": TODAY, "due_on": TODAY}
    assert not is_outside(bureau.dan, item)
    assert is_outside(bureau.carl, item)
    CoHandling.objects.create(feedback=item, unit=bureau.county, **asked)
    assert not is_outside(bureau.carl, item)


def test_the_handling_unit_is_led_back_from_the_page(bureau, item):
    told(bureau, item, result="solved", review_on=None)
    response = sign_in(bureau.bob).get(url("rate", item), follow=True)

    assert "Somebody outside the unit" in response.content.decode()
    assert "Ask how satisfied they are" not in response.content.decode()
    with pytest.raises(ValidationError, match="Somebody outside"):
        rated(bureau, item, by=bureau.bob)


def test_handling_and_result_are_rated_apart_and_then_it_is_closed(bureau, item):
    told(bureau, item, result="solved", review_on=None)
    form = {
        "telling": Telling.objects.get().pk,
        "process": "satisfied",
        "result": "basically",
        "comment": "In the end.",
    }
    sign_in(bureau.carl).post(url("rate", item), form)
    item.refresh_from_db()

    rating = Rating.objects.get()
    assert (rating.process, rating.result, rating.rated_by) == ("satisfied", "basically", bureau.carl)
    assert (item.state, item.closed_on) == ("closed", TODAY)
    assert AuditEntry.objects.filter(action="rate answer", reason="In the end.").exists()


def test_whoever_is_not_satisfied_has_it_opened_again_with_a_clock_of_its_own(bureau, item):
    told(bureau, item, result="solved", review_on=None)
    with pytest.raises(ValidationError, match="in their words"):
        rated(bureau, item, result="dissatisfied")
    rated(bureau, item, result="dissatisfied", comment="It is dark.")

    assert (item.state, item.unit, item.answer, item.clock_since) == ("assigned", bureau.station, None, TODAY)
    assert item.due_on == dt.date(2026, 12, 9)
    assert item.steps.last().note == "It is dark."


def test_whoever_asks_finds_the_number_and_that_they_looked_is_kept(bureau):
    """Carl's county is not in charge of her: the bureau handled what she said, and asks through him."""
    person = factories.stakeholder("王芳", bureau.bureau, mobile="+8613912345679")
    item = factories.feedback(person, bureau.carol, dt.date(2026, 11, 2))
    record = factories.record(person, bureau.carol, NOW)
    answer_feedback(item, answer="Done.", result="solved", record=record, actor=Actor(bureau.carol))
    carl = sign_in(bureau.carl)
    assert "139****5679" in carl.get(url("rate", item)).content.decode()
    assert not AuditEntry.objects.filter(action="reveal numbers").exists()
    typed = {"reveal": "1", "process": "basically", "comment": "Slow, but done"}
    page = carl.post(url("rate", item), typed).content.decode()

    assert "+8613912345679" in page
    assert "Slow, but done" in page
    assert not Rating.objects.exists()
    assert AuditEntry.objects.get(action="reveal numbers").officer == bureau.carl


def test_only_the_second_time_may_it_be_left_at_that(bureau, item):
    told(bureau, item, result="solved", review_on=None)
    with pytest.raises(ValidationError, match="not been opened again"):
        rated(bureau, item, result="dissatisfied", comment="It is dark.", leave=True)
    rated(bureau, item, result="dissatisfied", comment="It is dark.")

    told(bureau, item, result="solved", review_on=None)
    rated(bureau, item, result="dissatisfied", comment="It is still dark.", leave=True)
    assert item.state == "closed"


def test_a_promise_is_not_rated(bureau, item):
    told(bureau, item)
    response = sign_in(bureau.carl).get(url("rate", item), follow=True)

    assert "This item is answered already." in response.content.decode()


def test_a_contact_that_promised_keeps_no_promise_and_none_before_it_does(bureau, item):
    told(bureau, item, ago=1)
    again = {"answer": "It stands.", "result": "solved", "actor": Actor(bureau.alice)}
    for record in (ContactRecord.objects.latest("pk"), call(bureau, ago=1.01)):
        with pytest.raises(ValidationError, match="came after it"):
            answer_feedback(item, **again, record=record)
        page = sign_in(bureau.alice).get(url("answer", item)).content.decode()
        assert f'value="{record.pk}"' not in page

    answer_feedback(item, **again, record=call(bureau))


def test_a_page_that_is_older_than_the_last_telling_tells_nobody_else(bureau, item):
    signer = factories.stakeholder("李四", bureau.station)
    factories.pairing(bureau.alice, signer)
    Signer.objects.create(feedback=item, stakeholder=signer)
    prepare_answer(item, text="It is done.", result="solved", actor=Actor(bureau.alice))
    page = sign_in(bureau.alice).get(url("told", item))
    first = page.context["form"].initial["told_in"]
    tell(item, call(bureau), actor=Actor(bureau.bob))
    form = {"told_in": first, "kind": "call", "day": "2026-11-18", "time": "09:00"}
    answer = sign_in(bureau.alice).post(url("told", item), form)

    assert answer.context["form"].errors["told_in"]
    assert not ContactRecord.objects.filter(stakeholder=signer).exists()


def test_the_form_lists_no_contact_of_others_with_a_person_out_of_reach(bureau, item):
    theirs = call(bureau)
    assign_feedback(item, unit=bureau.other_station, day=TODAY, actor=Actor(bureau.carol))
    take_up(item, handler=bureau.dan, actor=Actor(bureau.carol))
    own = call(bureau, by=bureau.dan)
    page = sign_in(bureau.dan).get(url("answer", item)).content.decode()

    assert f'value="{own.pk}"' in page
    assert f'value="{theirs.pk}"' not in page


@pytest.mark.parametrize("where", ["in a contact that stands", "later"])
def test_the_same_answer_sent_twice_is_one_and_its_draft_is_gone(bureau, item, where):
    told_in = call(bureau).pk if where != "later" else "later"
    form = {
        "answer": "A light is planned.", "result": "planned", "review_on": "2026-12-15", "told_in": told_in,
        "submission": str(uuid.uuid4()), "seen": "",
    }  # fmt: skip
    alice = sign_in(bureau.alice)
    alice.post(reverse("contacts:draft", args=[f"answer:{item.pk}"]), form)
    for _twice in range(2):
        assert alice.post(url("answer", item), form).status_code == 302

    assert Answer.objects.count() == 1
    assert item.steps.filter(deed="prepared").count() == 1
    assert not Draft.objects.unsent().exists()


def test_nobody_tells_or_writes_over_what_somebody_else_wrote_meanwhile(bureau, item):
    prepare_answer(
        item, text="It can not be done.", result="cannot", review_on=TODAY, actor=Actor(bureau.alice)
    )
    alice = sign_in(bureau.alice)
    record = call(bureau)
    telling = alice.get(url("told", item)).context["form"].initial["seen"]
    with time_machine.travel(NOW + dt.timedelta(minutes=1), tick=False):
        prepare_answer(
            item, text="It comes on Monday.", result="planned", review_on=TODAY, actor=Actor(bureau.bob)
        )
        told_page = alice.post(url("told", item), {"told_in": record.pk, "seen": telling})
        form = {
            "answer": "Never.",
            "result": "cannot",
            "review_on": "2026-12-01",
            "told_in": "later",
            "seen": telling,
        }
        answer_page = alice.post(url("answer", item), form)
        for page in (told_page, answer_page):
            assert "It comes on Monday." in page.content.decode()
            assert page.context["form"].errors
        assert Answer.objects.get().text == "It comes on Monday."
        assert not Telling.objects.exists()

        again = answer_page.context["form"].data["seen"]
        assert alice.post(url("answer", item), form | {"seen": again}).status_code == 302
    assert Answer.objects.get().text == "Never."


@pytest.mark.parametrize(
    ("name", "who"),
    [
        *((name, "carl") for name in ("answer", "rate", "assign", "send-back", "send-up", "ask", "report")),
        ("supervise", "lea"),
        ("extend", "lin"),
    ],
)
def test_a_page_that_is_out_of_date_keeps_what_was_typed_and_changes_nothing(bureau, item, name, who):
    told(bureau, item, result="solved", review_on=None)
    rated(bureau, item)
    form = {
        **dict.fromkeys(("answer", "comment", "note", "text", "reason", "question"), "I typed this."),
        "result": "solved", "process": "satisfied", "told_in": "later", "report_by": TODAY, "due_on": TODAY,
        "unit": bureau.county.pk if name == "send-up" else bureau.other_station.pk,
    }  # fmt: skip
    page = sign_in(getattr(bureau, who)).post(url(name, item), form)
    item.refresh_from_db()

    assert "I typed this." in page.content.decode()
    assert page.context["form"].errors
    assert item.state == "closed"


@pytest.mark.parametrize("typed", ["建[2026]3号", "建〔2026〕 3 号", "建（2026）３号", "建【2026】3号"])
def test_one_document_is_one_however_its_number_is_typed(bureau, typed):
    form = {"kind": "suggestion", "text": "A path.", "received_on": "2026-11-18"}
    address = f"/people/{bureau.deputy.pk}/feedback/"
    sign_in(bureau.alice).post(address, form | {"document_number": "建〔2026〕3号"})
    page = sign_in(bureau.alice).post(address, form | {"document_number": typed})

    item = Feedback.objects.get()
    assert f"has been entered already: it is {item.number}." in page.content.decode()
    assert item.document_number == "建〔2026〕3号"
    elsewhere = factories.stakeholder("李娜", bureau.other_station)
    factories.pairing(bureau.dan, elsewhere)
    page = sign_in(bureau.dan).post(f"/people/{elsewhere.pk}/feedback/", form | {"document_number": typed})
    assert "has been entered already, by another unit." in page.content.decode()


def test_what_was_said_in_a_contact_that_was_corrected_or_voided_meanwhile_is_not_lost(bureau):
    corrected, voided = call(bureau), call(bureau)
    right = correct_contact(corrected, {"summary": "A path."}, actor=Actor(bureau.alice))
    void_contact(voided, reason="Somebody else.", actor=Actor(bureau.alice))
    for record in (corrected, voided):
        form = {"kind": "oral", "text": "A path.", "received_on": "2026-11-18", "record": record.pk}
        sign_in(bureau.alice).post(f"/people/{bureau.deputy.pk}/feedback/", form)

    assert list(Feedback.objects.order_by("pk").values_list("record", flat=True)) == [right.pk, None]


def test_one_document_entered_twice_at_one_moment_is_one_item(bureau, monkeypatch):
    form = {
        "kind": "suggestion",
        "document_number": "建〔2026〕3号",
        "text": "A path.",
        "received_on": "2026-11-18",
    }
    real = FeedbackForm.feedback

    def meanwhile(self):
        factories.feedback(
            bureau.deputy, bureau.alice, TODAY, kind="suggestion", document_number="建〔2026〕3号"
        )
        return real(self)

    monkeypatch.setattr(FeedbackForm, "feedback", meanwhile)
    page = sign_in(bureau.alice).post(f"/people/{bureau.deputy.pk}/feedback/", form)

    assert "at the same moment" in page.content.decode()
    assert Feedback.objects.count() == 1


def test_a_contact_that_was_voided_meanwhile_told_nobody(bureau, item):
    record = call(bureau)
    stale = ContactRecord.objects.get(pk=record.pk)
    void_contact(record, reason="Somebody else.", actor=Actor(bureau.alice))
    prepare_answer(item, text="It is done.", result="solved", actor=Actor(bureau.alice))
    with pytest.raises(ValidationError, match="was reached and told"):
        tell(item, stale, actor=Actor(bureau.alice))


def test_a_note_to_the_same_unit_opens_no_new_days_to_send_it_back(bureau, item):
    assign_feedback(item, unit=bureau.station, day=TODAY - dt.timedelta(days=15), actor=Actor(bureau.carl))
    take_up(item, handler=bureau.alice, actor=Actor(bureau.bob))
    assign_feedback(item, unit=bureau.station, day=TODAY, actor=Actor(bureau.bob), note="Soon, please.")
    with pytest.raises(ValidationError, match="are over"):
        return_feedback(item, day=TODAY, actor=Actor(bureau.bob), reason="Not ours.")


def test_a_contact_that_was_voided_keeps_no_later_answer_out(bureau, item):
    told(bureau, item, result="solved", review_on=None)
    wrong = ContactRecord.objects.latest("pk")
    assign_feedback(item, unit=bureau.station, day=TODAY, actor=Actor(bureau.carol), note="It is dark.")
    void_contact(wrong, reason="Somebody else.", actor=Actor(bureau.alice))

    answer_feedback(
        item, answer="Done.", result="solved", record=call(bureau, ago=0.01), actor=Actor(bureau.alice)
    )


def test_the_contact_of_an_answer_is_not_corrected_to_before_the_question(bureau, item):
    told(bureau, item)
    record = ContactRecord.objects.latest("pk")
    before = NOW - dt.timedelta(days=60)
    with pytest.raises(ValidationError, match="was not before that"):
        correct_contact(record, {"occurred_at": before}, actor=Actor(bureau.alice))
    record.refresh_from_db()
    assert record.is_live


def test_whoever_had_it_in_hand_before_does_not_rate(bureau, item):
    assign_feedback(item, unit=bureau.county, day=TODAY, actor=Actor(bureau.carol))
    take_up(item, handler=bureau.carl, actor=Actor(bureau.carl))
    assign_feedback(item, unit=bureau.station, day=TODAY, actor=Actor(bureau.carol))
    told(bureau, item, result="solved", review_on=None)

    assert not is_outside(bureau.carl, item)
    assert is_outside(bureau.carol, item)


def test_a_leader_below_does_not_change_what_a_leader_above_waits_for(bureau, item):
    day = TODAY + dt.timedelta(days=2)
    supervise(item, report_by=day, day=TODAY, actor=Actor(bureau.lea), reason="Now.")
    with pytest.raises(ValidationError, match="Lea of"):
        supervise(
            item, report_by=day + dt.timedelta(days=365), day=TODAY, actor=Actor(bureau.lin), reason="Later."
        )
    item.refresh_from_db()
    assert (item.supervised_by, item.report_by) == (bureau.lea, day)


def test_whoever_holds_the_person_does_not_take_it_out_of_another_unit_s_hands(bureau, item):
    assign_feedback(item, unit=bureau.other_station, day=TODAY, actor=Actor(bureau.carol))
    alice = sign_in(bureau.alice)
    assert alice.get(url("assign", item)).status_code == 403
    assert url("assign", item) not in alice.get(url("detail", item)).content.decode()


def test_the_longer_time_of_a_leader_runs_on_when_it_is_sent_to_and_fro(bureau):
    formal = factories.feedback(
        bureau.deputy, bureau.alice, TODAY, kind="suggestion", document_number="建〔2026〕9号"
    )
    assign_feedback(formal, unit=bureau.station, day=TODAY, actor=Actor(bureau.carl))
    extend_feedback(formal, actor=Actor(bureau.lea), reason="A new road.")
    formal.refresh_from_db()
    due_on = formal.due_on
    return_feedback(formal, day=TODAY, actor=Actor(bureau.bob), reason="Not ours.")
    assign_feedback(formal, unit=bureau.station, day=TODAY + dt.timedelta(days=60), actor=Actor(bureau.carl))
    formal.refresh_from_db()
    assert formal.due_on == due_on


def test_who_signed_finds_it_on_their_own_page_and_card(bureau, item):
    eve = factories.officer("Eve", bureau.station)
    signer = factories.stakeholder("李四", bureau.station)
    factories.pairing(eve, signer)
    item.signers.create(stakeholder=signer)
    for page in (signer.get_absolute_url(), f"/people/{signer.pk}/log/"):
        assert item.number in sign_in(eve).get(page).content.decode()


# --- on the way ----------------------------------------------------------------------------------------------


def test_somebody_of_the_unit_takes_it_in_hand_and_finds_it(bureau, item):
    zoe = factories.officer("Zoe", bureau.station)
    assert sign_in(zoe).get(url("detail", item)).status_code == 404
    bob = sign_in(bureau.bob)
    offered = bob.get(url("take", item)).context["form"].fields["handler"].queryset
    assert set(offered) == {bureau.alice, bureau.bob, zoe}
    bob.post(url("take", item), {"handler": zoe.pk})
    item.refresh_from_db()

    assert (item.state, item.handler) == ("in_hand", zoe)
    assert sign_in(zoe).get(url("answer", item)).status_code == 200


def test_a_unit_that_is_asked_reads_it_gives_its_opinion_and_does_nothing_else(bureau, item):
    fay = factories.officer("Fay", bureau.other_county)
    factories.role(fay, "coordinator")
    form = {"unit": bureau.other_county.pk, "question": "Is it your road?", "due_on": "2026-11-25"}
    assert sign_in(fay).get(url("detail", item)).status_code == 404
    sign_in(bureau.bob).post(url("ask", item), form)
    asked = CoHandling.objects.get()

    assert "Is it your road?" in sign_in(fay).get(url("detail", item)).content.decode()
    assert sign_in(fay).post(url("assign", item), {}).status_code == 403
    sign_in(fay).post(reverse("contacts:feedback-advise", args=[asked.pk]), {"text": "It is the city's."})
    html = sign_in(bureau.alice).get(url("detail", item)).content.decode()
    assert "It is the city&#x27;s." in html
    item.refresh_from_db()
    assert (item.unit, item.state) == (bureau.station, "received")  # the lead stays where it is


def test_a_leader_supervises_it_and_is_reported_to(bureau, item):
    sign_in(bureau.lin).post(
        url("supervise", item), {"report_by": "2026-11-25", "text": "Answer them this week."}
    )
    item.refresh_from_db()
    assert (item.supervised_by, item.report_by) == (bureau.lin, dt.date(2026, 11, 25))
    assert [
        row.record
        for row in sign_in(bureau.lin).get("/feedback/?state=supervised").context["table"].page.object_list
    ] == [item]

    sign_in(bureau.alice).post(url("report", item), {"text": "They are called today."})
    item.refresh_from_db()
    assert item.report_by is None
    assert [step.deed for step in item.steps.all()] == ["supervised", "reported"]


@pytest.mark.parametrize(
    ("form", "field"), [({"report_by": "2026-11-17"}, "report_by"), ({"text": " "}, "text")]
)
def test_supervision_needs_a_day_to_come_and_says_what_for(bureau, item, form, field):
    said = {"report_by": "2026-11-25", "text": "Answer them."} | form
    response = sign_in(bureau.lin).post(url("supervise", item), said)

    assert list(response.context["form"].errors) == [field]
    assert response.context["form"]["text"].value() == said["text"]


def test_it_is_sent_up_to_the_leaders_of_a_unit_above(bureau, item):
    offered = sign_in(bureau.alice).get(url("send-up", item)).context["form"].fields["unit"].queryset
    assert list(offered) == [bureau.county, bureau.bureau]  # the nearest first
    sign_in(bureau.alice).post(url("send-up", item), {"unit": bureau.bureau.pk, "text": "It needs money."})
    item.refresh_from_db()

    assert (item.escalated_to, item.unit, item.state) == (bureau.bureau, bureau.station, "received")
    told(bureau, item)
    assert item.escalated_to is None


def test_an_opinion_and_a_suggestion_are_put_together_and_keep_their_clocks(bureau, item, signed):
    sign_in(bureau.alice).post(url("link", item), {"other": signed.number})
    before = (item.due_on, signed.due_on)

    for one, other in ((item, signed), (signed, item)):
        assert other.get_absolute_url() in sign_in(bureau.alice).get(url("detail", one)).content.decode()
        one.refresh_from_db()
    assert (item.due_on, signed.due_on) == before


def test_what_was_put_together_by_mistake_is_taken_apart(bureau, item, signed):
    sign_in(bureau.alice).post(url("link", item), {"other": signed.number})
    apart = reverse("contacts:feedback-unlink", args=[item.pk, signed.pk])
    assert apart in sign_in(bureau.alice).get(url("detail", item)).content.decode()
    sign_in(bureau.alice).post(apart, {"reason": "Another road."})

    assert not item.related.exists()
    assert [one.steps.filter(deed="parted").get().note for one in (item, signed)] == [
        f"{signed.number}: Another road.",
        f"{item.number}: Another road.",
    ]
    assert sign_in(bureau.alice).get(apart).status_code == 404


def test_what_one_may_only_read_is_not_put_together_with_anything(bureau, item):
    """Asked for an opinion, one reads the item, and does nothing else with it."""
    dans = factories.feedback(factories.stakeholder("李娜", bureau.other_station), bureau.dan, TODAY)
    ask_opinion(
        dans, unit=bureau.station, question="Whose?", due_on=TODAY, day=TODAY, actor=Actor(bureau.dan)
    )
    response = sign_in(bureau.bob).post(url("link", item), {"other": dans.number})

    assert "You may read that item and not handle it." in response.content.decode()
    assert not dans.steps.filter(deed="linked").exists()


@pytest.mark.parametrize("number", ["F999999", "x", "{stranger}"])
def test_it_is_not_put_together_with_what_is_out_of_reach(bureau, item, number):
    dans = factories.stakeholder("李娜", bureau.other_station)
    stranger = factories.feedback(dans, bureau.dan, TODAY)
    response = sign_in(bureau.alice).post(
        url("link", item), {"other": number.format(stranger=stranger.number)}
    )

    assert "There is no such item within your reach." in response.content.decode()


# --- files ---------------------------------------------------------------------------------------------------

PDF = b"%PDF-1.7 a map"


def attach(officer, item, name="map.pdf", content=PDF):
    return sign_in(officer).post(url("attach", item), {"file": SimpleUploadedFile(name, content)})


def test_a_file_is_kept_with_the_item_and_each_opening_is_logged(bureau, item):
    attach(bureau.alice, item)
    file = item.attachments.get()
    address = reverse("contacts:feedback-file", args=[file.pk])
    response = sign_in(bureau.lea).get(address)

    assert b"".join(response.streaming_content) == PDF
    assert response["Content-Disposition"] == 'attachment; filename="map.pdf"'
    assert AuditEntry.objects.get(action="open attachment").officer == bureau.lea
    assert sign_in(bureau.dan).get(address).status_code == 404


@pytest.mark.parametrize(
    ("name", "content"),
    [("map.svg", b"<svg/>"), ("map.pdf", b"<html>"), ("map", PDF), ("map.exe", b"MZ"), ("photo.png", PDF)],
)
def test_nothing_is_attached_that_is_not_what_its_name_says(bureau, item, name, content):
    response = attach(bureau.alice, item, name, content)

    assert "Only PDF" in response.content.decode()
    assert not item.attachments.exists()


def test_a_file_that_is_too_large_is_refused_with_both_sizes(bureau, item, settings):
    settings.ATTACHMENT_MAX_BYTES = 10

    assert (
        "The file has 14\xa0bytes; at most 10\xa0bytes can be kept."
        in attach(bureau.alice, item).content.decode()
    )


def test_the_same_file_is_kept_once(bureau, item):
    attach(bureau.alice, item)

    assert "This file stands there already." in attach(bureau.alice, item, "again.pdf").content.decode()
