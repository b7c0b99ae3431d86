"""The tables as they stood with the reminders of feedback, and the policies that ship: a call every month, a visit every
quarter, a work report every half-year, owed to deputies and committee members at every level, since always (R3)."""

import datetime

import django.core.serializers.json
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

STAGES = ["planned", "due_soon", "last_day", "missed"]
SHIPPED = [
    ("call", "month", 10),
    ("visit", "quarter", 30),
    ("report", "half_year", 60),
]


def ship(apps, schema_editor):
    for kind, cadence, minimum_days in SHIPPED:
        policy, _ = apps.get_model("schedules", "CyclePolicy").objects.get_or_create(code=kind)
        apps.get_model("schedules", "PolicyVersion").objects.get_or_create(
            policy=policy,
            starts_on=None,
            defaults={
                "kind": kind,
                "cadence": cadence,
                "seat_kinds": ["npc_deputy", "cppcc_member"],
                "minimum_days": minimum_days,
                "stages": STAGES,
            },
        )


class Migration(migrations.Migration):
    replaces = [
        ("schedules", "0001_initial"),
        ("schedules", "0002_shipped_policies"),
        ("schedules", "0003_handover_lines"),
        ("schedules", "0004_what_changed"),
        ("schedules", "0005_leave"),
        ("schedules", "0006_signs_of_life"),
        ("schedules", "0007_gateway_deliveries"),
        ("schedules", "0008_calendars"),
        ("schedules", "0009_who_is_behind"),
        ("schedules", "0010_reports_by_themselves"),
        ("schedules", "0011_feedback_told"),
    ]

    initial = True

    dependencies = [
        ("contacts", "0001_squashed_0031_call_backs"),
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
        migrations.CreateModel(
            name="CyclePolicy",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(max_length=30, unique=True, verbose_name="code")),
                ("name", models.CharField(blank=True, max_length=50, verbose_name="name")),
            ],
            options={
                "verbose_name": "policy",
                "verbose_name_plural": "policies",
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="DayOverride",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField(unique=True, verbose_name="day")),
                ("is_working", models.BooleanField(default=False, verbose_name="working day")),
                ("note", models.CharField(blank=True, max_length=100, verbose_name="note")),
            ],
            options={
                "verbose_name": "special day",
                "verbose_name_plural": "special days",
                "ordering": ["day"],
            },
        ),
        migrations.CreateModel(
            name="Heartbeat",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("worker", models.CharField(max_length=100, unique=True)),
                ("version", models.CharField(blank=True, max_length=30)),
                ("started_at", models.DateTimeField()),
                ("running_since", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                ("counts", models.JSONField(default=dict)),
                ("failed_at", models.DateTimeField(null=True)),
                ("failures", models.PositiveIntegerField(default=0)),
                ("last_error", models.CharField(blank=True, max_length=500)),
            ],
            options={
                "verbose_name": "heartbeat",
                "verbose_name_plural": "heartbeats",
            },
        ),
        migrations.CreateModel(
            name="KnownYear",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("year", models.PositiveSmallIntegerField(unique=True, verbose_name="year")),
            ],
            options={
                "verbose_name": "known year",
                "verbose_name_plural": "known years",
                "ordering": ["year"],
            },
        ),
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
                "verbose_name": "weekly report",
                "verbose_name_plural": "weekly reports",
                "ordering": ["-week_key", "unit"],
                "constraints": [
                    models.UniqueConstraint(fields=("week_key", "unit"), name="schedules_behind_once_a_week")
                ],
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
                "verbose_name": "calendars of a unit's officers",
                "verbose_name_plural": "calendars of units' officers",
                "ordering": ["-pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["waiting", "making"])),
                        fields=["asked_at"],
                        name="schedules_calendarset_due",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Digest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("period_key", models.CharField(max_length=8, verbose_name="period")),
                ("frozen_at", models.DateTimeField(verbose_name="as of")),
                ("figures", models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder)),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="digests",
                        to="contacts.unit",
                        verbose_name="unit",
                    ),
                ),
            ],
            options={
                "verbose_name": "digest",
                "verbose_name_plural": "digests",
                "ordering": ["-frozen_at", "-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("unit", "period_key"), name="schedules_digest_frozen_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FeedToken",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=50, verbose_name="name")),
                ("sha256", models.CharField(max_length=64, unique=True)),
                ("with_names", models.BooleanField(default=False, verbose_name="show people's names")),
                ("with_alarm", models.BooleanField(default=False, verbose_name="ring at nine on the day")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="made")),
                ("last_used_at", models.DateTimeField(null=True, verbose_name="last used")),
                ("revoked_at", models.DateTimeField(null=True)),
                (
                    "of_person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="contacts.stakeholder",
                    ),
                ),
                (
                    "of_unit",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="contacts.unit",
                    ),
                ),
                (
                    "officer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="feed_tokens",
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
                "verbose_name": "calendar subscription",
                "verbose_name_plural": "calendar subscriptions",
                "ordering": ["-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("of_unit", None), ("of_person", None), _connector="OR"),
                        name="schedules_feedtoken_shows_one_thing",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Leave",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("first_day", models.DateField(verbose_name="from")),
                ("last_day", models.DateField(verbose_name="until")),
                ("note", models.CharField(blank=True, max_length=100, verbose_name="note")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "officer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="leaves",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="officer",
                    ),
                ),
            ],
            options={
                "verbose_name": "leave",
                "verbose_name_plural": "leave days",
                "ordering": ["first_day", "pk"],
                "indexes": [models.Index(fields=["officer", "last_day"], name="schedules_leave_of_officer")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("last_day__gte", models.F("first_day"))),
                        name="schedules_leave_ends_after_start",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("send_on", models.DateField(verbose_name="day")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("read_at", models.DateTimeField(null=True)),
                (
                    "officer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notices",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "notice",
                "verbose_name_plural": "notices",
                "ordering": ["-send_on", "-pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("read_at", None)),
                        fields=["officer"],
                        name="schedules_notice_unread",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("officer", "send_on"), name="schedules_notice_one_per_day"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PassState",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("first_day", models.DateField()),
                ("latest_at", models.DateTimeField()),
                ("day", models.DateField(null=True)),
                ("slots", models.JSONField(default=dict)),
                ("reported_on", models.DateField(null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("id", 1)), name="schedules_passstate_one_row")
                ],
            },
        ),
        migrations.CreateModel(
            name="PeriodClosing",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("period_key", models.CharField(max_length=8, verbose_name="period")),
                ("closed_at", models.DateTimeField()),
                (
                    "policy",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="closings",
                        to="schedules.cyclepolicy",
                    ),
                ),
            ],
            options={
                "verbose_name": "closed period",
                "verbose_name_plural": "closed periods",
                "constraints": [
                    models.UniqueConstraint(fields=("policy", "period_key"), name="schedules_closing_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="PolicyVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("starts_on", models.DateField(blank=True, null=True, verbose_name="from")),
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
                        max_length=10,
                        verbose_name="kind of contact",
                    ),
                ),
                (
                    "stand_in_kinds",
                    models.JSONField(blank=True, default=list, verbose_name="kinds that stand in for it"),
                ),
                (
                    "cadence",
                    models.CharField(
                        choices=[
                            ("month", "month"),
                            ("quarter", "quarter"),
                            ("half_year", "half-year"),
                            ("year", "year"),
                        ],
                        max_length=10,
                        verbose_name="once every",
                    ),
                ),
                ("seat_kinds", models.JSONField(default=list, verbose_name="owed to")),
                ("levels", models.JSONField(blank=True, default=list, verbose_name="at these levels")),
                ("minimum_days", models.PositiveSmallIntegerField(verbose_name="minimum days")),
                ("stages", models.JSONField(default=list, verbose_name="reminders")),
                ("ended", models.BooleanField(default=False, verbose_name="ended")),
                (
                    "policy",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="schedules.cyclepolicy",
                        verbose_name="policy",
                    ),
                ),
            ],
            options={
                "verbose_name": "version",
                "verbose_name_plural": "versions",
                "ordering": ["policy", "starts_on"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("policy", "starts_on"), name="schedules_version_one_per_day"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("starts_on", None)),
                        fields=("policy",),
                        name="schedules_version_one_since_always",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[("email", "e-mail"), ("gateway", "chat or SMS")], max_length=10
                    ),
                ),
                ("address", models.CharField(blank=True, max_length=254)),
                ("message_id", models.CharField(max_length=120, unique=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "waiting"),
                            ("claimed", "taken up"),
                            ("sending", "being sent"),
                            ("sent", "sent"),
                            ("unknown", "outcome unknown"),
                            ("dead", "given up"),
                            ("superseded", "superseded"),
                            ("cancelled", "no longer needed"),
                        ],
                        default="pending",
                        max_length=10,
                    ),
                ),
                ("may_have_left", models.BooleanField(default=False)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("next_attempt_at", models.DateTimeField()),
                ("lease_until", models.DateTimeField(null=True)),
                ("claim_token", models.UUIDField(null=True)),
                ("sent_at", models.DateTimeField(null=True)),
                ("last_error", models.CharField(blank=True, max_length=500)),
                (
                    "taken_up_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="schedules.delivery",
                    ),
                ),
                (
                    "notice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deliveries",
                        to="schedules.notice",
                    ),
                ),
            ],
            options={
                "verbose_name": "delivery",
                "verbose_name_plural": "deliveries",
                "ordering": ["-pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["pending", "claimed", "sending", "unknown"])),
                        fields=["next_attempt_at"],
                        name="schedules_delivery_to_do",
                    ),
                    models.Index(
                        condition=models.Q(("state__in", ["dead", "unknown"])),
                        fields=["state"],
                        name="schedules_delivery_failed",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("notice", "channel"), name="schedules_delivery_once_per_channel"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Obligation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("period_key", models.CharField(max_length=8, verbose_name="period")),
                ("period_start", models.DateField()),
                ("period_end", models.DateField()),
                ("due_on", models.DateField(verbose_name="due on")),
                ("planned_on", models.DateField(verbose_name="planned on")),
                ("planned_time", models.TimeField(blank=True, null=True, verbose_name="planned at")),
                ("arranged", models.BooleanField(default=False, verbose_name="arranged by hand")),
                ("remind_on", models.DateField(default=datetime.date(1, 1, 1))),
                ("waived_at", models.DateTimeField(null=True)),
                ("waive_reason", models.CharField(blank=True, max_length=200, verbose_name="reason")),
                ("withdrawn_at", models.DateTimeField(null=True)),
                ("sequence", models.PositiveIntegerField(default=0)),
                ("changed_at", models.DateTimeField()),
                (
                    "policy",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="schedules.cyclepolicy",
                        verbose_name="policy",
                    ),
                ),
                (
                    "stakeholder",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="obligations",
                        to="contacts.stakeholder",
                        verbose_name="stakeholder",
                    ),
                ),
                (
                    "waived_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="obligations",
                        to="schedules.policyversion",
                    ),
                ),
            ],
            options={
                "verbose_name": "obligation",
                "verbose_name_plural": "obligations",
                "ordering": ["planned_on", "pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("withdrawn_at", None)),
                        fields=["period_key", "policy"],
                        name="schedules_obligation_period",
                    ),
                    models.Index(
                        condition=models.Q(("withdrawn_at", None)),
                        fields=["planned_on"],
                        name="schedules_obligation_planned",
                    ),
                    models.Index(
                        condition=models.Q(("withdrawn_at", None)),
                        fields=["remind_on"],
                        name="schedules_obligation_remind",
                    ),
                    models.Index(
                        condition=models.Q(("withdrawn_at", None)),
                        fields=["period_end"],
                        name="schedules_obligation_ends",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("stakeholder", "policy", "period_key"),
                        name="schedules_obligation_once_per_period",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("planned_on__gte", models.F("period_start")),
                            ("planned_on__lte", models.F("period_end")),
                        ),
                        name="schedules_obligation_planned_within_period",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("waived_at", None),
                            models.Q(("waive_reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="schedules_obligation_waived_for_a_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="NoticeLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("planned", "planned for today"),
                            ("due_soon", "due soon"),
                            ("last_day", "last day"),
                            ("missed", "missed"),
                            ("digest", "digest"),
                            ("handover", "hand-over"),
                            ("behind", "who is behind"),
                            ("bureau", "ten working days late"),
                            ("county", "five working days late"),
                            ("unreported", "not reported on"),
                            ("escalated", "sent up to you"),
                            ("report", "to be reported on today"),
                            ("opinion", "your unit's opinion is asked for"),
                            ("assigned", "assigned to your unit"),
                            ("rate", "ask how satisfied they are"),
                        ],
                        max_length=10,
                    ),
                ),
                ("about_on", models.DateField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("told", "told"),
                            ("superseded", "superseded"),
                            ("cancelled", "no longer needed"),
                        ],
                        default="told",
                        max_length=10,
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "behind",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notice_lines",
                        to="schedules.behindreport",
                    ),
                ),
                (
                    "digest",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notice_lines",
                        to="schedules.digest",
                    ),
                ),
                (
                    "feedback",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notice_lines",
                        to="contacts.feedback",
                    ),
                ),
                (
                    "handover",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notice_lines",
                        to="contacts.handover",
                    ),
                ),
                (
                    "notice",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="schedules.notice",
                    ),
                ),
                (
                    "recipient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "obligation",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notice_lines",
                        to="schedules.obligation",
                    ),
                ),
            ],
            options={
                "verbose_name": "line",
                "verbose_name_plural": "lines",
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("obligation", "stage", "recipient"), name="schedules_line_told_once"
                    ),
                    models.UniqueConstraint(
                        fields=("digest", "recipient"), name="schedules_line_digest_told_once"
                    ),
                    models.UniqueConstraint(
                        fields=("handover", "recipient"), name="schedules_line_handover_told_once"
                    ),
                    models.UniqueConstraint(
                        fields=("behind", "recipient"), name="schedules_line_behind_told_once"
                    ),
                    models.UniqueConstraint(
                        fields=("feedback", "stage", "about_on", "recipient"),
                        name="schedules_line_feedback_told_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("behind", None),
                                ("digest", None),
                                ("feedback", None),
                                ("handover", None),
                                ("obligation__isnull", False),
                            ),
                            models.Q(
                                ("behind", None),
                                ("digest__isnull", False),
                                ("feedback", None),
                                ("handover", None),
                                ("obligation", None),
                            ),
                            models.Q(
                                ("behind", None),
                                ("digest", None),
                                ("feedback", None),
                                ("handover__isnull", False),
                                ("obligation", None),
                            ),
                            models.Q(
                                ("behind__isnull", False),
                                ("digest", None),
                                ("feedback", None),
                                ("handover", None),
                                ("obligation", None),
                            ),
                            models.Q(
                                ("behind", None),
                                ("digest", None),
                                ("feedback__isnull", False),
                                ("handover", None),
                                ("obligation", None),
                            ),
                            _connector="OR",
                        ),
                        name="schedules_line_about_one_thing",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("about_on", None), ("feedback", None)),
                            models.Q(("about_on__isnull", False), ("feedback__isnull", False)),
                            _connector="OR",
                        ),
                        name="schedules_line_feedback_of_a_day",
                    ),
                ],
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
                (
                    "officer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "obligation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="explanations",
                        to="schedules.obligation",
                    ),
                ),
            ],
            options={
                "verbose_name": "explanation",
                "verbose_name_plural": "explanations",
                "ordering": ["given_at", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("reason", "other"), _negated=True),
                            models.Q(("text", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="schedules_explanation_other_in_words",
                    )
                ],
            },
        ),
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
                (
                    "obligation",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="schedules.obligation",
                    ),
                ),
            ],
            options={
                "verbose_name": "event of a calendar",
                "verbose_name_plural": "events of calendars",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("obligation", "variant"), name="schedules_calendarevent_once_per_variant"
                    )
                ],
            },
        ),
        migrations.RunPython(ship, migrations.RunPython.noop),
    ]
