"""A mail server on a port of this machine: it keeps what it receives, and can do something to the process that sends
while it sends."""

from __future__ import annotations

import email
import os
import re
import signal
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from socketserver import StreamRequestHandler, ThreadingTCPServer

# Where a message may stand when its sender dies: named, announced, its text on the way, arrived but not confirmed,
# confirmed.
STAGES = ["mail", "data", "text", "arrived", "confirmed"]


def kill(pid: int) -> None:
    assert pid, "the sender did not say who it is"  # 0 would be everybody here
    os.kill(pid, signal.SIGKILL)


@dataclass(frozen=True)
class Trap:
    """At the `number`th time that a message comes to `stage`, `deed` is done with the id of the process that sends."""

    stage: str
    number: int
    deed: Callable[[int], None] = kill


class Sink(ThreadingTCPServer):
    daemon_threads, block_on_close = True, False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.received: list[EmailMessage] = []
        self.trap: Trap | None = None
        self.trapped: list[tuple[int, str]] = []  # process, stage
        self._seen: Counter[str] = Counter()
        self._lock = threading.Lock()

    def __enter__(self) -> Sink:
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self.shutdown()
        self.server_close()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.server_address[1]}"

    def set(self, trap: Trap | None) -> None:
        with self._lock:
            self.trap = trap
            self._seen.clear()

    def comes_to(self, stage: str, pid: int) -> None:
        with self._lock:
            self._seen[stage] += 1
            trap = self.trap
            if not trap or (stage, self._seen[stage]) != (trap.stage, trap.number):
                return
            self.trap = None
            self.trapped.append((pid, stage))
        trap.deed(pid)

    def copies(self) -> Counter[str]:
        """How often each message id came."""
        return Counter(message["Message-ID"] for message in self.received)


class _Session(StreamRequestHandler):
    server: Sink

    def handle(self) -> None:
        with suppress(OSError):  # whoever spoke is dead
            self._talk()

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())

    def _talk(self) -> None:
        pid = 0
        self._say("220 sink")
        while words := self.rfile.readline().decode().split():
            verb = words[0].upper()
            if verb in {"EHLO", "HELO"}:
                named = re.match(r"(\d+)\.example", words[1])
                pid = int(named[1]) if named else 0
            elif verb == "MAIL":
                self.server.comes_to("mail", pid)
            elif verb == "DATA":
                self.server.comes_to("data", pid)
                self._say("354 go on")
                self.server.comes_to("text", pid)
                if (text := self._text()) is None:
                    return
                self.server.received.append(email.message_from_bytes(text, policy=policy.default))
                self.server.comes_to("arrived", pid)
                self._say("250 kept")
                self.server.comes_to("confirmed", pid)
                continue
            elif verb == "QUIT":
                self._say("221 bye")
                return
            self._say("250 well")

    def _text(self) -> bytes | None:
        """None when the line broke before its end."""
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            if not line:
                return None
            lines.append(line.removeprefix(b"."))
        return b"".join(lines)
