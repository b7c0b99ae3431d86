"""What stops the start because settings alone can not tell."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import Error

from schedules.notices import gateway


def gateway_can_be_used(**_kwargs: Any) -> list[Error]:
    """The library reads the address of the gateway, and it leads to a host that is allowed."""
    if not settings.GATEWAY_URL:
        return []
    sentence = gateway.obstacle()
    return [Error(sentence, id="schedules.E001")] if sentence else []
