import datetime as dt

from django.db import migrations


def fill_in(apps, schema_editor):
    """An answer that was told becomes a row of its own. What was closed though another answer was owed waits for it again;
    nobody was asked how satisfied people are, and those whose item is closed have not said."""
    item_model, answer_model = apps.get_model("contacts", "Feedback"), apps.get_model("contacts", "Answer")
    telling_model, rating_model = apps.get_model("contacts", "Telling"), apps.get_model("contacts", "Rating")
    steps = apps.get_model("contacts", "FeedbackStep")
    for item in item_model.objects.exclude(answer_record=None).select_related("answer_record"):
        told = steps.objects.filter(feedback=item, deed="answered").order_by("at", "pk").last()
        told_on = item.answered_on or item.answer_record.occurred_on
        opened_again = item.state not in {"answered", "closed"}
        solved = item.result == "solved"
        answer = answer_model.objects.create(
            feedback=item,
            text=item.answer_text,
            result=item.result,
            review_on=None if solved else item.review_on,
            prepared_by_id=told.officer_id if told else item.received_by_id,
            prepared_at=told.at if told else item.answer_record.recorded_at,
            told_on=told_on,
            set_aside_on=item.clock_since if opened_again else None,
        )
        telling = telling_model.objects.create(answer=answer, record=item.answer_record)
        item.review_on = None if solved or opened_again else item.review_on
        if item.state == "closed" and not solved:
            item.state, item.closed_on = "answered", None
        if item.state == "closed":
            closing = steps.objects.filter(feedback=item, deed="closed").order_by("at", "pk").last()
            rating_model.objects.create(
                telling=telling,
                process="not_said",
                result="not_said",
                rated_on=item.closed_on,
                rated_by_id=closing.officer_id if closing else item.received_by_id,
            )
        elif item.state == "answered" and solved:
            item.rate_by = told_on + dt.timedelta(days=14)  # the next pass reckons it
        item.answer = None if opened_again else answer
        item.save(update_fields=["state", "closed_on", "review_on", "rate_by", "answer"])


class Migration(migrations.Migration):
    dependencies = [("contacts", "0020_answers")]

    operations = [migrations.RunPython(fill_in)]
