"""What an item is about, and two topics that are one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from contacts.models import Feedback, Topic
from contacts.topics import suggest

# Attributes of a text that is offered topics while it is typed; an element of the class "topic-hints" follows.
OFFERED_TOPICS = {
    "hx-post": reverse_lazy("contacts:topic-hints"),
    "hx-trigger": "input changed delay:500ms",
    "hx-target": "next .topic-hints",
    "hx-swap": "innerHTML",
    "hx-push-url": "false",
}


class TopicField(forms.ModelChoiceField):
    """One of the topics, each followed by its parts."""

    def __init__(self, **kwargs: Any) -> None:
        said: dict[str, Any] = {"label": _("Topic"), "required": False} | kwargs
        super().__init__(Topic.objects.in_tree(), **said)

    def label_from_instance(self, obj: Any) -> str:
        return obj.in_its_place


class TopicsField(forms.ModelMultipleChoiceField):
    """Some of the topics."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Topic.objects.in_tree(), required=False, **kwargs)

    def label_from_instance(self, obj: Any) -> str:
        return obj.in_its_place


class FileUnderForm(forms.Form):
    topic = TopicField()
    further = TopicsField(label=_("Further topics"))

    def __init__(self, data: Any = None, *, item: Feedback) -> None:
        first = next(iter(suggest(item.text)), None)
        super().__init__(data, initial={"topic": item.topic or first, "further": item.further_topics.all()})


class MergeTopicForm(forms.Form):
    into = TopicField(label=_("Into"), required=True)

    def __init__(self, data: Any = None, *, topic: Topic) -> None:
        super().__init__(data)
        others = Topic.objects.in_tree().exclude(pk=topic.pk).exclude(parent=topic)
        self.fields["into"].queryset = others  # type: ignore[attr-defined]
