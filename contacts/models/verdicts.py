"""How satisfied somebody is, in the words of the appraisal (评议)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Verdict(models.TextChoices):
    SATISFIED = "satisfied", _("satisfied")
    BASICALLY = "basically", _("basically satisfied")
    DISSATISFIED = "dissatisfied", _("not satisfied")
    NOT_SAID = "not_said", _("did not say")  # asked and declined, or not to be reached
