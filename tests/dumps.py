"""Everything that the database says, for tests that two states are the same."""

from __future__ import annotations

from typing import Any

from django.apps import apps

# Only ever added to; what was written down to take something back; and what follows the facts by itself.
BESIDE = {
    "contacts.auditentry", "contacts.journal", "contacts.journalline", "contacts.merge", "schedules.changedfacts",
}  # fmt: skip


def everything() -> dict[str, list[dict[str, Any]]]:
    """Model → its rows by key; without the moments of their last change."""
    return {
        model._meta.label_lower: [
            {name: value for name, value in row.items() if name != "updated_at"}
            for row in model._base_manager.order_by("pk").values()
        ]
        for app in ("contacts", "schedules")
        for model in apps.get_app_config(app).get_models()
        if model._meta.label_lower not in BESIDE
    }


def differences(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """Model → [rows that are gone, rows that are new]; nothing where all is as it was."""
    return {
        label: [
            [row for row in before[label] if row not in after[label]],
            [row for row in after[label] if row not in before[label]],
        ]
        for label in before
        if before[label] != after[label]
    }
