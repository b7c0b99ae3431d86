"""What an installation for real people should have."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import Warning

LONG = 50  # characters, as SECRET_KEY


def conduct_key_of_its_own(**_kwargs: Any) -> list[Warning]:
    """Sealed reports (R13) hang on two keys that are kept apart, so that nobody who comes by one of them reads any."""
    keys = settings.SALT_KEY
    if settings.SECRET_KEY in keys or any(len(key) < LONG for key in keys):
        sentence = f"Set CONDUCT_KEY to at least {LONG} random characters that are not SECRET_KEY's."
        return [Warning(sentence, hint="See docs/sealed-reports.md.", id="contacts.W001")]
    return []
