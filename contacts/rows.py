"""Rows of any model as journals keep them: each field by its attname, each value as JSON has it."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Any

from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

Values = dict[str, Any]

# Kept out of journals: what nobody can put back, and what changes with every other field.
UNTOLD = {"password", "updated_at", "look_on"}
# Follows from other rows: kept for a row that was deleted, but nobody's change, and reckoned anew.
DERIVED = {"path"}
# Fields that make sense, or hold a constraint, only together: they go back together or not at all.
TOGETHER: tuple[set[str], ...] = (
    {"name", "pinyin", "initials"},
    {"birth_year", "birth_month"},
    {"started_on", "ended_on", "end_reason"},
    {"occurred_at", "occurred_on"},
    {"state", "answer_id", "answered_on", "review_on", "rate_by", "closed_on"},
)


def values(row: models.Model) -> Values:
    """All fields of a row by attname, as JSON keeps them."""
    return {name: plain(getattr(row, name)) for name in told(type(row))}


def plain(value: Any) -> Any:
    """As it stands in JSON: days, instants (in UTC, to the microsecond) and UUIDs as text."""
    if value is None or isinstance(value, str | int | float | list | dict):
        return value
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat()
    return DjangoJSONEncoder().default(value)


def revived(model: type[models.Model], attname: str, value: Any) -> Any:
    """A value as the field has it, from the journal's JSON."""
    found = field_of(model, attname)
    return (found.target_field if found.is_relation else found).to_python(value)


@cache
def told(model: type[models.Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields if field.attname not in UNTOLD]


@cache
def field_of(model: type[models.Model], attname: str) -> Any:
    return next(field for field in model._meta.concrete_fields if field.attname == attname)


def with_companions(names: set[str]) -> set[str]:
    """The fields, and those that make sense only together with one of them."""
    return names.union(*(some for some in TOGETHER if some & names))


def pointing_to(model: type[models.Model]) -> list[Any]:
    """The relations by which other rows point to one, those without a name on it too."""
    return [
        field
        for field in model._meta.get_fields(include_hidden=True)
        if field.auto_created and not field.concrete and (field.one_to_many or field.one_to_one)
    ]


def model_of(label: str) -> type[models.Model]:
    return apps.get_model(label)
