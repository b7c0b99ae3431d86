import datetime

from django.conf import settings
from django.db import migrations, models


def look_at_everything(apps, schema_editor):
    """The first pass after this plans every slot anew, also those of which only obligations know, and looks at all
    reminders."""
    Obligation = apps.get_model("schedules", "Obligation")
    slots = (
        Obligation.objects.filter(withdrawn_at=None).order_by().values_list("policy", "period_key").distinct()
    )
    for state in apps.get_model("schedules", "PassState").objects.all():
        state.slots = {f"{policy}:{key}": "" for policy, key in slots}
        state.save()


class Migration(migrations.Migration):
    dependencies = [
        ("contacts", "0017_stand_ins_ended_on_their_day"),
        ("schedules", "0003_handover_lines"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ChangedFacts",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("person", models.BigIntegerField()),
            ],
            options={
                "verbose_name": "changed facts",
                "verbose_name_plural": "changed facts",
            },
        ),
        migrations.RemoveField(
            model_name="passstate",
            name="facts",
        ),
        migrations.AddField(
            model_name="obligation",
            name="remind_on",
            field=models.DateField(default=datetime.date.min),
        ),
        migrations.AddField(
            model_name="passstate",
            name="day",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="passstate",
            name="slots",
            field=models.JSONField(default=dict),
        ),
        migrations.AddIndex(
            model_name="obligation",
            index=models.Index(
                condition=models.Q(("withdrawn_at", None)),
                fields=["remind_on"],
                name="schedules_obligation_remind",
            ),
        ),
        migrations.RunPython(look_at_everything, migrations.RunPython.noop),
    ]
