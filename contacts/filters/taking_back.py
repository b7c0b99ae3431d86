"""Filter of what stayed when an import was taken back."""

import django_filters
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from contacts.imports import taking_back
from contacts.models import ImportBatch, ImportRow


class StayedFilter(django_filters.FilterSet):
    """Rows of the import `batch`."""

    q = django_filters.CharFilter(
        label=_("Search"), field_name="name", lookup_expr="icontains", help_text=_("Name")
    )
    why = django_filters.ChoiceFilter(
        label=_("What stands in the way"),
        choices=[("changed", _("changed since")), ("hanging", _("something hangs on it"))],
        method="standing_in_the_way",
        empty_label=_("All"),
    )

    class Meta:
        model = ImportRow
        fields = ["q", "why"]

    def __init__(self, *args, batch: ImportBatch, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.batch = batch

    def standing_in_the_way(self, rows: QuerySet[ImportRow], name: str, why: str) -> QuerySet[ImportRow]:
        lines = taking_back.obstacles(self.batch).filter(group=OuterRef("group"))
        hanging = lines.filter(obstacle__has_key="rows")
        other = lines.exclude(obstacle__has_key="rows").exclude(obstacle={"bound": True})
        return rows.filter(Exists(hanging if why == "hanging" else other))
