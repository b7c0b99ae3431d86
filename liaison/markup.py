"""Small pieces of HTML that both templates and table columns write, so that they look alike."""

from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString


def icon(name: str) -> SafeString:
    """A drawing of the sprite, for the eye only: the words beside it carry the meaning."""
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#{}"/></svg>', static("liaison/icons.svg"), name
    )


def badge(state: str, label: object) -> SafeString:
    """A state as a small labelled mark: `badge("met", _("met"))`. docs/pages.md lists the states that have a colour."""
    return format_html('<span class="state state-{}">{}</span>', state, label)
