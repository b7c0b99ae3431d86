"""A heartbeat says more of a pass; what did not arrive is counted without reading what did."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("schedules", "0005_leave"),
    ]

    operations = [
        migrations.AddField(
            model_name="heartbeat",
            name="failed_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="heartbeat",
            name="failures",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="heartbeat",
            name="last_error",
            field=models.CharField(blank=True, max_length=500),
        ),
        migrations.AddField(
            model_name="heartbeat",
            name="running_since",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("state__in", ["dead", "unknown"])),
                fields=["state"],
                name="schedules_delivery_failed",
            ),
        ),
    ]
