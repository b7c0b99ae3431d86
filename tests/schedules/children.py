"""Processes of their own on the database of a test: what they do to it, they do as in real life."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

from django.db import connection

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 180


def environment(folder: Path, **more: str) -> dict[str, str]:
    db = connection.settings_dict
    if connection.vendor == "sqlite":
        url = f"sqlite:///{db['NAME']}"
    else:
        url = f"postgres://{db['USER']}:{quote(db['PASSWORD'])}@{db['HOST']}:{db['PORT']}/{db['NAME']}"
    return {
        "PATH": os.environ["PATH"],
        "SECRET_KEY": "s" * 60,
        "BASE_URL": "http://testserver",
        "DATA_DIR": str(folder),
        "DATABASE_URL": url,
        "EMAIL_URL": "",
        "REDIS_URL": "",
        "DEBUG": "false",
        "DJANGO_SETTINGS_MODULE": "liaison.settings",
        **more,
    }


def run(code: str, folder: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """A program of Python in a process of its own."""
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=environment(folder, **more),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )


def manage(*words: str, folder: Path, before: str = "", **more: str) -> subprocess.CompletedProcess[str]:
    """`manage.py` with these words, after a line of Python."""
    code = f"from django.core.management import execute_from_command_line as run\n{before}\nrun({['manage.py', *words]!r})"
    return run(code, folder, **more)
