from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SchedulesConfig(AppConfig):
    """What should happen, and who is told."""

    name = "schedules"
    verbose_name = _("schedules")
