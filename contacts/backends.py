"""Who a session belongs to."""

from __future__ import annotations

from django.contrib.auth.backends import ModelBackend
from django.db.models import Exists, OuterRef

from contacts.models import Draft, Officer, SavedView


class OfficerBackend(ModelBackend):
    """Police number and password; the officer comes with their unit, which every page names, and with whether they keep
    views of lists or drafts of forms, so that no page looks for them in vain."""

    def get_user(self, user_id: int) -> Officer | None:
        officers = Officer.objects.select_related("unit").annotate(
            keeps_views=Exists(SavedView.objects.filter(officer=OuterRef("pk"))),
            keeps_drafts=Exists(Draft.objects.filter(officer=OuterRef("pk"))),
        )
        officer = officers.filter(pk=user_id).first()
        return officer if officer and self.user_can_authenticate(officer) else None
