"""Text that only the key of this installation opens (R13): made of SECRET_KEY and CONDUCT_KEY, never in the database."""

from __future__ import annotations

from functools import cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models
from encrypted_fields.fields import EncryptedTextField


class SealBroken(Exception):
    """The keys of this installation do not open what was sealed. Says nothing of what that was."""


class SealedTextField(EncryptedTextField):
    """Its tokens bear no time, where Fernet's would tell the second of filing; and what the keys do not open raises
    SealBroken, where the library would pass the token for the text. "" is kept as null."""

    def get_prep_value(self, value: Any) -> str | None:
        text = models.TextField.get_prep_value(self, value)
        return cipher().encrypt_at_time(text.encode(), 0).decode() if text else None

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        if value is None:
            return None
        try:
            return cipher().decrypt(value.encode()).decode()
        except InvalidToken:
            raise SealBroken from None


def cipher() -> Fernet | MultiFernet:
    """Seals with the first pair of keys and opens with any."""
    return _cipher(tuple(settings.SALT_KEY), settings.SECRET_KEY, tuple(settings.SECRET_KEY_FALLBACKS))


@cache
def _cipher(*_keys: Any) -> Fernet | MultiFernet:
    return EncryptedTextField().f  # reads the settings; a twentieth of a second for each pair
