"""What stands in logs, and what must not."""

import logging
import re

# The address of a personal calendar is its secret.
_SECRET = re.compile(r"/cal/[^/\s]+/")


def without_secrets(record: logging.LogRecord) -> bool:
    """A filter for handlers: takes the secrets of calendar addresses out of every line."""
    message = record.getMessage()
    if "/cal/" in message:
        record.msg, record.args = _SECRET.sub("/cal/…/", message), None
    return True


class WithoutSecrets(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        return without_secrets(record)
