"""An officer's work on a phone: log a contact from Today, with scripts and without; answer what was said."""

import datetime as dt

import pytest
from django.utils import timezone

from contacts.models import ContactRecord, Feedback
from schedules.models import CyclePolicy, Obligation, PolicyVersion
from schedules.periods import containing
from tests import factories
from tests.browser.conftest import PHONE


@pytest.fixture
def owed(bureau):
    today = timezone.localdate()
    period = containing(today, "month")
    return Obligation.objects.create(
        stakeholder=bureau.deputy,
        policy=CyclePolicy.objects.get(code="call"),
        version=PolicyVersion.objects.get(policy__code="call", starts_on=None),
        period_key=period.key,
        period_start=period.start,
        period_end=period.end,
        due_on=period.end,
        planned_on=today,
        changed_at=timezone.now(),
    )


@pytest.mark.parametrize("script", [True, False], ids=["scripts", "no-scripts"])
def test_alice_logs_a_call_from_today_with_what_was_said(open_page, bureau, owed, script):
    page = open_page("/today/", officer=bureau.alice, size=PHONE, script=script)
    assert page.locator(".progress-tiles b").first.inner_text() == "0 of 1"
    assert page.locator(".dial").get_attribute("href") == "tel:+8613912345678"

    page.get_by_role("link", name="Log", exact=True).click()
    page.get_by_label("What was said").fill("Spoke about the crossing.")
    page.locator(".log-form summary", has_text="They said an opinion").click()
    page.get_by_label("Opinion or suggestion").fill("The crossing needs a light.")
    page.get_by_role("button", name="Log it").click()
    page.get_by_text("Logged: call with 张伟, reached.").wait_for()

    assert page.locator(".progress-tiles b").first.inner_text() == "1 of 1"
    record = ContactRecord.objects.get()
    assert (record.kind, record.outcome, record.summary) == ("call", "reached", "Spoke about the crossing.")
    assert Feedback.objects.get().record == record


def test_the_form_opens_under_the_line_and_labels_reach_their_own_form(open_page, bureau, owed):
    other = factories.stakeholder("李娜", bureau.station, street="澄江镇")
    factories.pairing(bureau.alice, other)
    Obligation.objects.create(
        stakeholder=other,
        **{
            f.attname: getattr(owed, f.attname)
            for f in owed._meta.fields
            if f.name not in {"id", "stakeholder"}
        },
    )
    page = open_page("/today/", officer=bureau.alice, size=PHONE)
    forms = page.locator(".log-form")
    for number in range(2):  # the first form moves the second link down: a click meanwhile would miss it
        page.get_by_role("link", name="Log", exact=True).nth(number).click()
        forms.nth(number).wait_for()
    forms.nth(1).get_by_text("no answer").click()

    assert page.url.endswith("/today/")
    assert forms.nth(1).locator("input[value=no_answer]").is_checked()
    assert forms.nth(0).locator("input[value=reached]").is_checked()


def test_two_quick_taps_log_one_contact(open_page, bureau, owed):
    page = open_page(f"/people/{bureau.deputy.pk}/log/", officer=bureau.alice, size=PHONE, script=False)
    page.get_by_role("button", name="Log it").dblclick(no_wait_after=True)
    page.wait_for_url(f"**{bureau.deputy.get_absolute_url()}")

    assert ContactRecord.objects.count() == 1


def test_alice_answers_in_a_call_that_she_logs_with_the_answer(open_page, bureau):
    item = factories.feedback(bureau.deputy, bureau.alice, timezone.localdate() - dt.timedelta(days=3))
    page = open_page(item.get_absolute_url(), officer=bureau.alice, size=PHONE)
    page.get_by_role("link", name="Answer").click()
    page.get_by_label("What the person is told").fill("The light stands.")
    page.get_by_text("solved", exact=True).click()
    page.get_by_role("button", name="Record the answer").click()
    page.get_by_text(f"{item.number}: answered.").wait_for()

    item.refresh_from_db()
    assert ContactRecord.objects.get(tellings__answer=item.answer).summary == "The light stands."
