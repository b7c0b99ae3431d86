"""Mail: one connection for a whole pass."""

from __future__ import annotations

from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend

from schedules.models import Delivery, NoticeLine
from schedules.notices import attempts, messages
from schedules.notices.hours import Moment


class Post:
    """The connection to the mail server, opened when there is something to send."""

    def __init__(self) -> None:
        self.connection: BaseEmailBackend | None = None

    def __enter__(self) -> Post:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.hang_up()

    def send(self, delivery: Delivery, lines: list[NoticeLine], moment: Moment) -> None:
        """Raises Unreachable when the message can not have left."""
        message = messages.compose(delivery, lines, moment)
        if self.connection is None:
            self.connection = self._open()
        message.connection = self.connection
        message.send()

    def _open(self) -> BaseEmailBackend:
        connection = get_connection()
        try:
            connection.open()
        except OSError as error:  # smtplib's errors are OSErrors too
            raise attempts.Unreachable(str(error)) from error
        return connection

    def hang_up(self) -> None:
        """After an error nobody knows what state the connection is in; the next message gets a new one."""
        if self.connection is not None:
            self.connection.close()
            self.connection = None
