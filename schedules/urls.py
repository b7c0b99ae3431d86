"""Addresses of what should happen, and who is told."""

from django.urls import path

from schedules.views import health

app_name = "schedules"

urlpatterns = [
    path("health/", health.page, name="health"),
    path("health.json", health.machine, name="health-machine"),
]
