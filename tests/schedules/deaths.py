"""Death at one statement of one part of a pass. A test writes an order into the folder; the first process that gets
there takes it and kills itself with SIGKILL, as the power or the kernel would."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db.backends.signals import connection_created

PLANNING, QUEUEING, DELIVERY, OTHER = "planning", "queueing", "delivery", "other"


def part() -> str:
    """Which part of a pass is asking the database."""
    frame = sys._getframe(1)
    while frame is not None:
        module, name = frame.f_globals.get("__name__", ""), frame.f_code.co_name
        if module.startswith("schedules.notices.") and name in {"queue", "deliver"}:
            return QUEUEING if name == "queue" else DELIVERY
        if module == "schedules.planning" or module.startswith("schedules.planning."):
            return PLANNING
        frame = frame.f_back  # type: ignore[assignment]
    return OTHER


@dataclass(frozen=True)
class Order:
    """To die at the `number`th statement of a part of a pass, before or after it is carried out."""

    part: str
    number: int
    after: bool

    def give(self, folder: Path) -> None:
        fresh = folder / "order.new"
        fresh.write_text(f"{self.part} {self.number} {self.after}")
        fresh.rename(folder / "order")

    @staticmethod
    def withdraw(folder: Path) -> None:
        (folder / "order").unlink(missing_ok=True)


class Counting:
    """An execute wrapper that counts the statements of each part."""

    def __init__(self) -> None:
        self.statements: Counter[str] = Counter()

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        self.statements[part()] += 1
        return execute(sql, params, many, context)


class Dying:
    """An execute wrapper that obeys the order: each thread counts its statements since the order was given."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.order = folder, folder / "order"
        self.mine = threading.local()

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        now = self._is_now()
        if now == "before":
            self._die()
        result = execute(sql, params, many, context)
        if now == "after":
            self._die()
        return result

    def _is_now(self) -> str:
        try:
            given, text = self.order.stat().st_ino, self.order.read_text()
        except FileNotFoundError:
            return ""
        wanted, number, after = text.split()
        if getattr(self.mine, "given", None) != given:
            self.mine.given, self.mine.count = given, 0
        if part() != wanted:
            return ""
        self.mine.count += 1
        if self.mine.count != int(number):
            return ""
        return "after" if after == "True" else "before"

    def _die(self) -> None:
        try:
            self.order.rename(self.folder / f"died-{os.getpid()}")
        except FileNotFoundError:
            return  # somebody else did
        os.kill(os.getpid(), signal.SIGKILL)


def watch(folder: Path) -> None:
    dying = Dying(folder)

    def attach(connection: Any, **_rest: Any) -> None:
        if dying not in connection.execute_wrappers:
            connection.execute_wrappers.append(dying)

    connection_created.connect(attach, weak=False)
