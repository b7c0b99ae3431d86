"""Tables as the pages show them."""

import re

import django_tables2 as tables
import pytest
from django.template import Context, Template
from django.utils.html import conditional_escape, format_html
from django.utils.translation import gettext_lazy as _

from contacts.models import Officer
from liaison.templatetags.tables import Cells


class EveryKind(tables.Table):
    """A column of each kind that pages use."""

    name = tables.Column(linkify=("contacts:account-detail", {"number": tables.A("police_number")}))
    unit = tables.Column(verbose_name=_("Unit"))
    parent = tables.Column(accessor="unit__parent__short_name")
    post_class = tables.Column()
    post = tables.Column(default="–")
    nowhere = tables.Column(accessor="unit__nothing__at__all", default="none")
    made = tables.Column(empty_values=(), accessor="pk")
    computed = tables.Column(empty_values=(), orderable=False)
    catches_all = tables.Column(accessor="mobile", empty_values=())
    is_active = tables.BooleanColumn()
    last_login = tables.DateTimeColumn(default="")

    class Meta:
        model = Officer
        fields = ["name"]
        row_attrs = {"class": lambda record: f"of-{record.police_number}"}

    def render_made(self, value, record, table):
        return format_html("<b>{}</b> {} {}", value, record.name, len(table.rows))

    def render_computed(self, record):
        return f"{record.name} & <i>"

    def render_catches_all(self, **known):
        return ", ".join(sorted(known))


@pytest.fixture
def table(bureau):
    return EveryKind(Officer.objects.select_related("unit__parent").order_by("pk"), order_by="-name")


def shown(table: tables.Table, rf) -> str:
    page = Template("{% load django_tables2 %}{% render_table table %}")
    return page.render(Context({"table": table, "request": rf.get("/", {"q": "a&b", "page": "2"})}))


def test_every_cell_is_what_the_package_would_make_of_it(table):
    for column in table.columns:
        cells = Cells(table, column)
        for row in table.rows:
            assert conditional_escape(cells.content(row)) == conditional_escape(row.get_cell(column.name)), (
                column.name
            )


def test_cells_are_escaped_and_say_their_column(table, rf):
    page = shown(table, rf)
    assert 'data-label="Unit">澄江派出所</td>' in page
    assert "Alice &amp; &lt;i&gt;" in page
    assert "<i>" not in page


def test_headers_sort_by_link_keep_the_filter_and_begin_at_the_first_page(table, rf):
    page = shown(table, rf)
    assert 'aria-sort="descending"><a href="?q=a%26b&amp;sort=name">Name</a>' in page
    assert re.search(r"<th scope=\"col\"[^>]*>Computed</th>", page)


def test_rows_have_their_attributes(table, bureau, rf):
    assert f'<tr class="of-{bureau.alice.police_number}">' in shown(table, rf)


def test_it_turns_pages_and_says_how_many_there_are(table, rf):
    table.paginate(page=2, per_page=3)
    page = shown(table, rf)
    assert page.count("<tr class=") == 3
    assert "4–6 of 11" in page
    assert 'aria-current="page">2</span>' in page
    assert 'rel="next" href="?q=a%26b&amp;page=3"' in page


def test_an_empty_table_says_so(rf, db):
    assert "Nobody" in shown(EveryKind(Officer.objects.none(), empty_text="Nobody"), rf)
