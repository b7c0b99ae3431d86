"""Where an officer is reached on the chat or SMS gateway that the settings name.

GATEWAY_URL has one place for it: {mobile}, a number, of which the roster may know one already, or {account}, a name or key
that only the officer knows. Nothing else can be filled in, so that no address leads to another host.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from contacts.models import Officer

_MOBILE = re.compile(r"\+?[0-9]{5,15}")
_ACCOUNT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}")


def takes_mobile() -> bool:
    return "{mobile}" in settings.GATEWAY_URL


def read(text: str) -> str:
    """The address as the gateway takes it; "" when the text is none."""
    if takes_mobile():
        text, form = re.sub(r"[\s()-]", "", text), _MOBILE
    else:
        text, form = text.strip(), _ACCOUNT
    return text if form.fullmatch(text) else ""


def address_of(officer: Officer) -> str:
    """What the officer says, or else the number in the roster where a number is wanted; "" for none."""
    return read(officer.gateway_address or (officer.mobile if takes_mobile() else ""))
