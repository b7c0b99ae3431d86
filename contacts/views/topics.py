"""Topics of feedback: a list, adding one, renaming one, making one of two; and what a text may be about."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from contacts.access import Deed, requires
from contacts.forms.fields import done
from contacts.forms.topics import FileUnderForm, MergeTopicForm
from contacts.models import Actor, Topic
from contacts.requests import OfficerRequest
from contacts.topics import TopicForm, file_under, merge_topics, save_topic, suggest
from contacts.views.feedback_parts import ask, item_for


@requires(Deed.CONFIGURE)
def index(request: HttpRequest) -> HttpResponse:
    """The topics, each followed by its parts, with how much was said of it; and a form to add one."""
    form = TopicForm(request.POST or None)
    if form.is_valid():
        save_topic(form, actor=Actor.of(request))
        messages.success(request, _("The topic is added."))
        return redirect("contacts:topic-list")
    topics: list[Any] = list(Topic.objects.in_tree().annotate(said=Count("feedback")))
    below: dict[int | None, int] = Counter()
    for topic in topics:
        below[topic.parent_id] += topic.said
    for topic in topics:
        topic.said_in_all = topic.said + below[topic.pk]
    return render(request, "contacts/topic_list.html", {"form": form, "topics": topics})


@requires(Deed.CONFIGURE)
def update(request: HttpRequest, pk: int) -> HttpResponse:
    topic = get_object_or_404(Topic, pk=pk)
    form = TopicForm(request.POST or None, instance=topic)
    if form.is_valid():
        save_topic(form, actor=Actor.of(request))
        messages.success(request, _("Saved."))
        return redirect("contacts:topic-list")
    return render(request, "contacts/topic_form.html", {"form": form, "topic": Topic.objects.get(pk=pk)})


@requires(Deed.CONFIGURE)
def merge(request: OfficerRequest, pk: int) -> HttpResponse:
    """Everything filed under this topic becomes another one's."""
    topic = get_object_or_404(Topic, pk=pk)
    form = MergeTopicForm(request.POST or None, topic=topic)
    if form.is_valid():
        into = form.cleaned_data["into"]
        if done(form, lambda: merge_topics(topic, into, actor=Actor.of(request))):
            messages.success(
                request, _("%(topic)s is part of %(into)s now.") % {"topic": topic, "into": into}
            )
            return redirect("contacts:topic-list")
    context = {
        "form": form,
        "question": _("Make %(topic)s one with another topic") % {"topic": topic},
        "explanation": _("What was filed under it is found under the other one. This can not be undone."),
        "verb": _("Make them one"),
        "danger": True,
        "cancel_url": reverse("contacts:topic-update", args=[topic.pk]),
    }
    return render(request, "confirm.html", context)


@requires(Deed.LOG)
def hints(request: OfficerRequest) -> HttpResponse:
    """The topics that a text which is being typed may be about. Sent in the body, so that no log keeps it."""
    text = request.POST.get("said") or request.POST.get("text") or ""
    return render(
        request, "contacts/_topic_hints.html", {"topics": suggest(text[:4000]) if text.strip() else []}
    )


@requires(Deed.LOG)
def of_item(request: OfficerRequest, pk: int) -> HttpResponse:
    """What an item of feedback is about."""
    item = item_for(request, pk)
    return ask(
        request, item, FileUnderForm(request.POST if request.method == "POST" else None, item=item),
        lambda said: file_under(item, said["topic"], said["further"], actor=Actor.of(request)),
        question=_("What is %(number)s about?"),
        explanation=_("It counts under its topic, and is found under the others too."),
        verb=_("Save"),
        said=_("%(number)s is filed."),
    )  # fmt: skip
