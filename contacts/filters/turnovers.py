"""Filter of the people and rows of one turnover."""

import django_filters
from django.utils.translation import gettext_lazy as _

from contacts.models import TurnoverLine


class TurnoverLineFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(
        label=_("Search"), field_name="name", lookup_expr="icontains", help_text=_("Name")
    )
    group = django_filters.ChoiceFilter(
        label=_("Group"), choices=TurnoverLine.Group.choices, empty_label=_("All")
    )

    class Meta:
        model = TurnoverLine
        fields = ["q", "group"]
