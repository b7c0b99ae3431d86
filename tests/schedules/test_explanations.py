"""Why a contact has not happened yet: said in two taps, shown beside the task, and no waiver."""

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from contacts.merging import merge
from contacts.models import Actor, AuditEntry
from contacts.unmerging import unmerge
from schedules import coverage, handling
from schedules.models import Explanation, Obligation
from schedules.passes import run_schedule
from tests import factories
from tests.base import sign_in
from tests.schedules.scenes import at, day, owe

NOW = at("2026-11-18 10:30")


@pytest.fixture
def late(bureau):
    """Alice's call to the deputy, planned six days ago."""
    return owe(bureau.deputy, planned_on=day("2026-11-12"))


def say(owed, officer, reason="away", text="", now=NOW):
    handling.explain(owed, reason=reason, text=text, actor=Actor(officer), now=now)


def explain_page(owed):
    return reverse("schedules:obligation-explain", args=[owed.pk])


def page(officer, path, now=NOW):
    with time_machine.travel(now, tick=False):
        response = sign_in(officer).get(path)
    assert response.status_code == 200
    return response.content.decode()


class TestSaying:
    def test_the_latest_counts_and_the_earlier_ones_stay(self, bureau, late):
        say(late, bureau.alice, "no_answer")
        say(late, bureau.bob, "away", "Abroad until Friday.")

        assert [str(one) for one in late.explanations.all()] == [
            "person does not answer",
            "person is away: Abroad until Friday.",
        ]
        today = page(bureau.alice, "/today/")
        assert "person is away: Abroad until Friday." in today
        assert "person does not answer" not in today
        assert "person does not answer" in page(bureau.alice, explain_page(late))

    def test_what_was_said_can_not_be_edited(self, bureau, late):
        say(late, bureau.alice)
        with pytest.raises(TypeError):
            late.explanations.get().save()

    def test_the_same_words_on_one_day_stand_once(self, bureau, late):
        for _twice in range(2):
            say(late, bureau.alice)
        say(late, bureau.alice, now=at("2026-11-19 09:00"))
        assert late.explanations.count() == 2
        assert AuditEntry.objects.filter(action="give reason").count() == 2

    def test_another_reason_needs_words(self, bureau, late):
        with pytest.raises(ValidationError, match="in a sentence"):
            say(late, bureau.alice, "other", "  ")
        with pytest.raises(IntegrityError), transaction.atomic():
            Explanation.objects.create(
                obligation=late, officer=bureau.alice, reason="other", text="", given_at=NOW
            )
        say(late, bureau.alice, "other", "The number has changed.")
        assert late.explanations.get().reason == "other"

    def test_it_is_asked_only_of_what_is_late_due_soon_or_missed(self, bureau, late):
        ahead = owe(bureau.deputy, policy="visit", key="2026-Q4", planned_on=day("2026-12-10"))
        with pytest.raises(ValidationError, match="only while"):
            say(ahead, bureau.alice)
        say(ahead, bureau.alice, now=at("2026-12-25 09:00"))  # due within five working days
        say(late, bureau.alice, now=at("2026-12-01 09:00"))  # missed
        factories.record(bureau.deputy, bureau.alice, at("2026-11-16 10:00"))
        with pytest.raises(ValidationError, match="only while"):
            say(late, bureau.alice, "later")

    def test_it_changes_no_state_and_no_figure(self, bureau, late):
        before = coverage.figures("2026-11", now=NOW)
        say(late, bureau.alice)
        assert coverage.figures("2026-11", now=NOW) == before
        assert coverage.figures("2026-11", now=at("2026-12-02 09:00"))["total"]["missed"] == 1

    def test_it_stands_in_the_trail(self, bureau, late):
        say(late, bureau.alice, "away", "Abroad.")
        entry = AuditEntry.objects.get(action="give reason")
        assert (entry.officer, entry.after, entry.reason) == (bureau.alice, {"why": "away"}, "Abroad.")


class TestWho:
    @pytest.mark.parametrize(
        ("name", "status"),
        [
            ("alice", 302),
            ("bob", 302),
            ("carl", 302),
            ("carol", 302),
            ("lin", 403),
            ("lea", 403),
            ("dan", 404),
        ],
    )
    def test_whoever_may_log_may_say_why(self, bureau, late, name, status):
        with time_machine.travel(NOW, tick=False):
            response = sign_in(getattr(bureau, name)).post(explain_page(late), {"reason": "away"})
        assert response.status_code == status
        assert late.explanations.count() == (status == 302)

    def test_so_may_who_stands_in_on_the_days_of_that(self, bureau, late):
        eve = factories.officer("Eve", bureau.station)
        factories.stand_in(eve, bureau.alice, day("2026-11-17"), day("2026-11-18"))
        assert "Why not yet?" in page(eve, "/today/")
        with time_machine.travel(NOW, tick=False):
            assert sign_in(eve).post(explain_page(late), {"reason": "officer_away"}).status_code == 302
        with time_machine.travel(at("2026-11-19 09:00"), tick=False):
            assert sign_in(eve).post(explain_page(late), {"reason": "away"}).status_code == 404

    def test_after_a_hand_over_it_is_the_successors_to_say(self, bureau, late):
        say(late, bureau.alice, "away")
        held = bureau.deputy.pairings.get()
        held.ended_on = day("2026-11-17")
        held.save()
        factories.pairing(bureau.bob, bureau.deputy, day("2026-11-18"))
        with time_machine.travel(NOW, tick=False):
            assert sign_in(bureau.alice).post(explain_page(late), {"reason": "later"}).status_code == 404
        assert "person is away" in page(bureau.bob, "/today/")


