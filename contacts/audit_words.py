"""What the audit trail's actions and fields are called on a page. Entries keep the English words, whichever language is read."""

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ACTIONS: dict[str, str | Promise] = {
    "sign in": _("sign in"),
    "failed sign-in": _("failed sign-in"),
    "locked sign-in": _("sign-in refused: locked"),
    "sign out": _("sign out"),
    "change password": _("change own password"),
    "change settings": _("change own settings"),
    "activate account": _("activate account"),
    "deactivate account": _("deactivate account"),
    "reset password": _("set one-time password"),
    "propose role": _("propose role"),
    "approve role": _("approve role"),
    "refuse role": _("refuse role"),
    "end role": _("end role"),
    "add stakeholder": _("add person"),
    "change stakeholder": _("change person"),
    "reveal numbers": _("reveal phone and address"),
    "export": _("export"),
    "pair": _("pair"),
    "end pairing": _("end pairing"),
    "log contact": _("log contact"),
    "correct contact": _("correct contact"),
    "void contact": _("void contact"),
    "keep promise": _("keep promise"),
    "receive feedback": _("receive feedback"),
    "assign feedback": _("assign feedback"),
    "answer feedback": _("answer feedback"),
    "close feedback": _("close feedback"),
    "upload": _("upload file for import"),
    "confirm import": _("confirm import"),
    "set columns": _("say what columns mean"),
    "import file": _("import file"),
    "import": _("import row"),
    "drop import": _("drop import"),
    "download remarks": _("download what is to be mended"),
    "remove import files": _("remove files of an import"),
    "read notices": _("read notices"),
    "subscribe calendar": _("subscribe calendar"),
    "revoke calendar": _("revoke calendar subscription"),
    "export calendar": _("export calendar"),
    "waive": _("waive"),
    "take back waiver": _("take back waiver"),
    "move planned day": _("move planned day"),
    "recount": _("recount closed period"),
    "add policy": _("add policy"),
    "change policy": _("change policy"),
    "end policy": _("end policy"),
    "set working day": _("decide about a working day"),
    "forget working day": _("leave a day to the statutory calendar"),
    "confirm year": _("confirm the notice of a year"),
    "add topic": _("add topic"),
    "change topic": _("change topic"),
    "load demo": _("load demonstration data"),
}

# What an entry says beside the fields of the thing that it is about.
DETAILS: dict[str, str | Promise] = {
    "created": _("created"),
    "days": _("days"),
    "events": _("events"),
    "filter": _("filter"),
    "format": _("format"),
    "from": _("from"),
    "known": _("make-up days are known"),
    "officer": _("officer"),
    "period": _("period"),
    "reason": _("reason"),
    "rows": _("rows"),
    "sha256": "SHA-256",
    "table": _("table"),
    "unit": _("unit"),
    "withdrawn": _("withdrawn"),
}


def field_name(model: str, name: str) -> str | Promise:
    """What a field of `model` ("contacts.officer") is called, or a detail that is none."""
    if model:
        try:
            return getattr(apps.get_model(model)._meta.get_field(name), "verbose_name", name)
        except (LookupError, FieldDoesNotExist):
            pass  # not a field: an entry may say more than its object holds
    return DETAILS.get(name, name)
