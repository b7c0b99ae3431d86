from django.apps import AppConfig
from django.core.checks import register
from django.utils.translation import gettext_lazy as _


class ContactsConfig(AppConfig):
    """What is, and what happened."""

    name = "contacts"
    verbose_name = _("contacts")

    def ready(self) -> None:
        from contacts.checks import conduct_key_of_its_own

        register(conduct_key_of_its_own, deploy=True)
