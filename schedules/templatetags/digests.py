"""For the mail: a frozen digest made readable, with the map of the units below, and without the name of anybody who is owed a
contact."""

from __future__ import annotations

from django import template

from schedules.digests.reading import Reading
from schedules.digests.shown import trends_below
from schedules.models import Digest

register = template.Library()


@register.filter
def reading(digest: Digest) -> Reading:
    return Reading(digest.figures, below=trends_below(digest))
