"""The policies that ship: a call every month, a visit every quarter, a work report every half-year, owed to deputies
and committee members at every level, since always (R3)."""

from django.db import migrations

STAGES = ["planned", "due_soon", "last_day", "missed"]
SHIPPED = [
    ("call", "month", 10),
    ("visit", "quarter", 30),
    ("report", "half_year", 60),
]


def ship(apps, schema_editor):
    for kind, cadence, minimum_days in SHIPPED:
        policy, _ = apps.get_model("schedules", "CyclePolicy").objects.get_or_create(code=kind)
        apps.get_model("schedules", "PolicyVersion").objects.get_or_create(
            policy=policy,
            starts_on=None,
            defaults={
                "kind": kind,
                "cadence": cadence,
                "seat_kinds": ["npc_deputy", "cppcc_member"],
                "minimum_days": minimum_days,
                "stages": STAGES,
            },
        )


class Migration(migrations.Migration):
    dependencies = [("schedules", "0001_initial")]

    operations = [migrations.RunPython(ship, migrations.RunPython.noop)]
