"""Thousands of rows at once that nobody looks at again in the same breath. `bulk_create` takes three times as long, and on
SQLite everybody else waits for it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models


def insert(rows: Iterable[models.Model]) -> None:
    """Insert rows of one model; they do not learn their primary keys."""
    found = list(rows)
    if not found:
        return
    model = type(found[0])
    fields = _fields(model)
    places = ", ".join("%s" for _field in fields)
    values = [
        [field.get_db_prep_save(field.pre_save(row, add=True), connection) for field in fields]
        for row in found
    ]
    with connection.cursor() as cursor:
        cursor.executemany(f"{_into(model)} VALUES ({places})", values)


def insert_alike(
    model: type[models.Model], shared: Mapping[str, Any], names: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """One row for each of `rows`, whose values are those of the fields `names`, in their order; `shared` holds the values
    of other fields by their attribute, and what neither names has its default. One statement: what they share is said
    once, and what differs travels as one JSON array."""
    varying = {name: place for place, name in enumerate(names)}
    values, params = [], []
    for field in _fields(model):
        if field.attname in varying:
            values.append(_element(field, varying[field.attname]))
        else:
            values.append("%s")
            value = shared[field.attname] if field.attname in shared else field.get_default()
            params.append(field.get_db_prep_save(value, connection))
    sqlite = connection.vendor == "sqlite"
    each = "json_each(%s)" if sqlite else "jsonb_array_elements(%s::jsonb) AS rows(value)"
    sql = f"{_into(model)} SELECT {', '.join(values)} FROM {each}"  # noqa: S608  # nosec B608 - names of our own
    with connection.cursor() as cursor:
        cursor.execute(sql, [*params, json.dumps(list(rows), cls=DjangoJSONEncoder)])


def _element(field: models.Field, place: int) -> str:
    if connection.vendor == "sqlite":
        return f"json_extract(value, '$[{place}]')"
    return f"(value->>{place})::{field.db_type(connection)}"


def _fields(model: type[models.Model]) -> list[models.Field]:
    return [field for field in model._meta.concrete_fields if not field.primary_key]


def _into(model: type[models.Model]) -> str:
    quote = connection.ops.quote_name
    return f"INSERT INTO {quote(model._meta.db_table)} ({', '.join(quote(str(field.column)) for field in _fields(model))})"
