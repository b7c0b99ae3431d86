"""How far the work on a file is, for the page that waits for it."""

from __future__ import annotations

import datetime as dt
import json
import os
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from contacts.models import ImportBatch

T = TypeVar("T")
EVERY = 0.3  # seconds between two words
SILENCE = 60  # seconds

STEPS = {
    "reading": _("The file is opened."),
    "checking": _("The rows are checked."),
    "writing": _("The rows are compared with what is here."),
    "keeping": _("What became of each row is written down."),
}


class Progress:
    """A small file beside the upload: what a transaction has not committed yet, no other connection can read."""

    def __init__(self, path: Path | None = None) -> None:
        """Without a path it tells nobody."""
        self.path, self.said_at = path, 0.0

    def over(self, step: str, items: Iterable[T], total: int) -> Iterator[T]:
        self.say(step, 0, total)
        for done, item in enumerate(items, 1):
            yield item
            if time.monotonic() - self.said_at > EVERY:
                self.say(step, done, total)

    def say(self, step: str, done: int = 0, total: int = 0) -> None:
        self.said_at = time.monotonic()
        if self.path is None:
            return
        draft = self.path.with_suffix(".draft")
        draft.write_text(json.dumps({"step": step, "done": done, "total": total}))
        os.replace(draft, self.path)

    def end(self) -> None:
        if self.path:
            self.path.unlink(missing_ok=True)


def progress_path(batch: ImportBatch) -> Path:
    return Path(batch.file.path).with_suffix(".progress")


@dataclass(frozen=True)
class Standing:
    """How far it is, as the page says it. `silent`: nobody has said a word for so long that nobody may be at work."""

    step: str = ""
    done: int = 0
    total: int = 0
    silent: bool = False

    @classmethod
    def of(cls, batch: ImportBatch, now: dt.datetime) -> Standing:
        path = progress_path(batch)
        found, heard_at = last_word(path)
        others = (last_word(other)[1] for other in path.parent.glob("*.progress"))  # it may wait for its turn
        silent = now.timestamp() - max(batch.asked_at.timestamp(), heard_at, *others) > SILENCE
        return cls(
            str(STEPS.get(found.get("step", ""), "")), found.get("done", 0), found.get("total", 0), silent
        )


def last_word(path: Path) -> tuple[dict[str, Any], float]:
    """What was said last, and when."""
    try:
        return json.loads(path.read_text()), path.stat().st_mtime
    except FileNotFoundError:
        return {}, 0.0
