"""A stranger's file as plain rows, read by a child process that may die of it."""

import json
import logging
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from contacts.imports.issues import Refused

READER = Path(__file__).with_name("reader.py")
BYTES = 20 * 1024**2  # of the file as it comes
SECONDS = 90

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Sheet:
    """`rows` are the filled ones, with the numbers that the spreadsheet program shows; a csv has no name."""

    name: str | None
    rows: list[tuple[int, list[Any]]]


def read(path: Path, file_name: str) -> list[Sheet]:
    """The sheets of a workbook or csv. What it is, its bytes say, not its name; only .xlsm is refused by name."""
    if file_name.lower().endswith((".xlsm", ".xltm", ".xlsb", ".xlam")):
        raise Refused("macros")
    if path.stat().st_size > BYTES:
        raise Refused("too_large")
    answer = run_reader(path)
    if "error" in answer:
        raise Refused(answer["error"])
    return [
        Sheet(sheet["name"], [(number, cells) for number, cells in sheet["rows"]])
        for sheet in answer["sheets"]
    ]


def run_reader(path: Path) -> dict[str, Any]:
    """The child's answer; a child that was killed, ran out of memory or of time did so over the file."""
    command = [sys.executable, "-I", str(READER), str(path.resolve())]
    with tempfile.TemporaryFile() as answer:
        try:
            child = subprocess.run(  # noqa: S603 - our own script and a path, no shell
                command,
                stdin=subprocess.DEVNULL,
                stdout=answer,
                stderr=subprocess.PIPE,
                env={},
                timeout=SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired as late:
            raise Refused("too_large") from late
        if child.returncode:
            last_line = child.stderr.decode(errors="replace").strip().rpartition("\n")[2]
            logger.warning("The reader of %s ended with %s: %s", path.name, child.returncode, last_line)
            raise Refused("too_large" if child.returncode < 0 or "memory" in last_line.lower() else "damaged")
        answer.seek(0)
        return json.load(answer, object_hook=revived)


def revived(found: dict[str, Any]) -> Any:
    return datetime.fromisoformat(found["date"]) if found.keys() == {"date"} else found
