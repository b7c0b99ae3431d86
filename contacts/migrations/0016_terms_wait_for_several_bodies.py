from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("contacts", "0015_imports_in_flight_once"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="importbatch",
            name="contacts_importbatch_one_in_flight",
        ),
        migrations.AddConstraint(
            model_name="importbatch",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("state__in", ["uploaded", "checked", "queued"]),
                    models.Q(("asked", "turnover"), _negated=True),
                ),
                fields=("sha256", "asked", "pairings_from", "scope"),
                name="contacts_importbatch_one_in_flight",
            ),
        ),
    ]
