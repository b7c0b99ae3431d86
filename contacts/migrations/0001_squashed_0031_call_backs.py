"""The tables as they stood with the half-year reports and call-backs, and the triggers of those that are only added to."""

import uuid

import django.core.serializers.json
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import contacts.models.consulting
import contacts.models.imports
import contacts.seals

# Table, the columns that stay as they were written ("" = all), and what the database says of a change.
ONLY_ADDED_TO = [
    ("contacts_auditentry", "", "the audit trail is only added to"),
    # Their reason can be sealed anew under another key, and that is all.
    (
        "contacts_conductopening",
        "OF id, report_id, reviewer_id, what, opened_at",
        "openings are only added to",
    ),
]
# On SQLite a DELETE trigger would also stop the test runner's flush; there the model alone refuses deletions.
SQLITE = """CREATE TRIGGER {table}_no_update BEFORE UPDATE {columns} ON {table}
    BEGIN SELECT RAISE(ABORT, '{message}'); END"""
POSTGRESQL = """CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION '{message}'; END $$;
    CREATE TRIGGER {table}_no_change BEFORE UPDATE {columns} OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION {table}_refuse()"""


def refuse_changes(apps, schema_editor):
    statement = POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE
    for table, columns, message in ONLY_ADDED_TO:
        schema_editor.execute(statement.format(table=table, columns=columns, message=message), params=None)


def allow_changes(apps, schema_editor):
    """On SQLite the trigger goes with its table; a function of PostgreSQL does not."""
    if schema_editor.connection.vendor == "postgresql":
        for table, _columns, _message in ONLY_ADDED_TO:
            schema_editor.execute(f"DROP TRIGGER {table}_no_change ON {table}")
            schema_editor.execute(f"DROP FUNCTION {table}_refuse")


