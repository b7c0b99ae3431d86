from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ContactsConfig(AppConfig):
    """What is, and what happened."""

    name = "contacts"
    verbose_name = _("contacts")
