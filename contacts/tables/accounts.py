"""Tables of accounts and roles."""

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from contacts.models import Officer, UnitRole
from contacts.tables.cells import InstantColumn
from liaison.markup import badge


class AccountTable(tables.Table):
    name = tables.Column(
        linkify=("contacts:account-detail", {"number": tables.A("police_number")}), order_by="pinyin"
    )
    police_number = tables.Column()
    unit = tables.Column(order_by="unit__path")
    post = tables.Column()
    is_active = tables.Column(verbose_name=_("Account"))
    last_login = InstantColumn(verbose_name=_("Last sign-in"))

    class Meta:
        model = Officer
        fields = ["name", "police_number", "unit", "post", "is_active", "last_login"]
        order_by = "name"
        default = ""
        empty_text = _("No account matches.")

    def render_is_active(self, record: Officer) -> SafeString:
        if not record.is_active:
            return badge("bad", _("not active"))
        if record.must_change_password:
            return badge("warn", _("one-time password"))
        return badge("active", _("active"))


class RoleTable(tables.Table):
    officer = tables.Column(order_by="officer__pinyin")
    role = tables.Column()
    unit = tables.Column(order_by="unit__path")
    state = tables.Column(verbose_name=_("State"), order_by="approved_at", empty_values=())
    proposed_by = tables.Column(verbose_name=_("Proposed by"))
    proposed_at = InstantColumn(verbose_name=_("Proposed"))
    decide = tables.Column(verbose_name=_("Decision"), orderable=False, empty_values=())

    class Meta:
        model = UnitRole
        fields = ["officer", "role", "unit", "state", "proposed_by", "proposed_at", "decide"]
        order_by = ("state", "-proposed_at")
        default = ""
        empty_text = _("No role matches.")

    def before_render(self, request) -> None:
        if not request.user.rights.can["approve_role"]:
            self.columns.hide("decide")

    def render_officer(self, record: UnitRole) -> str:
        return f"{record.officer.name} ({record.officer.police_number})"

    def render_state(self, record: UnitRole) -> SafeString:
        return badge("active", _("in force")) if record.approved_at else badge("warn", _("to be decided"))

    def render_decide(self, record: UnitRole) -> SafeString:
        if record.approved_at:
            return _link("contacts:role-end", record, _("End"))
        approve, refuse = (
            _link("contacts:role-approve", record, _("Approve")),
            _link("contacts:role-refuse", record, _("Refuse")),
        )
        return format_html("{} &ensp; {}", approve, refuse)


def _link(view_name: str, role: UnitRole, words: object) -> SafeString:
    return format_html('<a href="{}">{}</a>', reverse(view_name, args=[role.pk]), words)
