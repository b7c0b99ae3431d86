"""Topics of feedback, which the city's coordinator keeps: two levels, so that a list of them stays short."""

from __future__ import annotations

from django import forms
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from contacts.models import Actor, AuditEntry, Topic


class TopicForm(forms.ModelForm):
    class Meta:
        model = Topic
        fields = ["name", "parent"]
        labels = {"name": _("Name of the topic"), "parent": _("Part of")}

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        top = Topic.objects.filter(parent=None).exclude(pk=self.instance.pk)
        if self.instance.pk and self.instance.children.exists():
            top = top.none()  # what has parts is part of nothing
        self.fields["parent"].queryset = top  # type: ignore[attr-defined]


@transaction.atomic
def save_topic(form: TopicForm, *, actor: Actor) -> Topic:
    """Add a topic, or rename or move one; what was said keeps it."""
    row = Topic.objects.filter(pk=form.instance.pk).values("name", "parent").first()
    before = dict(row) if row else None
    topic: Topic = form.save()
    after = {"name": topic.name, "parent": topic.parent_id}
    if before != after:
        AuditEntry.objects.record(
            actor, "change topic" if before else "add topic", topic, before=before, after=after
        )
    return topic
