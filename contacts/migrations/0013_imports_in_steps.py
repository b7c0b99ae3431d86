import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import contacts.models.imports


class Migration(migrations.Migration):
    dependencies = [
        ("contacts", "0012_merges"),
    ]

    operations = [
        migrations.CreateModel(
            name="ColumnMapping",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("units", "units"),
                            ("officers", "officers"),
                            ("deputies", "deputies and members"),
                            ("media", "media supervisors"),
                            ("patrol", "patrol visitors"),
                            ("monitors", "discipline monitors"),
                            ("pairings", "pairings"),
                            ("contacts", "contact records"),
                        ],
                        max_length=10,
                    ),
                ),
                ("word", models.CharField(max_length=100)),
                ("field", models.CharField(blank=True, max_length=20)),
                (
                    "officer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "meaning of a column",
                "verbose_name_plural": "meanings of columns",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("officer", "kind", "word"), name="contacts_columnmapping_one_meaning"
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="importbatch",
            name="asked",
            field=models.CharField(default="auto", max_length=10),
        ),
        migrations.AddField(
            model_name="importbatch",
            name="asked_at",
            field=models.DateTimeField(default=django.utils.timezone.now),
        ),
        migrations.AddField(
            model_name="importbatch",
            name="asked_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="importbatch",
            name="asked_from",
            field=models.GenericIPAddressField(null=True),
        ),
        migrations.AddField(
            model_name="importbatch",
            name="attempts",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="importbatch",
            name="columns",
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name="importbatch",
            name="flagged_count",
            field=models.PositiveIntegerField(default=0, verbose_name="to look at"),
        ),
        migrations.AddField(
            model_name="importbatch",
            name="group",
            field=models.UUIDField(db_index=True, default=uuid.uuid4),
        ),
        migrations.AddField(
            model_name="importbatch",
            name="language",
            field=models.CharField(blank=True, max_length=10),
        ),
        migrations.AddField(
            model_name="importbatch",
            name="mended",
            field=models.FileField(blank=True, max_length=60, upload_to=contacts.models.imports.stored_as),
        ),
        migrations.AddField(
            model_name="importbatch",
            name="refusal",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="importbatch",
            name="scope",
            field=models.CharField(blank=True, max_length=1000),
        ),
        migrations.AddField(
            model_name="importbatch",
            name="wording",
            field=models.JSONField(default=dict),
        ),
        migrations.AlterField(
            model_name="importbatch",
            name="kind",
            field=models.CharField(
                blank=True,
                choices=[
                    ("units", "units"),
                    ("officers", "officers"),
                    ("deputies", "deputies and members"),
                    ("media", "media supervisors"),
                    ("patrol", "patrol visitors"),
                    ("monitors", "discipline monitors"),
                    ("pairings", "pairings"),
                    ("contacts", "contact records"),
                ],
                max_length=10,
                verbose_name="kind",
            ),
        ),
        migrations.AlterField(
            model_name="importbatch",
            name="state",
            field=models.CharField(
                choices=[
                    ("uploaded", "being checked"),
                    ("checked", "waiting for confirmation"),
                    ("queued", "being imported"),
                    ("applied", "applied"),
                    ("dropped", "dropped"),
                    ("failed", "could not be imported"),
                    ("taking_back", "being taken back"),
                    ("taken_back", "taken back"),
                ],
                default="uploaded",
                max_length=12,
                verbose_name="state",
            ),
        ),
    ]
