"""`reseal`: bring what is sealed under the first of the keys, so that the others can go."""

from __future__ import annotations

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError
from django.db import models, transaction

from contacts.seals import SealBroken, SealedTextField


class Command(BaseCommand):
    help = "Seals reports on conduct anew with the first key of CONDUCT_KEY and SECRET_KEY; the former ones can go then."

    def handle(self, **options: object) -> None:
        try:
            with transaction.atomic():
                for model in apps.get_app_config("contacts").get_models():
                    reseal(model)
        except SealBroken:
            raise CommandError(
                "Something was sealed with a key that is not there. Nothing was changed; add that key first."
            ) from None
        self.stderr.write("Whatever is sealed is sealed with the first key now.")


def reseal(model: type[models.Model]) -> None:
    names = [field.name for field in model._meta.fields if isinstance(field, SealedTextField)]
    if names:
        for row in list(model._base_manager.only("pk", *names).select_for_update()):
            row.save(update_fields=names)
