"""Where files of work reports lie: what each is called, and that it is there in full or not at all."""

from __future__ import annotations

import hashlib
import os
import re
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from django.conf import settings
from django.core.files.storage import default_storage

from contacts.models import ReportCopy
from contacts.work_reports.letters import mark

FOLDER = "reports"  # of the storage; below it people, units, archives
DRAFT = ".part"
MOST = 60  # characters of a name in the name of a file


def is_there(copy: ReportCopy) -> bool:
    return default_storage.exists(name_of(copy))


def name_of(copy: ReportCopy) -> str:
    return f"{FOLDER}/people/{copy.pk}-{mark(copy)}.pdf"


def name_of_part(copies: Sequence[ReportCopy]) -> str:
    """Of the file of a unit, or of a part of a very large one."""
    one = copies[0]
    together = hashlib.sha256("".join(map(mark, copies)).encode()).hexdigest()[:20]
    return f"{FOLDER}/units/{one.half_year}-{one.stakeholder.unit_id}-{together}.pdf"


def put(name: str, content: bytes) -> None:
    """In full or not at all, whoever is killed meanwhile."""
    with written(name) as file:
        file.write(content)


@contextmanager
def written(name: str) -> Iterator[IO[bytes]]:
    """A file that gets its name once it is whole."""
    path = Path(default_storage.path(name))
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{uuid.uuid4().hex}{DRAFT}")
    try:
        with draft.open("xb") as file:
            os.chmod(file.fileno(), settings.FILE_UPLOAD_PERMISSIONS)
            yield file
        os.replace(draft, path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def opened(name: str) -> IO[bytes] | None:
    try:
        found: IO[bytes] = default_storage.open(name)
    except FileNotFoundError:
        return None
    return found


def storable(name: str) -> str:
    """Every system can store it, and a person can read it."""
    return re.sub(r'[<>:"/\\|?*\x00-\x1f\x7f]', "", name)[:MOST].strip(" .")


def listed(folder: str) -> list[str]:
    within = f"{FOLDER}/{folder}"
    if not default_storage.exists(within):
        return []
    return [f"{within}/{name}" for name in default_storage.listdir(within)[1]]
