"""Filter of the rows of one import."""

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from contacts.models import ImportRow


class ImportRowFilter(django_filters.FilterSet):
    """`codes` are the remarks that occur in this import, with a sentence each."""

    q = django_filters.CharFilter(
        label=_("Search"), field_name="name", lookup_expr="icontains", help_text=_("Name")
    )
    outcome = django_filters.ChoiceFilter(
        label=_("Outcome"),
        method="became",
        choices=[*ImportRow.Outcome.choices, ("flagged", _("to look at"))],
        empty_label=_("All"),
    )
    code = django_filters.ChoiceFilter(label=_("Remark"), method="having", empty_label=_("All"))
    sheet = django_filters.ChoiceFilter(label=_("Sheet"), empty_label=_("All"))

    class Meta:
        model = ImportRow
        fields = ["q", "outcome", "code", "sheet"]

    def __init__(self, *args, codes: list[tuple[str, str]], sheets: list[str], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.filters["code"].extra["choices"] = [("any", _("any")), *codes]
        self.filters["sheet"].extra["choices"] = [(sheet, sheet) for sheet in sheets]

    def became(self, rows: QuerySet[ImportRow], name: str, outcome: str) -> QuerySet[ImportRow]:
        if outcome == "flagged":
            return rows.exclude(codes="").exclude(outcome=ImportRow.Outcome.REJECTED)
        return rows.filter(outcome=outcome)

    def having(self, rows: QuerySet[ImportRow], name: str, code: str) -> QuerySet[ImportRow]:
        return rows.exclude(codes="") if code == "any" else rows.filter(codes__contains=f" {code} ")