class TestPages:
    def test_from_today_it_takes_two_taps_and_leads_back(self, bureau, late):
        today = page(bureau.alice, "/today/")
        assert f"{explain_page(late)}?next=/today/" in today
        form = page(bureau.alice, f"{explain_page(late)}?next=/today/")
        assert 'name="reason" value="away"' in form
        with time_machine.travel(NOW, tick=False):
            response = sign_in(bureau.alice).post(explain_page(late), {"reason": "away", "next": "/today/"})
        assert response.url == "/today/"

    def test_what_is_refused_keeps_what_was_typed(self, bureau, late):
        with time_machine.travel(NOW, tick=False):
            response = sign_in(bureau.alice).post(explain_page(late), {"reason": "other", "text": ""})
        assert "Say in a sentence" in response.content.decode()

    def test_a_persons_page_shows_it_for_what_is_late_and_for_what_was_missed_last(self, bureau, late):
        missed = owe(bureau.deputy, "2026-10")
        say(late, bureau.alice, "later")
        say(missed, bureau.alice, "away", "Abroad in October.")
        shown = page(bureau.alice, bureau.deputy.get_absolute_url())
        assert "person asked for later" in shown
        assert "person is away: Abroad in October." in shown
        assert explain_page(missed) in shown
        assert explain_page(missed) not in page(bureau.lin, bureau.deputy.get_absolute_url())

    def test_the_list_of_tasks_is_filtered_by_it(self, bureau, late):
        other = factories.stakeholder("李娜", bureau.station)
        factories.pairing(bureau.alice, other)
        owe(other, planned_on=day("2026-11-12"))
        say(late, bureau.alice, "away", "Abroad.")
        assert "person is away: Abroad." in page(bureau.bob, "/tasks/?state=behind")
        for asked, seen in {
            "reason=away": {"张伟"}, "reason=later": set(), "reason=given": {"张伟"}, "reason=none": {"李娜"},
        }.items():  # fmt: skip
            found = page(bureau.bob, f"/tasks/?state=late&{asked}")
            assert {name for name in ("张伟", "李娜") if name in found} == seen

    def test_behind_is_what_is_late_or_was_missed_since_the_week_before(self, bureau, late):
        others = {}
        for name, key, planned in [
            ("李娜", "2026-11", "2026-11-24"), ("王芳", "2026-10", "2026-10-12"), ("陈晨", "2026-09", "2026-09-08"),
        ]:  # fmt: skip
            others[name] = factories.stakeholder(name, bureau.station)
            factories.pairing(bureau.alice, others[name])
            owe(others[name], key, planned_on=day(planned))
        found = page(bureau.bob, "/tasks/?state=behind", now=at("2026-11-04 09:00"))
        assert {name for name in ("张伟", *others) if name in found} == {"王芳"}
        found = page(bureau.bob, "/tasks/?state=behind")
        assert {name for name in ("张伟", *others) if name in found} == {"张伟"}
        found = page(bureau.bob, "/tasks/?state=behind&since=2026-09-30")
        assert {name for name in ("张伟", *others) if name in found} == {"张伟", "王芳", "陈晨"}


class TestLeaders:
    def test_what_was_missed_is_told_with_its_reason_by_mail_and_in_the_inbox(self, bureau, late):
        run_schedule(at("2026-11-30 07:00"))
        say(late, bureau.alice, "away", "Abroad until Friday.", now=at("2026-11-30 17:00"))
        mail.outbox.clear()
        run_schedule(at("2026-12-01 09:00"))

        (message,) = [one for one in mail.outbox if one.to == [bureau.bob.email]]
        assert "Alice · person is away: Abroad until Friday." in message.body
        assert "person is away: Abroad until Friday." in message.alternatives[0][0]
        assert "person is away: Abroad until Friday." in page(
            bureau.bob, "/inbox/", now=at("2026-12-01 10:00")
        )


class TestFollowing:
    def test_it_follows_a_merge_and_its_taking_back(self, bureau, late):
        twin = factories.stakeholder("张伟", bureau.station)
        factories.seat(twin)
        theirs = owe(twin, planned_on=day("2026-11-12"))
        say(late, bureau.alice, "no_answer")
        say(theirs, bureau.bob, "away", now=at("2026-11-18 11:00"))
        made = merge(bureau.deputy, twin, actor=Actor(bureau.carl), day=day("2026-11-18"))

        (one,) = Obligation.objects.filter(period_key="2026-11")
        assert [given.reason for given in one.explanations.all()] == ["no_answer", "away"]
        unmerge(made, actor=Actor(bureau.carl), reason="two after all")
        found = Explanation.objects.values_list("obligation__stakeholder", "reason")
        assert set(found) == {(bureau.deputy.pk, "no_answer"), (twin.pk, "away")}
