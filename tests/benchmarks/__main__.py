"""`python -m tests.benchmarks [NAME…]`: makes a bureau of full size in a scratch folder and measures."""

import argparse
import datetime as dt
import os
import shutil
import sys

import django


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("names", nargs="*", help="pages, files, calendars, engine; all unless named")
    parser.add_argument("--scale", type=float, default=1, help="times the bureau's size (default: 1)")
    parser.add_argument("--day", type=dt.date.fromisoformat, default=dt.date(2026, 11, 20))
    options = parser.parse_args()

    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.benchmarks.settings"
    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    from schedules import demo
    from tests.benchmarks import calendars, engine, files, pages
    from tests.benchmarks.timing import HEADER

    try:
        call_command("migrate", verbosity=0)
        demo.load(options.day, scale=options.scale, say=lambda line: print(line, file=sys.stderr))
        groups = {
            "pages": pages.pages,
            "files": files.files,
            "calendars": lambda: calendars.calendars(options.day),
            "engine": lambda: engine.engine(options.day),
        }
        print(HEADER)
        missed = 0
        for name in options.names or groups:
            for result in groups[name]():
                print(result, flush=True)
                missed += not result.reached
    finally:
        shutil.rmtree(settings.DATA_DIR, ignore_errors=True)
    print(f"{missed} over their target" if missed else "all within their targets")
    return 0


if __name__ == "__main__":
    sys.exit(main())
