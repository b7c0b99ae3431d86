"""Topics of feedback: a list, adding one, renaming one."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from contacts.access import Deed, requires
from contacts.models import Actor, Topic
from contacts.topics import TopicForm, save_topic


@requires(Deed.CONFIGURE)
def index(request: HttpRequest) -> HttpResponse:
    """The topics, each followed by its parts, with how much was said of it; and a form to add one."""
    form = TopicForm(request.POST or None)
    if form.is_valid():
        save_topic(form, actor=Actor.of(request))
        messages.success(request, _("The topic is added."))
        return redirect("contacts:topic-list")
    topics = Topic.objects.select_related("parent").annotate(said=Count("feedback"))
    in_order = sorted(
        topics, key=lambda topic: (topic.parent or topic).name + ("\0" + topic.name if topic.parent else "")
    )
    return render(request, "contacts/topic_list.html", {"form": form, "topics": in_order})


@requires(Deed.CONFIGURE)
def update(request: HttpRequest, pk: int) -> HttpResponse:
    topic = get_object_or_404(Topic, pk=pk)
    form = TopicForm(request.POST or None, instance=topic)
    if form.is_valid():
        save_topic(form, actor=Actor.of(request))
        messages.success(request, _("Saved."))
        return redirect("contacts:topic-list")
    return render(request, "contacts/topic_form.html", {"form": form, "topic": Topic.objects.get(pk=pk)})
