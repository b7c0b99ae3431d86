from django.db import migrations, models
from django.db.models import F


def fill_in(apps, schema_editor):
    apps.get_model("schedules", "Delivery").objects.filter(state="unknown").update(may_have_left=True)
    apps.get_model("schedules", "PassState").objects.update(reported_on=F("day"))


class Migration(migrations.Migration):
    dependencies = [
        ("schedules", "0009_who_is_behind"),
    ]

    operations = [
        migrations.AddField(
            model_name="delivery",
            name="may_have_left",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="passstate",
            name="reported_on",
            field=models.DateField(null=True),
        ),
        migrations.RunPython(fill_in, migrations.RunPython.noop),
    ]
