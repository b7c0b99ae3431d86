"""Template tags for the page chrome; nothing here knows what the pages are about."""

from collections.abc import Iterator
from typing import Any

from django import forms, template
from django.core.paginator import Page
from django.http import QueryDict
from django.template.context import Context
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language_info

from liaison import markup
from liaison.themes import chosen

register = template.Library()
register.simple_tag(markup.icon, name="icon")
register.simple_tag(markup.badge, name="badge")

HTML_LANGUAGES = {"zh-hans": "zh-CN"}


@register.filter
def html_lang(code: str) -> str:
    """The language tag that browsers, screen readers and font choice understand."""
    return HTML_LANGUAGES.get(code, code)


@register.filter
def language_name(code: str) -> str:
    """A language's name in that language."""
    return get_language_info(code)["name_local"]


@register.simple_tag(takes_context=True)
def theme(context: Context) -> str:
    """light, dark or auto, as this browser was told."""
    return chosen(context.get("request"))


@register.simple_tag(takes_context=True)
def nav_item(
    context: Context, view_name: str, label: str, icon: str, count: int = 0, beside: str = ""
) -> SafeString:
    """One entry of the navigation; current on every page of the same noun (`contacts:feedback-…`), and of those whose
    lists stand `beside` it ("officer unit")."""
    match = getattr(context.get("request"), "resolver_match", None)
    here = match.view_name if match else ""
    app = view_name.partition(":")[0]
    nouns = {_noun(view_name), *(f"{app}:{noun}" for noun in beside.split())}
    return format_html(
        '<li><a href="{}"{}>{}<span>{}</span>{}</a></li>',
        reverse(view_name),
        SafeString(' aria-current="page"') if _noun(here) in nouns else "",
        markup.icon(icon),
        label,
        format_html(' <b class="count">{}</b>', count) if count else "",
    )


def _noun(view_name: str) -> str:
    return view_name.rsplit("-", 1)[0]


@register.simple_tag(takes_context=True)
def query_with(context: Context, name: str, value: object, *without: str) -> str:
    """The address's query with one parameter set, or taken out if the value is None or empty, and `without` others."""
    query: QueryDict = context["request"].GET.copy()
    for other in (name, *without):
        query.pop(other, None)
    if value not in (None, ""):
        query[name] = str(value)
    return f"?{query.urlencode()}"


@register.filter
def page_numbers(page: Page) -> Iterator[int | str]:
    """The numbers that a pager shows: both ends, the neighbours, and a gap in between."""
    return page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)


@register.filter
def control(field: forms.BoundField) -> SafeString:
    """The field's widget in Bootstrap's clothes."""
    widget = field.field.widget
    if isinstance(widget, (forms.CheckboxSelectMultiple, forms.RadioSelect)):
        return field.as_widget()  # a class would dress the group around the boxes as well
    if isinstance(widget, forms.CheckboxInput):
        dress = "form-check-input"
    elif isinstance(widget, forms.Select):
        dress = "form-select"
    else:
        dress = "form-control"
    attrs: dict[str, Any] = {"class": " ".join(filter(None, [widget.attrs.get("class"), dress]))}
    if field.errors:
        attrs["class"] += " is-invalid"
    return field.as_widget(attrs=attrs)


@register.filter
def control_kind(field: forms.BoundField) -> str:
    """check: one box, its label behind it; choices: a group of boxes; hidden; plain: anything with a label above."""
    widget = field.field.widget
    if isinstance(widget, (forms.CheckboxSelectMultiple, forms.RadioSelect)):
        return "choices"
    if isinstance(widget, forms.CheckboxInput):
        return "check"
    return "hidden" if widget.is_hidden else "plain"


@register.filter
def in_use(form: forms.Form) -> int:
    """How many fields of a filter form hold something, the search box aside."""
    return sum(1 for field in form if field.name != "q" and field.data not in (None, "", [], [""]))
