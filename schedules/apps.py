from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class SchedulesConfig(AppConfig):
    """What should happen, and who is told."""

    name = "schedules"
    verbose_name = _("schedules")

    def ready(self) -> None:
        from schedules.changes import watch

        post_migrate.connect(watch, sender=self)
