"""What an error while sending means, and when it is tried again (R11). Pure."""

from __future__ import annotations

import datetime as dt
import hashlib
import smtplib
from dataclasses import dataclass

TRIES = 10  # of what was refused for now
TRIES_REFUSED = 3  # of what was refused for good
FIRST_PAUSE = dt.timedelta(minutes=1)
LONGEST_PAUSE = dt.timedelta(hours=2)
CLOSING = 421  # RFC 5321: the service is not available and closes the line


class Unreachable(Exception):
    """There is no connection to the server: the message has not left, and that is not its fault."""


class Refused(Exception):
    """The gateway answered no."""

    def __init__(self, text: str, *, for_good: bool) -> None:
        super().__init__(text)
        self.for_good = for_good


@dataclass(frozen=True)
class Outcome:
    """`uncertain`: it may have been sent. `reachable`: others may be tried now. `tries`: given up after so many, or
    never (None)."""

    text: str
    uncertain: bool = False
    reachable: bool = True
    tries: int | None = TRIES

    def final(self, attempts: int) -> bool:
        return self.tries is not None and attempts >= self.tries


def judge(error: Exception) -> Outcome:
    """What the error says about the message. Only an answer of the server, or no connection at all, is a clear
    refusal; a line that broke in between leaves it open whether the message arrived."""
    text = f"{type(error).__name__}: {error}"[:500]
    if isinstance(error, Unreachable):
        return Outcome(text, reachable=False, tries=None)
    if isinstance(error, Refused):
        return Outcome(text, tries=TRIES_REFUSED if error.for_good else TRIES)
    if code := _answer(error):
        if code == CLOSING:
            return Outcome(text, reachable=False, tries=None)
        return Outcome(text, tries=TRIES_REFUSED if code >= 500 else TRIES)
    if isinstance(error, OSError) and not isinstance(error, smtplib.SMTPNotSupportedError):
        return Outcome(text, uncertain=True, reachable=not _hangs(error))
    return Outcome(text)


def _hangs(error: Exception) -> bool:
    """Whoever does not answer is not asked about the next message too: each would cost as long. (smtplib makes a cut
    line of it.)"""
    return isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError)


def _answer(error: Exception) -> int:
    """The code with which the server refused; 0 when it did not answer."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return min((code for code, _text in error.recipients.values()), default=0)
    code = error.smtp_code if isinstance(error, smtplib.SMTPResponseException) else 0
    return code if code >= 400 else 0


def pause(pk: int, attempts: int) -> dt.timedelta:
    """How long to wait after so many attempts: doubling, up to two hours, and up to a quarter more that depends on the
    id alone, so that those which failed together do not come back together."""
    doubled = min(FIRST_PAUSE * 2 ** (min(attempts, 20) - 1), LONGEST_PAUSE)
    spread = int.from_bytes(hashlib.sha256(f"{pk}:{attempts}".encode()).digest()[:2]) / 0xFFFF
    return doubled * (1 + spread / 4)
