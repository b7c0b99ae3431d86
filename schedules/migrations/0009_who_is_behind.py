import django.core.serializers.json
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("contacts", "0017_stand_ins_ended_on_their_day"),
        ("schedules", "0008_calendars"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="BehindReport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("week_key", models.CharField(max_length=8, verbose_name="week")),
                ("made_at", models.DateTimeField(verbose_name="as of")),
                ("figures", models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder)),
            ],
            options={
                "verbose_name": "weekly report",
                "verbose_name_plural": "weekly reports",
                "ordering": ["-week_key", "unit"],
            },
        ),
        migrations.CreateModel(
            name="Explanation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("away", "person is away"),
                            ("no_answer", "person does not answer"),
                            ("later", "person asked for later"),
                            ("officer_away", "officer on leave or assigned elsewhere"),
                            ("other", "another reason"),
                        ],
                        max_length=12,
                        verbose_name="reason",
                    ),
                ),
                ("text", models.CharField(blank=True, max_length=200, verbose_name="in a sentence")),
                ("given_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "explanation",
                "verbose_name_plural": "explanations",
                "ordering": ["given_at", "pk"],
            },
        ),
        migrations.RemoveConstraint(
            model_name="noticeline",
            name="schedules_line_about_one_thing",
        ),
        migrations.AlterField(
            model_name="noticeline",
            name="stage",
            field=models.CharField(
                choices=[
                    ("planned", "planned for today"),
                    ("due_soon", "due soon"),
                    ("last_day", "last day"),
                    ("missed", "missed"),
                    ("digest", "digest"),
                    ("handover", "hand-over"),
                    ("behind", "who is behind"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="behindreport",
            name="unit",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="contacts.unit",
                verbose_name="unit",
            ),
        ),
        migrations.AddField(
            model_name="noticeline",
            name="behind",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="notice_lines",
                to="schedules.behindreport",
            ),
        ),
        migrations.AddConstraint(
            model_name="noticeline",
            constraint=models.UniqueConstraint(
                fields=("behind", "recipient"), name="schedules_line_behind_told_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="noticeline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("behind", None), ("digest", None), ("handover", None), ("obligation__isnull", False)
                    ),
                    models.Q(
                        ("behind", None), ("digest__isnull", False), ("handover", None), ("obligation", None)
                    ),
                    models.Q(
                        ("behind", None), ("digest", None), ("handover__isnull", False), ("obligation", None)
                    ),
                    models.Q(
                        ("behind__isnull", False), ("digest", None), ("handover", None), ("obligation", None)
                    ),
                    _connector="OR",
                ),
                name="schedules_line_about_one_thing",
            ),
        ),
        migrations.AddField(
            model_name="explanation",
            name="obligation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="explanations",
                to="schedules.obligation",
            ),
        ),
        migrations.AddField(
            model_name="explanation",
            name="officer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddConstraint(
            model_name="behindreport",
            constraint=models.UniqueConstraint(
                fields=("week_key", "unit"), name="schedules_behind_once_a_week"
            ),
        ),
        migrations.AddConstraint(
            model_name="explanation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("reason", "other"), _negated=True),
                    models.Q(("text", ""), _negated=True),
                    _connector="OR",
                ),
                name="schedules_explanation_other_in_words",
            ),
        ),
    ]
