"""The numbers beside the navigation's entries, and whether the worker is silent."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.context import Context
from django.utils import timezone

from schedules.attention import counts

register = template.Library()


@register.simple_tag(takes_context=True)
def attention(context: Context) -> dict[str, Any]:
    """Counted once a request, however often the navigation is drawn."""
    request = context["request"]
    if not hasattr(request, "attention"):
        request.attention = counts(request.user, timezone.now())
    return request.attention
