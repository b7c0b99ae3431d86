"""The columns of a file as its sender sees them: header, first values, and what each is taken for."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from itertools import islice
from typing import Any

from contacts.imports import cells, tables
from contacts.imports.workbook import Row, Sheet

SAMPLES = 3
LONGEST = 60  # characters of a header; what is longer is a note


@dataclass
class Column:
    """A column of a file as its sender sees it, for them to say what it means."""

    header: str
    word: str
    means: str  # the field, or ""
    samples: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def columns_of(
    sheets: list[Sheet], kind: str, wordings: tables.Wordings | None = None
) -> tuple[str, list[Column]]:
    """The kind, guessed if it is "auto", and the columns of all sheets; where no header is understood, those below the
    row that looks most like one."""
    heads = [list(islice(sheet.rows, 2 * tables.HEAD)) for sheet in sheets]
    guesses = [kind] if kind != "auto" else ["deputies", *tables.KINDS]
    found = {
        guess: [likeliest(head, tables.vocabulary(guess, wordings)) for head in heads] for guess in guesses
    }
    kind = max(found, key=lambda guess: max(found[guess], default=(-1, 0)))
    most = max((count for count, _at in found[kind]), default=-1)
    columns: dict[str, Column] = {}
    for head, (count, at) in zip(heads, found[kind], strict=True):
        if count > 0 or count == most == 0:  # beside a sheet that is understood, one that is not is no roster
            gather(columns, head, -at, tables.vocabulary(kind, wordings))
    return kind, list(columns.values())


def likeliest(head: list[Row], known: tables.Wording) -> tuple[int, int]:
    """Of the rows with several words the one with most known ones, the upper of two: how many, and where, negative."""
    found = [(-1, 0)]
    for at in range(min(len(head), tables.HEAD)):
        words = [tables.word(header) for header in tables.headers(head[at], head[at - 1] if at else None)]
        if sum(map(bool, words)) >= 2:
            found.append((sum(bool(known.get(each)) for each in words), -at))
    return max(found)


def gather(columns: dict[str, Column], head: list[Row], at: int, known: tables.Wording) -> None:
    """Add the columns below the row `at`, with a few values of each."""
    for index, header in enumerate(tables.headers(head[at], head[at - 1] if at else None)):
        if (key := tables.word(header)) and len(key) <= LONGEST:
            column = columns.setdefault(key, Column(cells.text(header), key, known.get(key, "")))
            values = (cells.text(row[index]) for _number, row in head[at + 1 :] if index < len(row))
            wanted = SAMPLES - len(column.samples)
            column.samples += islice((value[:60] for value in values if value), wanted)
