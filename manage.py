#!/usr/bin/env python
"""Django's command line, with this project's settings."""

import os
import sys
from pathlib import Path

FOLDER = Path(os.environ.get("DATA_DIR") or Path(__file__).parent / "var" / "demo").resolve()

# The surroundings of `manage.py demo`, whatever .env says of the real ones, unless the environment says otherwise: all
# that it makes stays in one folder, its key protects nothing, and its mails become files.
DEMO = {
    "DATA_DIR": str(FOLDER),
    "DATABASE_URL": f"sqlite:///{FOLDER / 'liaison.sqlite3'}",
    "REDIS_URL": "",
    "SECRET_KEY": "a demonstration has nothing to hide, so this key is public",
    "BASE_URL": "http://localhost:8000",
    "EMAIL_URL": f"filemail:///{FOLDER / 'mail'}",
}


def main() -> None:
    if sys.argv[1:2] == ["demo"]:
        for name, value in DEMO.items():
            os.environ.setdefault(name, value)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liaison.settings")
    try:
        from django.core.management import execute_from_command_line
    except ImportError as error:
        raise SystemExit(
            f"{error}\nDjango is not installed for {sys.executable}: `make setup` makes .venv,"
            " then use .venv/bin/python manage.py"
        ) from error
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
