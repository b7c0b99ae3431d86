"""Sealed reports anew: they point to no officer and no unit, bear random ids, and seal all that says anything (R13)."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import contacts.seals


class Migration(migrations.Migration):
    dependencies = [
        ("contacts", "0026_conduct_tables_unused"),
    ]

    operations = [
        migrations.CreateModel(
            name="ConductReport",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("number", models.CharField(max_length=14, unique=True, verbose_name="number")),
                ("week", models.DateField(verbose_name="week")),
                ("apart", contacts.seals.SealedTextField()),
                ("whom", contacts.seals.SealedTextField(verbose_name="whom it concerns")),
                ("text", contacts.seals.SealedTextField(verbose_name="what was reported")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "open"),
                            ("checking", "being checked"),
                            ("founded", "founded"),
                            ("unfounded", "unfounded"),
                            ("passed_on", "passed on"),
                        ],
                        default="open",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
            ],
            options={
                "verbose_name": "conduct report",
                "verbose_name_plural": "conduct reports",
                "ordering": ["-week", "number"],
            },
        ),
        migrations.CreateModel(
            name="ConductSource",
            fields=[
                (
                    "report",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="source",
                        serialize=False,
                        to="contacts.conductreport",
                    ),
                ),
                ("text", contacts.seals.SealedTextField(verbose_name="source")),
                ("told_on", contacts.seals.SealedTextField(null=True, verbose_name="told on")),
            ],
            options={
                "verbose_name": "source",
                "verbose_name_plural": "sources",
            },
        ),
        migrations.CreateModel(
            name="ConductOpening",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "what",
                    models.CharField(choices=[("report", "report"), ("source", "source")], max_length=6),
                ),
                ("opened_at", models.DateTimeField()),
                ("reason", contacts.seals.SealedTextField(verbose_name="reason")),
                (
                    "reviewer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="openings",
                        to="contacts.conductreport",
                    ),
                ),
            ],
            options={
                "verbose_name": "opening",
                "verbose_name_plural": "openings",
                "ordering": ["opened_at"],
            },
        ),
        migrations.CreateModel(
            name="ConductNote",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "open"),
                            ("checking", "being checked"),
                            ("founded", "founded"),
                            ("unfounded", "unfounded"),
                            ("passed_on", "passed on"),
                        ],
                        max_length=10,
                    ),
                ),
                ("text", contacts.seals.SealedTextField(verbose_name="note")),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notes",
                        to="contacts.conductreport",
                    ),
                ),
            ],
            options={
                "verbose_name": "note",
                "verbose_name_plural": "notes",
                "ordering": ["at"],
            },
        ),
        migrations.CreateModel(
            name="ConductConsent",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("reason", contacts.seals.SealedTextField(verbose_name="reason")),
                ("asked_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(null=True)),
                ("lasts_until", models.DateField(null=True)),
                (
                    "asker",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "second",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="consents",
                        to="contacts.conductreport",
                    ),
                ),
            ],
            options={
                "verbose_name": "consent",
                "verbose_name_plural": "consents",
                "ordering": ["asked_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("asker", models.F("second")), _negated=True),
                        name="contacts_conduct_four_eyes",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("lasts_until", None), ("decided_at__isnull", False), _connector="OR"
                        ),
                        name="contacts_conduct_lasts_once_granted",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("decided_at", None)),
                        fields=("report", "asker"),
                        name="contacts_conduct_asked_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ConductAssignment",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("ended_at", models.DateTimeField(null=True)),
                ("reason", contacts.seals.SealedTextField(null=True, verbose_name="reason")),
                (
                    "reviewer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assignments",
                        to="contacts.conductreport",
                    ),
                ),
            ],
            options={
                "verbose_name": "assignment",
                "verbose_name_plural": "assignments",
                "ordering": [models.OrderBy(models.F("ended_at"), nulls_last=True)],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("report",),
                        name="contacts_conduct_one_reviewer",
                    )
                ],
            },
        ),
    ]
