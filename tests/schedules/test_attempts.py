"""What an error while sending means (R11)."""

import datetime as dt
import smtplib

import pytest

from schedules.notices.attempts import TRIES, TRIES_REFUSED, Refused, Unreachable, judge, pause

TEMPORARY = smtplib.SMTPRecipientsRefused({"a@police.example": (450, b"busy")})
FOR_GOOD = smtplib.SMTPRecipientsRefused({"a@police.example": (550, b"unknown")})


@pytest.mark.parametrize(
    ("error", "uncertain", "reachable", "tries"),
    [
        (Unreachable("refused"), False, False, None),
        (smtplib.SMTPSenderRefused(421, b"too busy", "us@police.example"), False, False, None),
        (TEMPORARY, False, True, TRIES),
        (FOR_GOOD, False, True, TRIES_REFUSED),
        (smtplib.SMTPSenderRefused(452, b"full", "us@police.example"), False, True, TRIES),
        (smtplib.SMTPDataError(554, b"spam"), False, True, TRIES_REFUSED),
        (smtplib.SMTPResponseException(-1, b"no answer"), True, True, TRIES),
        (smtplib.SMTPServerDisconnected("cut"), True, True, TRIES),
        (TimeoutError("timed out"), True, False, TRIES),
        (ConnectionResetError("reset"), True, True, TRIES),
        (Refused("400 no such number", for_good=True), False, True, TRIES_REFUSED),
        (Refused("503 try later", for_good=False), False, True, TRIES),
        (smtplib.SMTPNotSupportedError("SMTPUTF8"), False, True, TRIES),
        (ValueError("a header with a line break"), False, True, TRIES),
    ],
    ids=repr,
)
def test_only_an_answer_or_no_connection_is_a_clear_refusal(error, uncertain, reachable, tries):
    outcome = judge(error)

    assert (outcome.uncertain, outcome.reachable, outcome.tries) == (uncertain, reachable, tries)
    assert type(error).__name__ in outcome.text


def test_a_line_that_was_cut_because_nobody_answered_hangs():
    """As smtplib tells it."""
    try:
        try:
            raise TimeoutError("timed out")
        except OSError as cause:
            raise smtplib.SMTPServerDisconnected(f"Connection unexpectedly closed: {cause}")  # noqa: B904
    except smtplib.SMTPServerDisconnected as error:
        outcome = judge(error)

    assert (outcome.uncertain, outcome.reachable) == (True, False)


def test_pauses_double_up_to_two_hours_and_a_quarter_more():
    minute = dt.timedelta(minutes=1)

    for attempts, least in [(1, 1), (2, 2), (3, 4), (7, 64), (8, 120), (30, 120)]:
        assert least * minute <= pause(7, attempts) <= 1.25 * least * minute


def test_what_failed_together_does_not_come_back_together():
    pauses = {pause(pk, 5) for pk in range(100)}

    assert len(pauses) > 90
    assert pauses == {pause(pk, 5) for pk in range(100)}  # and the same again after a restart