class Migration(migrations.Migration):
    replaces = [
        ("contacts", "0001_initial"),
        ("contacts", "0002_audit_append_only"),
        ("contacts", "0003_journals"),
        ("contacts", "0004_units_in_time"),
        ("contacts", "0005_saved_views"),
        ("contacts", "0006_turnovers"),
        ("contacts", "0007_handovers"),
        ("contacts", "0008_reach_hint"),
        ("contacts", "0009_stand_ins"),
        ("contacts", "0010_repairing_requests"),
        ("contacts", "0011_imports_taken_back"),
        ("contacts", "0012_merges"),
        ("contacts", "0013_imports_in_steps"),
        ("contacts", "0014_imports_waiting_once"),
        ("contacts", "0015_imports_in_flight_once"),
        ("contacts", "0016_terms_wait_for_several_bodies"),
        ("contacts", "0017_stand_ins_ended_on_their_day"),
        ("contacts", "0018_notice_channels"),
        ("contacts", "0019_feedback_tracks"),
        ("contacts", "0020_answers"),
        ("contacts", "0021_answers_filled"),
        ("contacts", "0022_answers_alone"),
        ("contacts", "0023_topics_with_words"),
        ("contacts", "0024_drafts"),
        ("contacts", "0025_gatherings"),
        ("contacts", "0026_conduct_tables_unused"),
        ("contacts", "0027_sealed_reports"),
        ("contacts", "0028_openings_append_only"),
        ("contacts", "0029_how_satisfied"),
        ("contacts", "0030_work_reports"),
        ("contacts", "0031_call_backs"),
    ]

    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Unit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=12, unique=True, verbose_name="code")),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                ("short_name", models.CharField(max_length=50, verbose_name="short name")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("bureau", "municipal bureau"),
                            ("county", "county bureau or branch"),
                            ("station", "police station"),
                            ("team", "team"),
                            ("department", "department"),
                        ],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("path", models.CharField(editable=False, max_length=130, unique=True)),
                ("opened_on", models.DateField(blank=True, null=True, verbose_name="opened on")),
                ("closed_on", models.DateField(blank=True, null=True, verbose_name="closed on")),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="contacts.unit",
                        verbose_name="parent unit",
                    ),
                ),
                (
                    "successor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="taken_in",
                        to="contacts.unit",
                        verbose_name="became part of",
                    ),
                ),
            ],
            options={
                "verbose_name": "unit",
                "verbose_name_plural": "units",
                "ordering": ["path"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("parent__isnull", False), ("kind", "bureau"), _connector="OR"),
                        name="contacts_unit_only_a_bureau_is_a_root",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("successor", None), ("closed_on__isnull", False), _connector="OR"
                        ),
                        name="contacts_unit_successor_of_a_closed_one",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("closed_on", None),
                            ("opened_on", None),
                            ("closed_on__gte", models.F("opened_on")),
                            _connector="OR",
                        ),
                        name="contacts_unit_closes_after_it_opens",
                    ),
                ],
            },
        ),
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
            name="Topic",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=50, unique=True, verbose_name="name")),
                (
                    "keywords",
                    models.CharField(
                        blank=True,
                        help_text="With commas between: 红绿灯, 左转, 拥堵.",
                        max_length=500,
                        verbose_name="words that suggest it",
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="contacts.topic",
                    ),
                ),
            ],
            options={
                "verbose_name": "topic",
                "verbose_name_plural": "topics",
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="Officer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                (
                    "police_number",
                    models.CharField(
                        max_length=6,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^\\d{6}$", "A police number has six digits."
                            )
                        ],
                        verbose_name="police number",
                    ),
                ),
                ("name", models.CharField(max_length=50, verbose_name="name")),
                ("pinyin", models.CharField(editable=False, max_length=200)),
                ("initials", models.CharField(editable=False, max_length=50)),
                ("post", models.CharField(blank=True, max_length=50, verbose_name="post")),
                (
                    "post_class",
                    models.CharField(
                        choices=[
                            ("bureau_leader", "bureau leader"),
                            ("department_head", "department head"),
                            ("county_leader", "county leader"),
                            ("station_leader", "station leader"),
                            ("community_officer", "community officer"),
                        ],
                        default="community_officer",
                        max_length=20,
                        verbose_name="class of post",
                    ),
                ),
                ("mobile", models.CharField(blank=True, max_length=20, verbose_name="mobile")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                (
                    "notify_by_email",
                    models.BooleanField(default=True, verbose_name="send reminders by e-mail"),
                ),
                (
                    "notify_by_gateway",
                    models.BooleanField(default=True, verbose_name="send reminders by chat or SMS"),
                ),
                (
                    "gateway_address",
                    models.CharField(
                        blank=True, max_length=64, verbose_name="number or account for chat or SMS"
                    ),
                ),
                (
                    "notice_hour",
                    models.PositiveSmallIntegerField(default=8, verbose_name="hour of the day's message"),
                ),
                ("language", models.CharField(blank=True, max_length=10, verbose_name="language")),
                ("is_active", models.BooleanField(default=True, verbose_name="may sign in")),
                (
                    "must_change_password",
                    models.BooleanField(default=False, verbose_name="must set a new password"),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="officers",
                        to="contacts.unit",
                        verbose_name="unit",
                    ),
                ),
            ],
            options={
                "verbose_name": "officer",
                "verbose_name_plural": "officers",
                "ordering": ["pinyin", "police_number"],
                "indexes": [models.Index(fields=["initials"], name="contacts_officer_initials")],
            },
        ),
        migrations.CreateModel(
            name="Stakeholder",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=50, verbose_name="name")),
                ("pinyin", models.CharField(editable=False, max_length=200)),
                ("initials", models.CharField(editable=False, max_length=50)),
                (
                    "sex",
                    models.CharField(
                        blank=True, choices=[("m", "male"), ("f", "female")], max_length=1, verbose_name="sex"
                    ),
                ),
                (
                    "birth_year",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="year of birth"),
                ),
                (
                    "birth_month",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="month of birth"),
                ),
                ("employer", models.CharField(blank=True, max_length=200, verbose_name="employer and post")),
                ("address", models.CharField(blank=True, max_length=200, verbose_name="address")),
                ("street", models.CharField(blank=True, max_length=50, verbose_name="township or street")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                (
                    "reach_hint",
                    models.CharField(blank=True, max_length=200, verbose_name="how they like to be reached"),
                ),
                ("remark", models.CharField(blank=True, max_length=500, verbose_name="remark")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stakeholders",
                        to="contacts.unit",
                        verbose_name="unit in charge",
                    ),
                ),
            ],
            options={
                "verbose_name": "stakeholder",
                "verbose_name_plural": "stakeholders",
                "ordering": ["pinyin", "pk"],
                "indexes": [
                    models.Index(fields=["pinyin", "id"], name="contacts_stakeholder_by_name"),
                    models.Index(fields=["initials"], name="contacts_stakeholder_initials"),
                    models.Index(fields=["name"], name="contacts_stakeholder_name"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("birth_month", None),
                            models.Q(("birth_month__range", (1, 12)), ("birth_year__isnull", False)),
                            _connector="OR",
                        ),
                        name="contacts_stakeholder_birth_month_of_a_year",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="UnitPast",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("until", models.DateField(verbose_name="until")),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                ("short_name", models.CharField(max_length=50, verbose_name="short name")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("bureau", "municipal bureau"),
                            ("county", "county bureau or branch"),
                            ("station", "police station"),
                            ("team", "team"),
                            ("department", "department"),
                        ],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="contacts.unit",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="pasts", to="contacts.unit"
                    ),
                ),
            ],
            options={
                "verbose_name": "past of a unit",
                "verbose_name_plural": "pasts of units",
                "ordering": ["until", "pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("unit", "until"), name="contacts_unitpast_once_a_day")
                ],
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
            name="Answer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("text", models.TextField(max_length=4000, verbose_name="answer")),
                (
                    "result",
                    models.CharField(
                        choices=[
                            ("solved", "solved"),
                            ("in_progress", "in progress"),
                            ("planned", "on the plan"),
                            ("for_reference", "kept for reference"),
                            ("cannot", "can not be done"),
                        ],
                        max_length=15,
                        verbose_name="result",
                    ),
                ),
                (
                    "review_on",
                    models.DateField(blank=True, null=True, verbose_name="to be looked at again on"),
                ),
                ("prepared_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("told_on", models.DateField(null=True, verbose_name="told on")),
                ("set_aside_on", models.DateField(null=True)),
                (
                    "follows",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="followed_by",
                        to="contacts.answer",
                    ),
                ),
                (
                    "prepared_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "answer",
                "verbose_name_plural": "answers",
                "ordering": ["prepared_at", "pk"],
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
            name="Gathering",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title", models.CharField(max_length=100, verbose_name="title")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("call", "call"),
                            ("visit", "visit"),
                            ("report", "work report"),
                            ("meeting", "meeting"),
                            ("incoming", "incoming message"),
                        ],
                        default="meeting",
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("occurred_at", models.DateTimeField(verbose_name="day and time")),
                ("place", models.CharField(blank=True, max_length=100, verbose_name="place")),
                (
                    "summary",
                    models.TextField(blank=True, max_length=1500, verbose_name="what was said to all"),
                ),
                ("recorded_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("submission", models.UUIDField(editable=False, null=True)),
                (
                    "officer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="made by",
                    ),
                ),
            ],
            options={
                "verbose_name": "gathering",
                "verbose_name_plural": "gatherings",
                "ordering": ["-occurred_at", "-pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("submission",), name="contacts_gathering_submitted_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Handover",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("on", models.DateField(verbose_name="from")),
                ("reason", models.CharField(max_length=200, verbose_name="reason")),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "officer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="officer",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="contacts.unit",
                        verbose_name="unit",
                    ),
                ),
            ],
            options={
                "verbose_name": "hand-over",
                "verbose_name_plural": "hand-overs",
                "ordering": ["-on", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Journal",
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
                            ("import", "import"),
                            ("merge", "merging of people"),
                            ("turnover", "turn of terms"),
                            ("units", "change of the unit tree"),
                        ],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="when")),
                ("taken_back_at", models.DateTimeField(null=True, verbose_name="taken back at")),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "taken_back_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "journal",
                "verbose_name_plural": "journals",
            },
        ),
        migrations.CreateModel(
            name="PatternNote",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("month", models.CharField(max_length=7)),
                ("key", models.CharField(max_length=40)),
                ("question", models.CharField(max_length=300, verbose_name="question")),
                (
                    "explanation",
                    models.CharField(
                        choices=[
                            ("together", "made one after the other, and entered together"),
                            (
                                "occasion",
                                "one occasion with several people: a meeting, a visit, a notice to all",
                            ),
                            ("notes", "kept on paper or in a list first, or entered by somebody else"),
                            (
                                "no_access",
                                "no computer, network or time before: night duty, an operation, leave",
                            ),
                            ("other", "something else, see below"),
                        ],
                        max_length=10,
                        verbose_name="what it was",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=500, verbose_name="note")),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "officer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="pattern_notes",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "note on a question",
                "verbose_name_plural": "notes on questions",
                "ordering": ["asked_at", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("month", "officer", "key"), name="contacts_pattern_note_once_per_question"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ReportVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(verbose_name="version")),
                ("text", models.TextField(max_length=20000, verbose_name="text")),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "version",
                "verbose_name_plural": "versions",
                "ordering": ["report", "-number"],
            },
        ),
        migrations.CreateModel(
            name="SavedView",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("listing", models.CharField(max_length=30, verbose_name="list")),
                ("name", models.CharField(blank=True, max_length=50, verbose_name="name")),
                ("query", models.CharField(blank=True, max_length=2000, verbose_name="filter")),
                ("by_itself", models.BooleanField(default=False, verbose_name="shown by itself")),
                (
                    "officer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="saved_views",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "saved view",
                "verbose_name_plural": "saved views",
                "ordering": ["listing", "name"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("officer", "listing", "name"), name="contacts_view_name_once"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("by_itself", True)),
                        fields=("officer", "listing"),
                        name="contacts_view_one_by_itself",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("by_itself", False), models.Q(("name", ""), _negated=True), _connector="OR"
                        ),
                        name="contacts_view_by_itself_has_a_name",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StandIn",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("starts_on", models.DateField(verbose_name="from")),
                ("ends_on", models.DateField(verbose_name="until")),
                ("ended_at", models.DateTimeField(editable=False, null=True)),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="reason")),
                (
                    "absent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="absences",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="absent",
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "stand_in",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="stand-in",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="contacts.unit"
                    ),
                ),
            ],
            options={
                "verbose_name": "stand-in",
                "verbose_name_plural": "stand-ins",
                "ordering": ["starts_on", "pk"],
                "indexes": [
                    models.Index(fields=["stand_in", "ends_on"], name="contacts_stand_in_of_officer")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_on__gte", models.F("starts_on"))),
                        name="contacts_stand_in_ends_after_start",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("absent", models.F("stand_in")), _negated=True),
                        name="contacts_stand_in_is_somebody_else",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReportBatch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("half_year", models.CharField(max_length=7, verbose_name="half-year")),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("asked_from", models.GenericIPAddressField(null=True)),
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
                ("stations", models.PositiveIntegerField(default=0)),
                ("file", models.CharField(blank=True, max_length=60)),
                ("ready_at", models.DateTimeField(null=True)),
                (
                    "officer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="contacts.unit",
                        verbose_name="unit",
                    ),
                ),
            ],
            options={
                "verbose_name": "files of work reports",
                "verbose_name_plural": "files of work reports",
                "ordering": ["-pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["waiting", "making"])),
                        fields=["asked_at"],
                        name="contacts_reportbatch_due",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="UnitRole",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("coordinator", "coordinator"),
                            ("leader", "leader"),
                            ("discipline_reviewer", "discipline reviewer"),
                            ("auditor", "auditor"),
                            ("system_admin", "system administrator"),
                            ("security_admin", "security administrator"),
                        ],
                        max_length=20,
                        verbose_name="role",
                    ),
                ),
                ("proposed_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("approved_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "approved_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "officer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="roles",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="officer",
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="roles",
                        to="contacts.unit",
                        verbose_name="unit",
                    ),
                ),
            ],
            options={
                "verbose_name": "role",
                "verbose_name_plural": "roles",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("officer", "unit", "role"),
                        name="contacts_role_held_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("ended_at", None), ("role__in", ["auditor", "system_admin", "security_admin"])
                        ),
                        fields=("officer",),
                        name="contacts_role_one_of_three_powers",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("approved_by", None),
                            ("proposed_by", None),
                            models.Q(("approved_by", models.F("proposed_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="contacts_role_approved_by_another",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AuditEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="when")),
                ("address", models.GenericIPAddressField(null=True, verbose_name="from where")),
                ("via", models.CharField(max_length=50, verbose_name="by way of")),
                ("action", models.CharField(max_length=50, verbose_name="what")),
                ("object_type", models.CharField(blank=True, max_length=50)),
                ("object_id", models.CharField(blank=True, max_length=40)),
                ("object_text", models.CharField(blank=True, max_length=200, verbose_name="on what")),
                (
                    "before",
                    models.JSONField(
                        encoder=django.core.serializers.json.DjangoJSONEncoder,
                        null=True,
                        verbose_name="before",
                    ),
                ),
                (
                    "after",
                    models.JSONField(
                        encoder=django.core.serializers.json.DjangoJSONEncoder,
                        null=True,
                        verbose_name="after",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="reason")),
                (
                    "officer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="who",
                    ),
                ),
            ],
            options={
                "verbose_name": "audit entry",
                "verbose_name_plural": "audit trail",
                "ordering": ["-pk"],
                "indexes": [
                    models.Index(fields=["object_type", "object_id"], name="contacts_audit_of_object"),
                    models.Index(fields=["officer", "-id"], name="contacts_audit_of_officer"),
                    models.Index(fields=["action", "-id"], name="contacts_audit_of_action"),
                ],
            },
        ),
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
        migrations.CreateModel(
            name="Draft",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("form", models.CharField(max_length=40)),
                ("submission", models.UUIDField()),
                ("values", models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder)),
                ("typed_at", models.DateTimeField(verbose_name="when")),
                (
                    "officer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="drafts",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "draft",
                "verbose_name_plural": "drafts",
                "ordering": ["-typed_at", "-pk"],
                "indexes": [models.Index(fields=["typed_at"], name="contacts_draft_by_age")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("officer", "submission"), name="contacts_draft_once_a_form"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RepairingRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("decided_at", models.DateTimeField(null=True)),
                (
                    "outcome",
                    models.CharField(
                        blank=True, choices=[("done", "done"), ("declined", "declined")], max_length=10
                    ),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "stakeholder",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="contacts.stakeholder",
                    ),
                ),
            ],
            options={
                "verbose_name": "request for another officer",
                "verbose_name_plural": "requests for another officer",
                "ordering": ["asked_at", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("decided_at", None)),
                        fields=("stakeholder",),
                        name="contacts_repairing_one_undecided",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at", None), ("outcome", "")),
                            models.Q(("decided_at__isnull", False), models.Q(("outcome", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="contacts_repairing_decided_with_an_outcome",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Distinct",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("decided_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="reason")),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "first",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="distinct_from_later",
                        to="contacts.stakeholder",
                    ),
                ),
                (
                    "second",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="distinct_from_earlier",
                        to="contacts.stakeholder",
                    ),
                ),
            ],
            options={
                "verbose_name": "pair of different people",
                "verbose_name_plural": "pairs of different people",
                "ordering": ["-decided_at", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("first__lt", models.F("second"))),
                        name="contacts_distinct_in_order",
                    ),
                    models.UniqueConstraint(fields=("first", "second"), name="contacts_distinct_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ContactPhone",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("e164", models.CharField(max_length=16, verbose_name="number")),
                ("extension", models.CharField(blank=True, max_length=10, verbose_name="extension")),
                (
                    "kind",
                    models.CharField(
                        choices=[("mobile", "mobile"), ("landline", "landline")],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("raw", models.CharField(blank=True, max_length=100, verbose_name="as it was written")),
                ("position", models.PositiveSmallIntegerField(default=0)),
                (
                    "stakeholder",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="phones",
                        to="contacts.stakeholder",
                    ),
                ),
            ],
            options={
                "verbose_name": "phone number",
                "verbose_name_plural": "phone numbers",
                "ordering": ["position", "pk"],
                "indexes": [models.Index(fields=["e164"], name="contacts_phone_number")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("stakeholder", "e164", "extension"), name="contacts_phone_once_per_person"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Seat",
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
                            ("npc_deputy", "deputy of the people's congress"),
                            ("cppcc_member", "member of the CPPCC"),
                            ("media_supervisor", "media supervisor"),
                            ("patrol_visitor", "patrol visitor"),
                            ("discipline_monitor", "discipline monitor"),
                        ],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                (
                    "level",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("province", "province"),
                            ("city", "city"),
                            ("district", "district or county"),
                            ("township", "township or street"),
                        ],
                        max_length=10,
                        verbose_name="level",
                    ),
                ),
                ("body", models.CharField(blank=True, max_length=100, verbose_name="body")),
                ("delegation", models.CharField(blank=True, max_length=100, verbose_name="delegation")),
                ("term_number", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="term")),
                (
                    "certificate",
                    models.CharField(blank=True, max_length=50, verbose_name="certificate number"),
                ),
                ("occupation", models.CharField(blank=True, max_length=50, verbose_name="walk of life")),
                ("started_on", models.DateField(blank=True, null=True, verbose_name="from")),
                ("ended_on", models.DateField(blank=True, null=True, verbose_name="until")),
                (
                    "stakeholder",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="seats",
                        to="contacts.stakeholder",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="contacts.unit",
                        verbose_name="appointing unit",
                    ),
                ),
            ],
            options={
                "verbose_name": "seat",
                "verbose_name_plural": "seats",
                "ordering": ["kind", "level", "pk"],
                "indexes": [models.Index(fields=["kind", "level"], name="contacts_seat_kind_level")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("started_on", None),
                            ("ended_on", None),
                            ("ended_on__gte", models.F("started_on")),
                            _connector="OR",
                        ),
                        name="contacts_seat_ends_after_it_starts",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("certificate", ""), _negated=True),
                        fields=("kind", "certificate"),
                        name="contacts_seat_certificate_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Pairing",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("started_on", models.DateField(verbose_name="from")),
                ("ended_on", models.DateField(blank=True, null=True, verbose_name="until")),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="reason")),
                (
                    "end_reason",
                    models.CharField(blank=True, max_length=200, verbose_name="reason of the end"),
                ),
                (
                    "officer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="pairings",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="officer",
                    ),
                ),
                (
                    "stakeholder",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="pairings",
                        to="contacts.stakeholder",
                        verbose_name="stakeholder",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="pairings",
                        to="contacts.unit",
                        verbose_name="unit",
                    ),
                ),
            ],
            options={
                "verbose_name": "pairing",
                "verbose_name_plural": "pairings",
                "ordering": ["-started_on", "-pk"],
                "indexes": [
                    models.Index(
                        fields=["officer", "ended_on", "stakeholder"], name="contacts_pairing_of_officer"
                    ),
                    models.Index(fields=["stakeholder", "started_on"], name="contacts_pairing_in_time"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_on", None)),
                        fields=("stakeholder",),
                        name="contacts_pairing_one_open_per_person",
                    ),
                    models.UniqueConstraint(
                        fields=("stakeholder", "started_on"), name="contacts_pairing_one_start_per_day"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ended_on", None), ("ended_on__gte", models.F("started_on")), _connector="OR"
                        ),
                        name="contacts_pairing_ends_after_start",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ContactRecord",
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
                            ("call", "call"),
                            ("visit", "visit"),
                            ("report", "work report"),
                            ("meeting", "meeting"),
                            ("incoming", "incoming message"),
                        ],
                        default="call",
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("reached", "reached"),
                            ("no_answer", "no answer"),
                            ("left_message", "left a message"),
                            ("declined", "declined"),
                            ("wrong_number", "wrong number"),
                        ],
                        default="reached",
                        max_length=15,
                        verbose_name="outcome",
                    ),
                ),
                (
                    "occurred_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="day and time"),
                ),
                ("occurred_on", models.DateField(editable=False)),
                ("summary", models.TextField(blank=True, max_length=2000, verbose_name="what was said")),
                ("promised", models.CharField(blank=True, max_length=300, verbose_name="what we promised")),
                (
                    "satisfied",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("satisfied", "satisfied"),
                            ("basically", "basically satisfied"),
                            ("dissatisfied", "not satisfied"),
                            ("not_said", "did not say"),
                        ],
                        max_length=12,
                        verbose_name="how satisfied",
                    ),
                ),
                ("promise_kept_at", models.DateTimeField(editable=False, null=True)),
                ("recorded_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("superseded_at", models.DateTimeField(editable=False, null=True)),
                ("voided_at", models.DateTimeField(editable=False, null=True)),
                ("void_reason", models.CharField(blank=True, max_length=200, verbose_name="reason")),
                ("submission", models.UUIDField(editable=False, null=True)),
                (
                    "officer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="records",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="made by",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "supersedes",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="superseded_by",
                        to="contacts.contactrecord",
                    ),
                ),
                (
                    "voided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "gathering",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="records",
                        to="contacts.gathering",
                        verbose_name="gathering",
                    ),
                ),
                (
                    "stakeholder",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="records",
                        to="contacts.stakeholder",
                        verbose_name="stakeholder",
                    ),
                ),
            ],
            options={
                "verbose_name": "contact record",
                "verbose_name_plural": "contact records",
                "ordering": ["-occurred_at", "-pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(
                            ("outcome", "reached"), ("superseded_at", None), ("voided_at", None)
                        ),
                        fields=["stakeholder", "kind", "occurred_on", "occurred_at"],
                        name="contacts_record_meets",
                    ),
                    models.Index(fields=["stakeholder", "-occurred_at"], name="contacts_record_timeline"),
                    models.Index(fields=["-occurred_at", "-id"], name="contacts_record_newest"),
                    models.Index(fields=["officer", "-occurred_at"], name="contacts_record_of_officer"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("voided_at", None), models.Q(("void_reason", ""), _negated=True), _connector="OR"
                        ),
                        name="contacts_record_voided_for_a_reason",
                    ),
                    models.UniqueConstraint(fields=("submission",), name="contacts_record_submitted_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="HandoverLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "handover",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="contacts.handover",
                    ),
                ),
                (
                    "successor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "stakeholder",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="contacts.stakeholder",
                    ),
                ),
            ],
            options={
                "verbose_name": "line",
                "verbose_name_plural": "lines",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("handover", "stakeholder"), name="contacts_handover_person_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ImportBatch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("file_name", models.CharField(max_length=255, verbose_name="file")),
                ("sha256", models.CharField(max_length=64)),
                (
                    "file",
                    models.FileField(blank=True, max_length=60, upload_to=contacts.models.imports.stored_as),
                ),
                (
                    "mended",
                    models.FileField(blank=True, max_length=60, upload_to=contacts.models.imports.stored_as),
                ),
                ("group", models.UUIDField(db_index=True, default=uuid.uuid4)),
                ("asked", models.CharField(default="auto", max_length=10)),
                (
                    "kind",
                    models.CharField(
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
                ("scope", models.CharField(blank=True, max_length=1000)),
                (
                    "state",
                    models.CharField(
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
                ("refusal", models.JSONField(default=dict)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="when")),
                ("asked_from", models.GenericIPAddressField(null=True)),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("language", models.CharField(blank=True, max_length=10)),
                ("applied_at", models.DateTimeField(null=True, verbose_name="applied at")),
                ("pairings_from", models.DateField(verbose_name="pairings count from")),
                ("columns", models.JSONField(default=list)),
                ("wording", models.JSONField(default=dict)),
                ("rows_count", models.PositiveIntegerField(default=0, verbose_name="rows")),
                ("created_count", models.PositiveIntegerField(default=0, verbose_name="created")),
                ("updated_count", models.PositiveIntegerField(default=0, verbose_name="updated")),
                ("unchanged_count", models.PositiveIntegerField(default=0, verbose_name="unchanged")),
                ("flagged_count", models.PositiveIntegerField(default=0, verbose_name="to look at")),
                ("rejected_count", models.PositiveIntegerField(default=0, verbose_name="rejected")),
                ("gone_count", models.PositiveIntegerField(default=0, verbose_name="gone again")),
                ("restored_count", models.PositiveIntegerField(default=0, verbose_name="as before")),
                ("stayed_count", models.PositiveIntegerField(default=0, verbose_name="stayed")),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="reason")),
                ("order", models.JSONField(null=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "officer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="who",
                    ),
                ),
                (
                    "journal",
                    models.OneToOneField(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="import_batch",
                        to="contacts.journal",
                    ),
                ),
            ],
            options={
                "verbose_name": "import",
                "verbose_name_plural": "imports",
                "ordering": ["-pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["uploaded", "queued"])),
                        fields=["asked_at"],
                        name="contacts_importbatch_due",
                    ),
                    models.Index(fields=["sha256"], name="contacts_importbatch_sha256"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("state__in", ["uploaded", "checked", "queued"]),
                            models.Q(("asked", "turnover"), _negated=True),
                        ),
                        fields=("sha256", "asked", "pairings_from", "scope"),
                        name="contacts_importbatch_one_in_flight",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="JournalLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("group", models.BigIntegerField()),
                ("model", models.CharField(max_length=50)),
                ("object_id", models.BigIntegerField()),
                (
                    "before",
                    models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder, null=True),
                ),
                (
                    "after",
                    models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder, null=True),
                ),
                ("undone", models.BooleanField(default=False)),
                (
                    "obstacle",
                    models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder, null=True),
                ),
                (
                    "journal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="contacts.journal",
                    ),
                ),
            ],
            options={
                "verbose_name": "journal line",
                "verbose_name_plural": "journal lines",
                "ordering": ["pk"],
                "indexes": [
                    models.Index(fields=["journal", "group"], name="contacts_journalline_groups"),
                    models.Index(fields=["model", "object_id"], name="contacts_journalline_of_object"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("before__isnull", False), ("after__isnull", False), _connector="OR"
                        ),
                        name="contacts_journalline_says_something",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Merge",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("survivor_number", models.BigIntegerField()),
                ("absorbed_number", models.BigIntegerField()),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="when")),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="reason")),
                ("unmerged_at", models.DateTimeField(null=True)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="who",
                    ),
                ),
                (
                    "journal",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="merge",
                        to="contacts.journal",
                    ),
                ),
            ],
            options={
                "verbose_name": "merge",
                "verbose_name_plural": "merges",
                "ordering": ["-pk"],
                "indexes": [models.Index(fields=["survivor_number"], name="contacts_merge_into")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("unmerged_at", None)),
                        fields=("absorbed_number",),
                        name="contacts_merge_absorbed_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="WorkReport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("half_year", models.CharField(max_length=7, verbose_name="half-year")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("submitted", "waiting for approval"),
                            ("approved", "approved"),
                            ("issued", "issued"),
                            ("dropped", "given up"),
                        ],
                        default="draft",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("remark", models.CharField(blank=True, max_length=500, verbose_name="why it was sent back")),
                ("approved_at", models.DateTimeField(null=True, verbose_name="approved at")),
                ("issued_at", models.DateTimeField(null=True, verbose_name="issued at")),
                (
                    "approved",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="contacts.reportversion",
                        verbose_name="version",
                    ),
                ),
                (
                    "approved_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="approved by",
                    ),
                ),
                (
                    "submitted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="work_reports",
                        to="contacts.unit",
                        verbose_name="unit",
                    ),
                ),
            ],
            options={
                "verbose_name": "work report",
                "verbose_name_plural": "work reports",
                "ordering": ["-half_year", "unit__path"],
                "constraints": [
                    models.UniqueConstraint(fields=("unit", "half_year"), name="contacts_workreport_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["approved", "issued"]), _negated=True),
                            models.Q(
                                ("approved__isnull", False),
                                ("approved_at__isnull", False),
                                ("approved_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="contacts_workreport_approved_by_a_leader",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="reportversion",
            name="report",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="versions", to="contacts.workreport"
            ),
        ),
        migrations.AddConstraint(
            model_name="reportversion",
            constraint=models.UniqueConstraint(
                fields=("report", "number"), name="contacts_reportversion_number_once"
            ),
        ),
        migrations.CreateModel(
            name="Feedback",
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
                            ("oral", "oral opinion"),
                            ("suggestion", "formal suggestion"),
                            ("proposal", "proposal"),
                        ],
                        default="oral",
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                (
                    "document_number",
                    models.CharField(blank=True, max_length=60, verbose_name="document number"),
                ),
                ("text", models.TextField(max_length=4000, verbose_name="opinion or suggestion")),
                ("received_on", models.DateField(verbose_name="received on")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("received", "received"),
                            ("assigned", "assigned"),
                            ("in_hand", "in hand"),
                            ("ready", "to be told"),
                            ("answered", "answered"),
                            ("closed", "closed"),
                        ],
                        default="received",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("assigned_on", models.DateField(null=True, verbose_name="assigned on")),
                (
                    "clock",
                    models.CharField(
                        choices=[
                            ("oral", "oral opinion"),
                            ("formal", "formal suggestion or proposal"),
                            ("extended", "formal, extended"),
                            ("return", "return of a wrong assignment"),
                            ("rating", "asking how satisfied the person is"),
                        ],
                        default="oral",
                        max_length=10,
                    ),
                ),
                ("clock_since", models.DateField()),
                ("due_on", models.DateField(verbose_name="answer due on")),
                (
                    "extension_reason",
                    models.CharField(blank=True, max_length=500, verbose_name="reason of the extension"),
                ),
                ("answered_on", models.DateField(null=True, verbose_name="answered on")),
                (
                    "review_on",
                    models.DateField(blank=True, null=True, verbose_name="to be looked at again on"),
                ),
                ("rate_by", models.DateField(null=True, verbose_name="to be rated until")),
                ("closed_on", models.DateField(null=True, verbose_name="closed on")),
                ("report_by", models.DateField(null=True, verbose_name="report due on")),
                ("look_on", models.DateField(editable=False, null=True)),
                ("submission", models.UUIDField(editable=False, null=True)),
                (
                    "answer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="contacts.answer",
                    ),
                ),
                (
                    "extended_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="extension approved by",
                    ),
                ),
                (
                    "handler",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="in hand of",
                    ),
                ),
                (
                    "received_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "record",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="feedback",
                        to="contacts.contactrecord",
                        verbose_name="said in",
                    ),
                ),
                (
                    "related",
                    models.ManyToManyField(to="contacts.feedback", verbose_name="belongs together with"),
                ),
                (
                    "supervised_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="supervised by",
                    ),
                ),
                (
                    "stakeholder",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="feedback",
                        to="contacts.stakeholder",
                        verbose_name="stakeholder",
                    ),
                ),
                (
                    "further_topics",
                    models.ManyToManyField(
                        blank=True,
                        related_name="further_feedback",
                        to="contacts.topic",
                        verbose_name="further topics",
                    ),
                ),
                (
                    "topic",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="feedback",
                        to="contacts.topic",
                        verbose_name="topic",
                    ),
                ),
                (
                    "escalated_to",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="contacts.unit",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="feedback",
                        to="contacts.unit",
                        verbose_name="handled by",
                    ),
                ),
            ],
            options={
                "verbose_name": "feedback",
                "verbose_name_plural": "feedback",
                "ordering": ["due_on", "pk"],
                "indexes": [
                    models.Index(fields=["state", "due_on"], name="contacts_feedback_due"),
                    models.Index(fields=["unit", "state"], name="contacts_feedback_of_unit"),
                    models.Index(fields=["received_on"], name="contacts_feedback_received"),
                    models.Index(fields=["look_on"], name="contacts_feedback_look_on"),
                    models.Index(
                        condition=models.Q(("review_on__isnull", False)),
                        fields=["review_on"],
                        name="contacts_feedback_promised",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("answer", None),
                                ("answered_on", None),
                                ("closed_on", None),
                                ("rate_by", None),
                                ("review_on", None),
                                ("state__in", ["received", "assigned", "in_hand", "ready"]),
                            ),
                            models.Q(
                                ("answer__isnull", False),
                                ("answered_on__isnull", False),
                                ("closed_on", None),
                                ("state", "answered"),
                                models.Q(
                                    models.Q(("rate_by", None), ("review_on__isnull", False)),
                                    models.Q(("rate_by__isnull", False), ("review_on", None)),
                                    _connector="OR",
                                ),
                            ),
                            models.Q(
                                ("answer__isnull", False),
                                ("answered_on__isnull", False),
                                ("closed_on__isnull", False),
                                ("rate_by", None),
                                ("review_on", None),
                                ("state", "closed"),
                            ),
                            _connector="OR",
                        ),
                        name="contacts_feedback_state_and_days",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "in_hand"), _negated=True),
                            ("handler__isnull", False),
                            _connector="OR",
                        ),
                        name="contacts_feedback_in_hand_of",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("report_by", None), ("supervised_by__isnull", False), _connector="OR"
                        ),
                        name="contacts_feedback_supervised_by",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("clock", "oral"), ("document_number", ""), ("kind", "oral")),
                            models.Q(
                                ("clock__in", ["formal", "extended"]),
                                ("kind__in", ["suggestion", "proposal"]),
                                models.Q(("document_number", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="contacts_feedback_one_track",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("document_number", ""), _negated=True),
                        fields=("document_number",),
                        name="contacts_feedback_document_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("clock", "extended"), _negated=True),
                            models.Q(
                                ("extended_by__isnull", False),
                                models.Q(("extension_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="contacts_feedback_extension_approved",
                    ),
                    models.UniqueConstraint(fields=("submission",), name="contacts_feedback_submitted_once"),
                ],
            },
        ),
        migrations.AddField(
            model_name="answer",
            name="feedback",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="answers", to="contacts.feedback"
            ),
        ),
        migrations.AddIndex(
            model_name="answer",
            index=models.Index(
                condition=models.Q(("review_on__isnull", False)),
                fields=["review_on"],
                name="contacts_answer_promises",
            ),
        ),
        migrations.AddConstraint(
            model_name="answer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("result", "solved"), ("review_on", None)),
                    models.Q(("review_on__isnull", False), models.Q(("result", "solved"), _negated=True)),
                    models.Q(
                        ("follows__isnull", False),
                        ("result__in", ["for_reference", "cannot"]),
                        ("review_on", None),
                    ),
                    _connector="OR",
                ),
                name="contacts_answer_unsolved_has_review_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="answer",
            constraint=models.UniqueConstraint(
                condition=models.Q(("set_aside_on", None), ("told_on", None)),
                fields=("feedback",),
                name="contacts_answer_one_untold",
            ),
        ),
        migrations.CreateModel(
            name="Telling",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "answer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tellings",
                        to="contacts.answer",
                    ),
                ),
                (
                    "record",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tellings",
                        to="contacts.contactrecord",
                    ),
                ),
            ],
            options={
                "verbose_name": "telling",
                "verbose_name_plural": "tellings",
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("answer", "record"), name="contacts_telling_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="CallBack",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "happened",
                    models.CharField(
                        choices=[
                            ("yes", "yes, it took place"),
                            ("forgotten", "does not remember"),
                            ("no", "no, says it did not take place"),
                            ("not_reached", "the person was not reached"),
                        ],
                        max_length=11,
                        verbose_name="did it take place",
                    ),
                ),
                (
                    "process",
                    models.CharField(
                        choices=[
                            ("satisfied", "satisfied"),
                            ("basically", "basically satisfied"),
                            ("dissatisfied", "not satisfied"),
                            ("not_said", "did not say"),
                        ],
                        max_length=12,
                        verbose_name="with the contact",
                    ),
                ),
                (
                    "result",
                    models.CharField(
                        choices=[
                            ("satisfied", "satisfied"),
                            ("basically", "basically satisfied"),
                            ("dissatisfied", "not satisfied"),
                            ("not_said", "did not say"),
                        ],
                        max_length=12,
                        verbose_name="with what came of it",
                    ),
                ),
                ("comment", models.CharField(blank=True, max_length=500, verbose_name="in their words")),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "record",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="call_backs",
                        to="contacts.contactrecord",
                    ),
                ),
            ],
            options={
                "verbose_name": "call-back",
                "verbose_name_plural": "call-backs",
                "ordering": ["asked_at", "pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("record",), name="contacts_call_back_once_per_record"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("happened", "yes"),
                            models.Q(("process", "not_said"), ("result", "not_said")),
                            _connector="OR",
                        ),
                        name="contacts_call_back_rates_what_took_place",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ImportRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sheet", models.CharField(blank=True, max_length=100, verbose_name="sheet")),
                ("number", models.PositiveIntegerField(verbose_name="row")),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("created", "created"),
                            ("updated", "updated"),
                            ("unchanged", "unchanged"),
                            ("rejected", "rejected"),
                            ("note", "no data"),
                        ],
                        max_length=10,
                        verbose_name="outcome",
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=100, verbose_name="name")),
                ("issues", models.JSONField(default=list)),
                ("codes", models.CharField(blank=True, max_length=300)),
                ("changes", models.JSONField(default=dict)),
                ("values", models.JSONField(null=True)),
                ("key", models.CharField(blank=True, max_length=40)),
                ("group", models.BigIntegerField(null=True)),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rows",
                        to="contacts.importbatch",
                    ),
                ),
                (
                    "stakeholder",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="contacts.stakeholder",
                    ),
                ),
            ],
            options={
                "verbose_name": "imported row",
                "verbose_name_plural": "imported rows",
                "ordering": ["pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("values__isnull", False)),
                        fields=["key", "id"],
                        name="contacts_importrow_said",
                    ),
                    models.Index(
                        condition=models.Q(("group__isnull", False)),
                        fields=["batch", "group", "id"],
                        name="contacts_importrow_of_group",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Turnover",
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
                            ("npc_deputy", "deputy of the people's congress"),
                            ("cppcc_member", "member of the CPPCC"),
                        ],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("province", "province"),
                            ("city", "city"),
                            ("district", "district or county"),
                            ("township", "township or street"),
                        ],
                        max_length=10,
                        verbose_name="level",
                    ),
                ),
                ("body", models.CharField(blank=True, max_length=100, verbose_name="body")),
                ("term_number", models.PositiveSmallIntegerField(verbose_name="term")),
                ("starts_on", models.DateField(verbose_name="first day")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="last day")),
                ("counts", models.JSONField(default=dict)),
                (
                    "batch",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="turnover",
                        to="contacts.importbatch",
                    ),
                ),
                (
                    "journal",
                    models.OneToOneField(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="turnover",
                        to="contacts.journal",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="contacts.unit",
                        verbose_name="people in the charge of",
                    ),
                ),
            ],
            options={
                "verbose_name": "turn of a term",
                "verbose_name_plural": "turns of terms",
                "ordering": ["-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_on", None), ("ends_on__gte", models.F("starts_on")), _connector="OR"
                        ),
                        name="contacts_turnover_ends_after_it_starts",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ReportCopy",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("half_year", models.CharField(max_length=7, verbose_name="half-year")),
                ("title", models.CharField(blank=True, max_length=20)),
                ("lines", models.JSONField(default=list)),
                ("issued_on", models.DateField(verbose_name="issued on")),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="contacts.reportversion",
                    ),
                ),
                (
                    "stakeholder",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="report_copies",
                        to="contacts.stakeholder",
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="copies",
                        to="contacts.workreport",
                    ),
                ),
            ],
            options={
                "verbose_name": "copy of a work report",
                "verbose_name_plural": "copies of work reports",
                "ordering": ["-half_year", "stakeholder__pinyin", "pk"],
                "indexes": [
                    models.Index(fields=["half_year", "stakeholder"], name="contacts_reportcopy_half_year")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("stakeholder", "half_year"), name="contacts_reportcopy_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ReportMeeting",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("held_on", models.DateField(verbose_name="day")),
                ("place", models.CharField(max_length=100, verbose_name="place")),
                ("satisfied", models.PositiveSmallIntegerField(default=0, verbose_name="satisfied")),
                (
                    "basically",
                    models.PositiveSmallIntegerField(default=0, verbose_name="basically satisfied"),
                ),
                ("unsatisfied", models.PositiveSmallIntegerField(default=0, verbose_name="not satisfied")),
                ("abstained", models.PositiveSmallIntegerField(default=0, verbose_name="abstained")),
                ("said", models.TextField(blank=True, max_length=4000, verbose_name="note of the meeting")),
                ("entered_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("voided_at", models.DateTimeField(null=True)),
                ("void_reason", models.CharField(blank=True, max_length=200, verbose_name="reason")),
                ("submission", models.UUIDField(editable=False, null=True)),
                (
                    "entered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "leader",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="who reported",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="contacts.unit",
                        verbose_name="unit that held it",
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="meetings",
                        to="contacts.workreport",
                    ),
                ),
            ],
            options={
                "verbose_name": "report meeting",
                "verbose_name_plural": "report meetings",
                "ordering": ["-held_on", "-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("submission",), name="contacts_reportmeeting_submitted_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Signer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "feedback",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="signers",
                        to="contacts.feedback",
                    ),
                ),
                (
                    "stakeholder",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="signed",
                        to="contacts.stakeholder",
                    ),
                ),
            ],
            options={
                "verbose_name": "signer",
                "verbose_name_plural": "signers",
                "ordering": ["stakeholder__pinyin", "pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("feedback", "stakeholder"), name="contacts_signer_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="FeedbackStep",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "deed",
                    models.CharField(
                        choices=[
                            ("received", "received"),
                            ("assigned", "assigned"),
                            ("returned", "sent back"),
                            ("taken_up", "taken in hand"),
                            ("noted", "note"),
                            ("asked", "asked for an opinion"),
                            ("advised", "gave an opinion"),
                            ("attached", "attached"),
                            ("linked", "put together"),
                            ("extended", "extended"),
                            ("escalated", "sent up to the leader"),
                            ("supervised", "put under supervision"),
                            ("reported", "reported to the leader"),
                            ("prepared", "answer written"),
                            ("answered", "told the person"),
                            ("rated", "rated"),
                            ("closed", "closed"),
                            ("reopened", "opened again"),
                            ("carried", "carried to another unit"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("received", "received"),
                            ("assigned", "assigned"),
                            ("in_hand", "in hand"),
                            ("ready", "to be told"),
                            ("answered", "answered"),
                            ("closed", "closed"),
                        ],
                        max_length=10,
                    ),
                ),
                ("due_on", models.DateField(null=True)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("note", models.CharField(blank=True, max_length=500)),
                (
                    "feedback",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="steps",
                        to="contacts.feedback",
                    ),
                ),
                (
                    "officer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="contacts.unit"
                    ),
                ),
            ],
            options={
                "verbose_name": "step",
                "verbose_name_plural": "steps",
                "ordering": ["at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="CoHandling",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("question", models.CharField(max_length=500, verbose_name="what is asked")),
                ("asked_on", models.DateField()),
                ("due_on", models.DateField(verbose_name="opinion due on")),
                ("opinion", models.TextField(blank=True, max_length=2000, verbose_name="opinion")),
                ("given_at", models.DateTimeField(null=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "given_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "feedback",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="co_handling",
                        to="contacts.feedback",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="contacts.unit",
                        verbose_name="unit asked",
                    ),
                ),
            ],
            options={
                "verbose_name": "opinion of another unit",
                "verbose_name_plural": "opinions of other units",
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("given_at", None)),
                        fields=("feedback", "unit"),
                        name="contacts_cohandling_asked_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("given_at", None), ("given_by", None), ("opinion", "")),
                            models.Q(
                                ("given_at__isnull", False),
                                ("given_by__isnull", False),
                                models.Q(("opinion", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="contacts_cohandling_given",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Attachment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="file name")),
                ("media_type", models.CharField(max_length=100)),
                ("file", models.FileField(max_length=60, upload_to=contacts.models.consulting.attached_as)),
                ("size", models.PositiveIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("added_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "added_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "feedback",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="attachments",
                        to="contacts.feedback",
                    ),
                ),
            ],
            options={
                "verbose_name": "attachment",
                "verbose_name_plural": "attachments",
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("feedback", "sha256"), name="contacts_attachment_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Rating",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "process",
                    models.CharField(
                        choices=[
                            ("satisfied", "satisfied"),
                            ("basically", "basically satisfied"),
                            ("dissatisfied", "not satisfied"),
                            ("not_said", "did not say"),
                        ],
                        max_length=12,
                        verbose_name="with the handling",
                    ),
                ),
                (
                    "result",
                    models.CharField(
                        choices=[
                            ("satisfied", "satisfied"),
                            ("basically", "basically satisfied"),
                            ("dissatisfied", "not satisfied"),
                            ("not_said", "did not say"),
                        ],
                        max_length=12,
                        verbose_name="with the result",
                    ),
                ),
                ("comment", models.CharField(blank=True, max_length=500, verbose_name="in their words")),
                ("rated_on", models.DateField(verbose_name="asked on")),
                (
                    "rated_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "telling",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rating",
                        to="contacts.telling",
                    ),
                ),
            ],
            options={
                "verbose_name": "rating",
                "verbose_name_plural": "ratings",
                "ordering": ["pk"],
                "indexes": [models.Index(fields=["rated_on"], name="contacts_rating_asked")],
            },
        ),
        migrations.CreateModel(
            name="TurnoverLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "group",
                    models.CharField(
                        choices=[
                            ("continuing", "continuing"),
                            ("ended", "ended"),
                            ("new", "new"),
                            ("moved", "moved"),
                            ("doubtful", "doubtful"),
                            ("refused", "refused"),
                        ],
                        max_length=10,
                        verbose_name="group",
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=100, verbose_name="name")),
                ("sheet", models.CharField(blank=True, max_length=100, verbose_name="sheet")),
                ("number", models.PositiveIntegerField(null=True, verbose_name="row")),
                ("other_row", models.JSONField(null=True)),
                ("why", models.CharField(blank=True, max_length=20)),
                (
                    "choice",
                    models.CharField(
                        blank=True, choices=[("same", "the same"), ("new", "somebody new")], max_length=4
                    ),
                ),
                ("changes", models.JSONField(default=dict)),
                ("issues", models.JSONField(default=list)),
                (
                    "other",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="contacts.stakeholder",
                    ),
                ),
                (
                    "stakeholder",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="contacts.stakeholder",
                    ),
                ),
                (
                    "turnover",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="contacts.turnover",
                    ),
                ),
            ],
            options={
                "verbose_name": "line of a turnover",
                "verbose_name_plural": "lines of turnovers",
                "ordering": ["pk"],
                "indexes": [models.Index(fields=["turnover", "group"], name="contacts_turnoverline_groups")],
            },
        ),
        migrations.CreateModel(
            name="ReportDelivery",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "method",
                    models.CharField(
                        choices=[
                            ("in_person", "in person"),
                            ("post", "by post"),
                            ("meeting", "in a meeting"),
                            ("email", "by e-mail"),
                        ],
                        max_length=10,
                        verbose_name="how",
                    ),
                ),
                (
                    "appraisal",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("satisfied", "satisfied"),
                            ("basically", "basically satisfied"),
                            ("unsatisfied", "not satisfied"),
                        ],
                        max_length=12,
                        verbose_name="appraisal",
                    ),
                ),
                (
                    "copy",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deliveries",
                        to="contacts.reportcopy",
                    ),
                ),
                (
                    "record",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="report_delivery",
                        to="contacts.contactrecord",
                    ),
                ),
                (
                    "meeting",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attendances",
                        to="contacts.reportmeeting",
                    ),
                ),
            ],
            options={
                "verbose_name": "delivery of a work report",
                "verbose_name_plural": "deliveries of work reports",
                "ordering": ["pk"],
            },
        ),
        migrations.RunPython(refuse_changes, allow_changes),
    ]
