"""What stands in logs, and what must not."""

import logging
import re

# The address of a personal calendar is its secret; that somebody was on a page of sealed reports is nobody's business (R13).
_SECRET = re.compile(r"(?<=/cal/)[^/\s]+(?=/)|(?<=/conduct/)\S+")


def without_secrets(record: logging.LogRecord) -> bool:
    """A filter for handlers: takes what addresses give away out of every line."""
    message = record.getMessage()
    if "/cal/" in message or "/conduct/" in message:
        record.msg, record.args = _SECRET.sub("…", message), None
    return True


class WithoutSecrets(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        return without_secrets(record)
