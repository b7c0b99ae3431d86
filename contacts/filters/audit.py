"""Filters of the audit trail."""

import datetime as dt

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contacts.audit_words import ACTIONS
from contacts.models import AuditEntry


class AuditFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(
        label=_("Search"), method="search", help_text=_("Police number, name, or what it was done to")
    )
    action = django_filters.ChoiceFilter(
        label=_("What"),
        choices=lambda: sorted(ACTIONS.items(), key=lambda item: str(item[1])),
        empty_label=_("All"),
    )
    since = django_filters.DateFilter(
        label=_("From"), method="from_day", widget=forms.DateInput(attrs={"type": "date"})
    )
    until = django_filters.DateFilter(
        label=_("Until"), method="to_day", widget=forms.DateInput(attrs={"type": "date"})
    )
    address = django_filters.CharFilter(label=_("Network address"))

    class Meta:
        model = AuditEntry
        fields = ["q", "action", "since", "until", "address"]

    def search(self, entries: QuerySet[AuditEntry], name: str, words: str) -> QuerySet[AuditEntry]:
        words = words.strip()
        return entries.filter(
            Q(officer__police_number=words)
            | Q(officer__name__icontains=words)
            | Q(object_text__icontains=words)
        )

    def from_day(self, entries: QuerySet[AuditEntry], name: str, day: dt.date) -> QuerySet[AuditEntry]:
        return entries.filter(at__gte=_midnight(day))

    def to_day(self, entries: QuerySet[AuditEntry], name: str, day: dt.date) -> QuerySet[AuditEntry]:
        return entries.filter(at__lt=_midnight(day + dt.timedelta(days=1)))


def _midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))
