"""Does the database keep the rules of the engine? Every invariant is one check with a name, and says what breaks it.

Much of this no page or pass can break: named constraints stand before it, and they are not repeated here. What is left
is what spans rows, tables or time, and what somebody with a console, a restored backup or a fault of ours could do.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from schedules.verify import (
    appointments,
    conduct,
    digests,
    facts,
    feedback,
    obligations,
    reminders,
    reports,
    roster,
    status,
    units,
)
from schedules.verify.facts import Facts

SHOWN = 50  # violations of one check; all of them are counted

Find = Callable[[Facts], Iterator[tuple[Any, str]]]


@dataclass(frozen=True)
class Check:
    """`find` yields (what, why) for each violation. `planned`: holds only once a pass has seen the latest facts."""

    rule: str
    name: str
    find: Find
    planned: bool = False


@dataclass(frozen=True)
class Violation:
    rule: str
    check: str
    object: str
    message: str


@dataclass
class Report:
    """`counts` says for each check how many violations were found; None where it could not be asked."""

    violations: list[Violation] = field(default_factory=list)
    counts: dict[str, int | None] = field(default_factory=dict)


CHECKS = (
    Check("R1", "contact_stands_on_its_day", roster.contact_stands_on_its_day),
    Check("R2", "period_is_that_of_its_key", obligations.period_is_that_of_its_key),
    Check("R3", "version_is_of_its_policy", obligations.version_is_of_its_policy),
    Check("R3", "version_is_the_one_in_force", obligations.version_is_the_one_in_force, planned=True),
    Check("R4", "pairings_do_not_overlap", roster.pairings_do_not_overlap),
    Check("R4", "unit_in_charge_follows_the_pairing", roster.unit_in_charge_follows_the_pairing),
    Check("R4", "renewals_follow_what_they_renew", appointments.renewals_follow_what_they_renew),
    Check("R4", "certificates_are_of_one_person", appointments.certificates_are_of_one_person),
    Check("R4", "nothing_owed_is_missing", obligations.nothing_owed_is_missing, planned=True),
    Check("R4", "nothing_exists_that_is_not_owed", obligations.nothing_exists_that_is_not_owed, planned=True),
    Check("R4", "nothing_from_before_the_first_pass", obligations.nothing_from_before_the_first_pass),
    Check("R4", "periods_that_ended_are_closed", obligations.periods_that_ended_are_closed, planned=True),
    Check("R4", "no_period_is_closed_before_its_end", obligations.no_period_is_closed_before_its_end),
    Check("R4a", "nothing_beyond_the_horizon", obligations.nothing_beyond_the_horizon, planned=True),
    Check("R5-R7", "status_is_what_records_and_pairings_say", status.as_records_and_pairings_say),
    Check("R7", "groups_make_up_the_total", status.groups_make_up_the_total),
    Check("R7", "lists_are_as_long_as_their_figures", digests.lists_are_as_long_as_their_figures),
    Check("R7", "lines_make_up_the_total", digests.lines_make_up_the_total),
    Check(
        "R13", "editions_keep_small_numbers_to_themselves", digests.editions_keep_small_numbers_to_themselves
    ),
    Check("R7", "paths_are_where_units_hang", units.paths_are_where_units_hang),
    Check("R7", "closed_units_are_empty", units.closed_units_are_empty),
    Check("R7", "pasts_end_before_units_do", units.pasts_end_before_units_do),
    Check("R5", "no_open_pairing_with_an_inactive_officer", roster.no_open_pairing_with_an_inactive_officer),
    Check("R5", "one_stands_in_at_a_time", roster.one_stands_in_at_a_time),
    Check("R6", "corrections_name_what_they_correct", roster.corrections_name_what_they_correct),
    Check("R6", "copies_are_of_their_report", reports.copies_are_of_their_report),
    Check(
        "R6", "deliveries_are_contacts_with_their_person", reports.deliveries_are_contacts_with_their_person
    ),
    Check("R6", "votes_were_cast_by_those_present", reports.votes_were_cast_by_those_present),
    Check("R8", "due_day_is_the_last_working_day", obligations.due_day_is_the_last_working_day, planned=True),
    Check("R8", "planned_day_is_worked", obligations.planned_day_is_worked, planned=True),
    Check("R8", "planned_day_is_not_on_leave", obligations.planned_day_is_not_on_leave, planned=True),
    Check("R10", "told_to_whom_the_message_is", reminders.told_to_whom_the_message_is),
    Check("R10", "told_once_in_a_message", reminders.told_once_in_a_message),
    Check("R10", "told_nothing_of_what_was_settled", reminders.told_nothing_of_what_was_settled),
    Check("R10", "told_in_its_time", reminders.told_in_its_time),
    Check("R10", "nothing_due_is_untold", reminders.nothing_due_is_untold, planned=True),
    Check("R10", "every_hand_over_was_told", reminders.every_hand_over_was_told),
    Check("R10", "every_report_was_told", reminders.every_report_was_told),
    Check("R10", "report_is_of_its_week", reminders.report_is_of_its_week),
    Check("R10", "explained_once_it_began", reminders.explained_once_it_began),
    Check("R10", "sent_within_the_hours", reminders.sent_within_the_hours),
    Check("R11", "delivery_is_what_its_state_says", reminders.delivery_is_what_its_state_says),
    Check("R11", "message_id_is_made_of_its_notice", reminders.message_id_is_made_of_its_notice),
    Check("R12", "answered_means_told", feedback.answered_means_told),
    Check("R12", "clock_and_state_agree", feedback.clock_and_state_agree, planned=True),
    Check("R12", "answers_follow_their_item", feedback.answers_follow_their_item, planned=True),
    Check("R12", "closed_means_rated", feedback.closed_means_rated),
    Check("R12", "no_answer_before_its_question", feedback.no_answer_before_its_question),
    Check("R12", "rated_by_others", feedback.rated_by_others),
    Check("R12", "somebody_may_rate", feedback.somebody_may_rate),
    Check("R13", "no_case_is_with_whom_it_names", conduct.no_case_is_with_whom_it_names),
    Check("R13", "no_source_is_opened_alone", conduct.no_source_is_opened_alone),
)


def verify(now: dt.datetime) -> Report:
    """Ask every check. Seen from the latest pass where there was one: what came after it, no pass has seen."""
    known = facts.gather(now)
    report = Report()
    for check in CHECKS:
        if check.planned and not known.planned:
            report.counts[check.name] = None
            continue
        found = check.find(known)
        shown = [Violation(check.rule, check.name, str(what), why) for what, why in islice(found, SHOWN)]
        report.violations += shown
        report.counts[check.name] = len(shown) + sum(1 for _more in found)
    return report
