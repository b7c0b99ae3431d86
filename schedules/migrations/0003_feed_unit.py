import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Where an officer served when a subscription was made: a transfer ends it."""

    dependencies = [
        ("schedules", "0002_shipped_policies"),
        ("contacts", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="feedtoken",
            name="unit",
            field=models.ForeignKey(
                default=None,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="contacts.unit",
            ),
            preserve_default=False,
        ),
    ]
