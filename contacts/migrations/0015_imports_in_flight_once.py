from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("contacts", "0014_imports_waiting_once")]

    operations = [
        migrations.AddIndex(
            model_name="importbatch",
            index=models.Index(
                condition=models.Q(("state__in", ["uploaded", "queued"])),
                fields=["asked_at"],
                name="contacts_importbatch_due",
            ),
        ),
        migrations.AddIndex(
            model_name="importbatch",
            index=models.Index(fields=["sha256"], name="contacts_importbatch_sha256"),
        ),
        migrations.AddConstraint(
            model_name="importbatch",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["uploaded", "checked", "queued"])),
                fields=("sha256", "asked", "pairings_from", "scope"),
                name="contacts_importbatch_one_in_flight",
            ),
        ),
    ]
