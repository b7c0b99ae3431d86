import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("contacts", "0017_stand_ins_ended_on_their_day"),
        ("schedules", "0007_gateway_deliveries"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CalendarEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("variant", models.CharField(max_length=30)),
                ("fingerprint", models.CharField(max_length=32)),
                ("content", models.BinaryField()),
                ("until", models.DateField(db_index=True)),
            ],
            options={
                "verbose_name": "event of a calendar",
                "verbose_name_plural": "events of calendars",
            },
        ),
        migrations.CreateModel(
            name="CalendarSet",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("since", models.DateField(blank=True, null=True, verbose_name="from")),
                ("until", models.DateField(blank=True, null=True, verbose_name="until")),
                ("with_names", models.BooleanField(default=True, verbose_name="show people's names")),
                ("with_alarm", models.BooleanField(default=False, verbose_name="ring at nine on the day")),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("asked_from", models.GenericIPAddressField(null=True)),
                ("language", models.CharField(blank=True, max_length=10)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting"),
                            ("making", "being made"),
                            ("ready", "ready"),
                            ("failed", "could not be made"),
                            ("removed", "removed"),
                        ],
                        default="waiting",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("claim", models.UUIDField(null=True)),
                ("leased_until", models.DateTimeField(null=True)),
                ("done", models.PositiveIntegerField(default=0)),
                ("total", models.PositiveIntegerField(default=0)),
                ("files", models.PositiveIntegerField(default=0, verbose_name="files")),
                ("events", models.PositiveIntegerField(default=0, verbose_name="events")),
                ("file", models.CharField(blank=True, max_length=60)),
                ("ready_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "calendars of a unit's officers",
                "verbose_name_plural": "calendars of units' officers",
                "ordering": ["-pk"],
            },
        ),
        migrations.AddField(
            model_name="feedtoken",
            name="of_person",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="contacts.stakeholder",
            ),
        ),
        migrations.AddField(
            model_name="feedtoken",
            name="of_unit",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="contacts.unit"
            ),
        ),
        migrations.AddConstraint(
            model_name="feedtoken",
            constraint=models.CheckConstraint(
                condition=models.Q(("of_unit", None), ("of_person", None), _connector="OR"),
                name="schedules_feedtoken_shows_one_thing",
            ),
        ),
        migrations.AddField(
            model_name="calendarevent",
            name="obligation",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="schedules.obligation",
            ),
        ),
        migrations.AddField(
            model_name="calendarset",
            name="officer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="calendarset",
            name="unit",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="contacts.unit",
                verbose_name="unit",
            ),
        ),
        migrations.AddConstraint(
            model_name="calendarevent",
            constraint=models.UniqueConstraint(
                fields=("obligation", "variant"), name="schedules_calendarevent_once_per_variant"
            ),
        ),
        migrations.AddIndex(
            model_name="calendarset",
            index=models.Index(
                condition=models.Q(("state__in", ["waiting", "making"])),
                fields=["asked_at"],
                name="schedules_calendarset_due",
            ),
        ),
    ]
