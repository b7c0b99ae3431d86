"""A mail server for tests: it takes what it is sent, or does what it was told to do instead."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend

Answer = Callable[[Any], None]


class Server(BaseEmailBackend):
    """The EMAIL_BACKEND of a test. `answers` are called one after the other with the message; when there are none left,
    it is accepted. `connecting` is called for each connection."""

    answers: list[Answer] = []
    connecting: Answer | None = None
    connections = 0

    @classmethod
    def reset(cls) -> None:
        cls.answers, cls.connecting, cls.connections = [], None, 0

    def open(self) -> bool:
        type(self).connections += 1
        if self.connecting is not None:
            type(self).connecting(self)  # type: ignore[misc]
        return True

    def send_messages(self, messages) -> int:
        for message in messages:
            answer = self.answers.pop(0) if self.answers else None
            if answer is not None:
                answer(message)
            mail.outbox.append(message)
        return len(messages)


def raising(error: BaseException) -> Answer:
    def answer(_message: Any) -> None:
        raise error

    return answer
