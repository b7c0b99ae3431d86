"""Addresses of what should happen, and who is told."""

from django.urls import path

from schedules.views import health, home, inbox, today

app_name = "schedules"

urlpatterns = [
    # An officer's day, and what needs a coordinator.
    path("today/", today.today, name="today"),
    path("overview/", home.overview, name="overview"),
    path("inbox/", inbox.index, name="notice-list"),
    path("inbox/read/", inbox.read_all, name="notice-read-all"),
    path("inbox/<int:pk>/read/", inbox.read, name="notice-read"),
    path("health/", health.page, name="health"),
    path("health.json", health.machine, name="health-machine"),
]
