"""Filters of the lists of accounts and roles."""

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from contacts.models import Officer, Unit, UnitRole


class AccountFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(
        label=_("Search"), method="search", help_text=_("Name, pinyin or police number")
    )
    unit = django_filters.ModelChoiceFilter(
        label=_("Unit and below"), queryset=Unit.objects.open(), method="in_unit", empty_label=_("All units")
    )
    is_active = django_filters.ChoiceFilter(
        label=_("Account"), choices=[("True", _("active")), ("False", _("not active"))], empty_label=_("All")
    )
    role = django_filters.ChoiceFilter(
        label=_("Role in force"), choices=UnitRole.Role.choices, method="with_role", empty_label=_("All")
    )

    class Meta:
        model = Officer
        fields = ["q", "unit", "is_active", "role"]

    def search(self, officers: QuerySet[Officer], name: str, words: str) -> QuerySet[Officer]:
        return officers.search(words.strip())  # type: ignore[attr-defined]

    def in_unit(self, officers: QuerySet[Officer], name: str, unit: Unit) -> QuerySet[Officer]:
        return officers.filter(unit__path__startswith=unit.path)

    def with_role(self, officers: QuerySet[Officer], name: str, role: str) -> QuerySet[Officer]:
        return officers.filter(pk__in=UnitRole.objects.in_force().filter(role=role).values("officer"))


class RoleFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(
        label=_("Search"), method="search", help_text=_("Name, pinyin or police number")
    )
    state = django_filters.ChoiceFilter(
        label=_("State"),
        choices=[("proposed", _("to be decided")), ("in_force", _("in force"))],
        method="in_state",
        empty_label=_("All"),
    )
    role = django_filters.ChoiceFilter(label=_("Role"), choices=UnitRole.Role.choices, empty_label=_("All"))

    class Meta:
        model = UnitRole
        fields = ["q", "state", "role"]

    def search(self, roles: QuerySet[UnitRole], name: str, words: str) -> QuerySet[UnitRole]:
        return roles.filter(officer__in=Officer.objects.search(words.strip()))

    def in_state(self, roles: QuerySet[UnitRole], name: str, state: str) -> QuerySet[UnitRole]:
        return roles.filter(Q(approved_at=None) if state == "proposed" else Q(approved_at__isnull=False))
