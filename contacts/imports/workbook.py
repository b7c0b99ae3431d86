"""A stranger's file as plain rows, read by a child process that may die of it."""

import json
import logging
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from contacts.imports.issues import Refused

READER = Path(__file__).with_name("reader.py")
BYTES = 20 * 1024**2  # of the file as it comes
SECONDS = 90
LAST_LINE = 1024**2  # bytes, of which the sheets of the child's last line take a few

logger = logging.getLogger(__name__)


Row = tuple[int, list[Any]]


@dataclass(frozen=True)
class Sheet:
    """`rows` are the filled ones, with the numbers that the spreadsheet program shows; a csv has no name."""

    name: str | None
    rows: Iterable[Row]


@dataclass(frozen=True)
class Rows:
    """A sheet's part of the child's answer. It stays on the disk and is read row by row, as often as one likes."""

    answer: IO[bytes]
    start: int
    end: int

    def __iter__(self) -> Iterator[Row]:
        at = self.start
        while at < self.end:
            self.answer.seek(at)
            line = self.answer.readline()
            at += len(line)
            number, cells = json.loads(line, object_hook=revived)
            yield number, cells


def read(path: Path, file_name: str) -> list[Sheet]:
    """The sheets of a workbook or csv. What it is, its bytes say, not its name; only .xlsm is refused by name.

    FileNotFoundError if it is gone; one that goes away from now on, as by a second click, is read to its end."""
    if file_name.lower().endswith((".xlsm", ".xltm", ".xlsb", ".xlam")):
        raise Refused("macros")
    with path.open("rb") as file:
        if os.fstat(file.fileno()).st_size > BYTES:
            raise Refused("too_large")
        answer = run_reader(file)
    last = last_line(answer)
    if "error" in last:
        raise Refused(last["error"])
    return [Sheet(sheet["name"], Rows(answer, sheet["start"], sheet["end"])) for sheet in last["sheets"]]


def run_reader(file: IO[bytes]) -> IO[bytes]:
    """The child's answer; a child that was killed, ran out of memory or of time did so over the file."""
    command = [sys.executable, "-I", str(READER)]
    answer = tempfile.TemporaryFile()  # noqa: SIM115 - it is gone with the last sheet that reads from it
    try:
        child = subprocess.run(  # noqa: S603 - our own script, no shell
            command,
            stdin=file,
            stdout=answer,
            stderr=subprocess.PIPE,
            env={},
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as late:
        raise Refused("too_large") from late
    if child.returncode:
        last_words = child.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        logger.warning("The reader of %s ended with %s: %s", file.name, child.returncode, last_words)
        raise Refused("too_large" if child.returncode < 0 or "memory" in last_words.lower() else "damaged")
    return answer


def last_line(answer: IO[bytes]) -> dict[str, Any]:
    size = answer.seek(0, 2)
    answer.seek(max(0, size - LAST_LINE))
    return json.loads(answer.read().rpartition(b"\n")[2])


def revived(found: dict[str, Any]) -> Any:
    return datetime.fromisoformat(found["date"]) if found.keys() == {"date"} else found
