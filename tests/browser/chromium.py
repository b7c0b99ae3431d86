"""The machine's own Chromium: where it is, and how it is started."""

import shutil
from functools import cache

FLAGS = [
    "--no-sandbox",  # CI runs as root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@cache
def chromium() -> str | None:
    return shutil.which("chromium") or shutil.which("chromium-browser")
