"""Who a session belongs to."""

from __future__ import annotations

from django.contrib.auth.backends import ModelBackend

from contacts.models import Officer


class OfficerBackend(ModelBackend):
    """Police number and password; the officer comes with their unit, which every page names."""

    def get_user(self, user_id: int) -> Officer | None:
        officer = Officer.objects.select_related("unit").filter(pk=user_id).first()
        return officer if officer and self.user_can_authenticate(officer) else None
