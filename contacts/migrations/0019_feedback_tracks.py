import datetime

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F
from django.utils import timezone


def fill_in(apps, schema_editor):
    """Everything was oral until now. Steps say when an item was assigned and opened again, since when it counts afresh."""
    feedback, steps = apps.get_model("contacts", "Feedback"), apps.get_model("contacts", "FeedbackStep")
    feedback.objects.update(clock_since=F("received_on"))
    steps.objects.update(deed=F("state"))
    assigned, reopened, reopenings, before = {}, {}, [], {}
    for step in steps.objects.order_by("feedback", "at", "pk").only("feedback", "state", "at"):
        if step.state == "assigned":
            assigned[step.feedback_id] = timezone.localdate(step.at)
            if before.get(step.feedback_id) in {"answered", "closed"}:
                reopened[step.feedback_id] = timezone.localdate(step.at)
                reopenings.append(step.pk)
        before[step.feedback_id] = step.state
    steps.objects.filter(pk__in=reopenings).update(deed="reopened")
    for item in feedback.objects.exclude(state="received").only("received_on"):
        item.assigned_on = assigned.get(item.pk, item.received_on)
        item.clock_since = reopened.get(item.pk, item.received_on)
        item.save(update_fields=["assigned_on", "clock_since"])


class Migration(migrations.Migration):
    dependencies = [
        ("contacts", "0018_notice_channels"),
    ]

    operations = [
        migrations.AddField(
            model_name="feedback",
            name="assigned_on",
            field=models.DateField(null=True, verbose_name="assigned on"),
        ),
        migrations.AddField(
            model_name="feedback",
            name="clock",
            field=models.CharField(
                choices=[
                    ("oral", "oral opinion"),
                    ("formal", "formal suggestion or proposal"),
                    ("extended", "formal, extended"),
                    ("return", "return of a wrong assignment"),
                ],
                default="oral",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="feedback",
            name="clock_since",
            field=models.DateField(default=datetime.date(2000, 1, 1)),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="feedback",
            name="document_number",
            field=models.CharField(blank=True, max_length=60, verbose_name="document number"),
        ),
        migrations.AddField(
            model_name="feedback",
            name="extended_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="extension approved by",
            ),
        ),
        migrations.AddField(
            model_name="feedback",
            name="extension_reason",
            field=models.CharField(blank=True, max_length=500, verbose_name="reason of the extension"),
        ),
        migrations.AddField(
            model_name="feedback",
            name="kind",
            field=models.CharField(
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
        migrations.AddField(
            model_name="feedbackstep",
            name="deed",
            field=models.CharField(
                choices=[
                    ("received", "received"),
                    ("assigned", "assigned"),
                    ("returned", "sent back"),
                    ("extended", "extended"),
                    ("answered", "answered"),
                    ("closed", "closed"),
                    ("reopened", "opened again"),
                    ("carried", "carried to another unit"),
                ],
                default="received",
                max_length=10,
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="feedbackstep",
            name="due_on",
            field=models.DateField(null=True),
        ),
        migrations.AddConstraint(
            model_name="feedback",
            constraint=models.CheckConstraint(
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
        ),
        migrations.AddConstraint(
            model_name="feedback",
            constraint=models.UniqueConstraint(
                condition=models.Q(("document_number", ""), _negated=True),
                fields=("document_number",),
                name="contacts_feedback_document_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="feedback",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("clock", "extended"), _negated=True),
                    models.Q(
                        ("extended_by__isnull", False), models.Q(("extension_reason", ""), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="contacts_feedback_extension_approved",
            ),
        ),
        migrations.RunPython(fill_in, migrations.RunPython.noop),
    ]
