from django.apps import AppConfig
from django.core.checks import register
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class SchedulesConfig(AppConfig):
    """What should happen, and who is told."""

    name = "schedules"
    verbose_name = _("schedules")

    def ready(self) -> None:
        from schedules.changes import watch
        from schedules.checks import gateway_can_be_used

        register(gateway_can_be_used)
        post_migrate.connect(watch, sender=self)
