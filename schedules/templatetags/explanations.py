"""Beside an obligation: why it has not happened yet."""

from __future__ import annotations

from typing import Any

from django import template

from schedules.explaining import in_words

register = template.Library()


@register.filter
def why(owed: Any) -> str:
    """The latest reason that was given; "" without one."""
    return in_words(owed)
