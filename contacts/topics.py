"""Topics of feedback, which the city's coordinator keeps: two levels, so that a list of them stays short."""

from __future__ import annotations

import re
from collections.abc import Collection

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from contacts.feedback_steps import locked
from contacts.models import Actor, AuditEntry, Feedback, Topic

SUGGESTED = 3


class TopicForm(forms.ModelForm):
    class Meta:
        model = Topic
        fields = ["name", "parent", "keywords"]
        labels = {"name": _("Name of the topic"), "parent": pgettext_lazy("of a topic", "Part of")}

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        top = Topic.objects.filter(parent=None).exclude(pk=self.instance.pk)
        if self.instance.pk and self.instance.children.exists():
            top = top.none()  # what has parts is part of nothing
        self.fields["parent"].queryset = top  # type: ignore[attr-defined]


@transaction.atomic
def save_topic(form: TopicForm, *, actor: Actor) -> Topic:
    """Add a topic, or rename or move one; what was said keeps it."""
    row = Topic.objects.filter(pk=form.instance.pk).values("name", "parent", "keywords").first()
    before = dict(row) if row else None
    topic: Topic = form.save()
    after = {"name": topic.name, "parent": topic.parent_id, "keywords": topic.keywords}
    if before != after:
        AuditEntry.objects.record(
            actor, "change topic" if before else "add topic", topic, before=before, after=after
        )
    return topic


def suggest(text: str) -> list[Topic]:
    """The topics whose name or words stand in the text, those with the most of them first."""
    text = text.casefold()
    scored = []
    for topic in Topic.objects.all():
        words = {topic.name, *re.split(r"[,，、;；\s]+", topic.keywords)}
        score = sum(len(word) for word in words if word and word.casefold() in text)
        if score:
            scored.append((-score, topic.parent_id is None, topic.name, topic))
    return [topic for *_order, topic in sorted(scored, key=lambda one: one[:3])[:SUGGESTED]]


def hold(chosen: Collection[Topic]) -> None:
    """Nobody merges these until the transaction ends; ValidationError when somebody did since they were chosen."""
    rows = Topic.objects.filter(pk__in=[one.pk for one in chosen]).order_by("pk")
    if len(rows.select_for_update(no_key=True)) < len(set(chosen)):
        raise ValidationError(gettext("Somebody merged this topic with another one meanwhile. Choose again."))


@transaction.atomic
def file_under(feedback: Feedback, topic: Topic | None, further: Collection[Topic], *, actor: Actor) -> None:
    """What an item is about: the topic that it counts under, and others under which it is found."""
    feedback = locked(feedback)
    hold([one for one in (topic, *further) if one])
    before = {
        "topic": feedback.topic_id,
        "further": sorted(feedback.further_topics.values_list("pk", flat=True)),
    }
    feedback.topic = topic
    feedback.save(update_fields=["topic"])
    feedback.further_topics.set(one for one in further if one != topic)
    after = {
        "topic": feedback.topic_id,
        "further": sorted(feedback.further_topics.values_list("pk", flat=True)),
    }
    if before != after:
        AuditEntry.objects.record(actor, "file feedback", feedback, before=before, after=after)


@transaction.atomic
def merge_topics(topic: Topic, into: Topic, *, actor: Actor) -> int:
    """Two topics were one: everything filed under the one is the other's, and its parts and words too. How many items
    moved."""
    # The items before the topics, each in their order, as who files an item does.
    further = Feedback.further_topics.through.objects.filter(topic=topic).values("feedback")
    list(
        Feedback.objects.filter(Q(topic=topic) | Q(pk__in=further))
        .select_for_update()
        .order_by("pk")
        .values_list("pk")
    )
    rows = Topic.objects.filter(pk__in=[topic.pk, into.pk]).select_for_update().order_by("pk")
    found = {row.pk: row for row in rows}
    if topic.pk not in found or into.pk not in found:
        raise ValidationError(gettext("Somebody merged one of them meanwhile. Look at the list again."))
    topic, into = found[topic.pk], found[into.pk]
    if topic == into or into.parent_id == topic.pk:
        raise ValidationError(gettext("Choose a topic that is neither the same nor a part of it."))
    if into.parent_id and topic.children.exists():
        raise ValidationError(
            gettext("It has parts, and %(topic)s is one. Choose a topic above."), params={"topic": into}
        )
    moved = topic.feedback.update(topic=into)
    for item in topic.further_feedback.exclude(topic=into):
        item.further_topics.add(into)
    into.further_feedback.remove(*into.feedback.filter(further_topics=into))
    topic.children.update(parent=into)
    words = [word for word in (into.keywords, topic.name, topic.keywords) if word]
    into.keywords = ", ".join(words)[:500]
    into.save()
    AuditEntry.objects.record(
        actor, "merge topics", into, before={"merged": topic.name}, after={"name": into.name, "moved": moved}
    )
    topic.delete()
    return moved
