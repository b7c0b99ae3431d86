"""Thousands of alike rows in one statement: what they share is said once, and what differs travels as one JSON array.
`bulk_create` takes many times as long, and on SQLite everybody else waits for it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models


def insert(
    model: type[models.Model], shared: Mapping[str, Any], names: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """One row for each of `rows`, whose values are those of the fields `names`, in their order; `shared` holds the values
    of other fields by their attribute, and what neither names has its default."""
    quote = connection.ops.quote_name
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    varying = {name: place for place, name in enumerate(names)}
    columns, values, params = [], [], []
    for field in fields:
        columns.append(quote(str(field.column)))
        if field.attname in varying:
            values.append(_element(field, varying[field.attname]))
        else:
            values.append("%s")
            value = shared[field.attname] if field.attname in shared else field.get_default()
            params.append(field.get_db_prep_save(value, connection))
    sqlite = connection.vendor == "sqlite"
    each = "json_each(%s)" if sqlite else "jsonb_array_elements(%s::jsonb) AS rows(value)"
    sql = (
        f"INSERT INTO {quote(model._meta.db_table)} ({', '.join(columns)}) "  # noqa: S608  # nosec B608
        f"SELECT {', '.join(values)} FROM {each}"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [*params, json.dumps(list(rows), cls=DjangoJSONEncoder)])


def _element(field: models.Field, place: int) -> str:
    if connection.vendor == "sqlite":
        return f"json_extract(value, '$[{place}]')"
    return f"(value->>{place})::{field.db_type(connection)}"
