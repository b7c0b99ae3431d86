"""What the audit trail's actions are called on a page. Entries keep the English words, whichever language is read."""

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
}
