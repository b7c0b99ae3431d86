from django.apps import AppConfig


class LiaisonConfig(AppConfig):
    """The project: page chrome, settings, the worker's wiring. No domain in it."""

    name = "liaison"
