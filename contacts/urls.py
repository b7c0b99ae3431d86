"""Addresses of what is and what happened."""

from django.urls import path  # noqa: F401

app_name = "contacts"

urlpatterns: list = []
