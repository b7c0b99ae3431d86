from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("contacts", "0021_answers_filled")]

    operations = [
        migrations.RemoveField(model_name="feedback", name="answer_text"),
        migrations.RemoveField(
            model_name="feedback",
            name="result",
        ),
        migrations.RemoveField(
            model_name="feedback",
            name="answer_record",
        ),
        migrations.AddIndex(
            model_name="feedback",
            index=models.Index(fields=["look_on"], name="contacts_feedback_look_on"),
        ),
        migrations.AddIndex(
            model_name="feedback",
            index=models.Index(
                condition=models.Q(("review_on__isnull", False)),
                fields=["review_on"],
                name="contacts_feedback_promised",
            ),
        ),
        migrations.AddConstraint(
            model_name="feedback",
            constraint=models.CheckConstraint(
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
        ),
        migrations.AddConstraint(
            model_name="feedback",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "in_hand"), _negated=True), ("handler__isnull", False), _connector="OR"
                ),
                name="contacts_feedback_in_hand_of",
            ),
        ),
        migrations.AddConstraint(
            model_name="feedback",
            constraint=models.CheckConstraint(
                condition=models.Q(("report_by", None), ("supervised_by__isnull", False), _connector="OR"),
                name="contacts_feedback_supervised_by",
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
        migrations.AddConstraint(
            model_name="attachment",
            constraint=models.UniqueConstraint(
                fields=("feedback", "sha256"), name="contacts_attachment_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="cohandling",
            constraint=models.UniqueConstraint(
                condition=models.Q(("given_at", None)),
                fields=("feedback", "unit"),
                name="contacts_cohandling_asked_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="cohandling",
            constraint=models.CheckConstraint(
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
        ),
        migrations.AddConstraint(
            model_name="signer",
            constraint=models.UniqueConstraint(
                fields=("feedback", "stakeholder"), name="contacts_signer_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="telling",
            constraint=models.UniqueConstraint(fields=("answer", "record"), name="contacts_telling_once"),
        ),
        migrations.AddIndex(
            model_name="rating",
            index=models.Index(fields=["rated_on"], name="contacts_rating_asked"),
        ),
    ]
