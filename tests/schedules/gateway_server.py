"""A chat or SMS gateway for tests: a real server on this machine that answers as it is told."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = int | tuple[int, str] | Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    server: FakeGateway

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.received.append(json.loads(body) | {"_key": self.headers.get("Idempotency-Key", "")})
        answer = self.server.answers.pop(0) if self.server.answers else self.server.otherwise
        if callable(answer):
            return answer(self)
        status, text = answer if isinstance(answer, tuple) else (answer, "")
        self.send_response(status)
        if status in {301, 302, 307}:
            self.send_header("Location", text)
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())
        return None

    def log_message(self, *_args: Any) -> None:
        pass


class FakeGateway(ThreadingHTTPServer):
    """`answers` are given one after the other, then `otherwise`. `received`: the payloads."""

    daemon_threads = True
    block_on_close = False  # a handler that hangs is let go

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: list[Answer] = []
        self.otherwise: Answer = 200
        self.received: list[dict[str, str]] = []

    @property
    def url(self) -> str:
        """As GATEWAY_URL: the number in the payload, the message id in a header."""
        return f"json://127.0.0.1:{self.server_port}/send?:to={{mobile}}&+Idempotency-Key={{id}}"


@contextmanager
def running() -> Iterator[FakeGateway]:
    with FakeGateway() as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield server
        server.shutdown()


def cut(handler: Handler) -> None:
    """The line breaks after the message was read."""
    handler.connection.shutdown(socket.SHUT_RDWR)
    handler.close_connection = True


def hang(handler: Handler) -> None:
    """No answer for longer than anybody in the tests waits."""
    threading.Event().wait(5)
    handler.close_connection = True
