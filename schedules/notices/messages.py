"""The message of a notice: what of it still matters, in the officer's language, as text and as HTML."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models import Prefetch
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contacts.access import Deed
from contacts.models import Officer
from schedules.behind.reading import Reading
from schedules.coverage import State, with_status
from schedules.explaining import with_explanation
from schedules.models import Delivery, Notice, NoticeLine, Obligation, Stage
from schedules.notices import handing
from schedules.notices.hours import Moment
from schedules.notices.recipients import stand_ins_on

# The most urgent first.
ORDER = [Stage.MISSED, Stage.LAST_DAY, Stage.DUE_SOON, Stage.PLANNED]


def still_wanted(notices: Iterable[Notice], moment: Moment) -> dict[int, list[NoticeLine]]:
    """By notice, the lines that still matter; the others are marked as no longer needed. Their obligations carry
    their status."""
    owed = with_explanation(with_status(Obligation.objects.live(), moment.now), moment.now).select_related(
        "stakeholder__unit", "version", "policy"
    )
    lines = (
        NoticeLine.objects.told()
        .filter(notice__in=notices)
        .select_related("digest__unit", "handover__officer", "behind__unit")
    )
    stand_ins = stand_ins_on(moment.today)
    wanted: dict[int, list[NoticeLine]] = defaultdict(list)
    idle = []
    for line in lines.prefetch_related(Prefetch("obligation", owed), "recipient"):
        if _matters(line, stand_ins):
            wanted[line.notice_id].append(line)  # type: ignore[index]
        else:
            idle.append(line.pk)
    if idle:
        NoticeLine.objects.filter(pk__in=idle).update(state=NoticeLine.State.CANCELLED)
    return wanted


def _matters(line: NoticeLine, stand_ins: dict[int, int]) -> bool:
    """`stand_ins`: absent officer → who stands in today."""
    if line.digest_id or line.handover_id:
        return True
    if line.behind:
        return line.recipient.rights.reach(Deed.SEE_BEHIND).covers(line.behind.unit.path, own=False)
    obligation = line.obligation
    if obligation is None:  # withdrawn
        return False
    officer = obligation.responsible_officer_id
    theirs = line.recipient_id in {officer, stand_ins.get(officer or 0)}
    if line.stage == Stage.MISSED:
        return obligation.state == State.MISSED and (theirs or _leads(line.recipient, obligation))
    return obligation.state == State.OPEN and theirs


def _leads(officer: Officer, obligation: Obligation) -> bool:
    """Whoever stood in until yesterday reads nothing of it any more; a leader does."""
    return officer.rights.reach(Deed.SEE_ROSTER).covers(obligation.stakeholder.unit.path, own=False)


def compose(delivery: Delivery, lines: list[NoticeLine], moment: Moment) -> EmailMultiAlternatives:
    """The mail, under the delivery's own message id."""
    officer = delivery.notice.officer
    with translation.override(officer.language or settings.LANGUAGE_CODE):
        context = _context(delivery.notice, lines, moment)
        message = EmailMultiAlternatives(
            subject=context["subject"],
            body=render_to_string("emails/notice.txt", context),
            to=[delivery.address],
            headers={"Message-ID": delivery.message_id, "Auto-Submitted": "auto-generated"},
        )
        message.attach_alternative(_inlined(render_to_string("emails/notice.html", context)), "text/html")
    return message


def _context(notice: Notice, lines: list[NoticeLine], moment: Moment) -> dict[str, Any]:
    by_stage: dict[str, list[NoticeLine]] = defaultdict(list)
    for line in lines:
        if line.obligation_id:
            by_stage[line.stage].append(line)
    for found in by_stage.values():
        found.sort(key=_by_street)
    _name_others(notice, lines)
    handovers = handing.described(lines, moment.today)
    digests = [line.digest for line in lines if line.digest_id]
    return {
        "notice": notice,
        "subject": _subject(by_stage, handovers, digests),
        "handovers": handovers,
        "groups": [(stage.label, by_stage[stage]) for stage in ORDER if stage in by_stage],
        "behind": [Reading(line.behind.figures, line.behind.week_key) for line in lines if line.behind],
        "digests": digests,
        "day": moment.today,
        "site": settings.BASE_URL,
    }


def _by_street(line: NoticeLine) -> tuple[str, str]:
    person = line.obligation.stakeholder  # type: ignore[union-attr]
    return person.street, person.pinyin


def _name_others(notice: Notice, lines: list[NoticeLine]) -> None:
    """Leaders read who is responsible for what was missed; nobody needs to read their own name."""
    owed = [line.obligation for line in lines if line.obligation]
    others = {one.responsible_officer_id for one in owed} - {notice.officer_id, None}
    names = dict(Officer.objects.filter(pk__in=others).values_list("pk", "name")) if others else {}
    for one in owed:
        one.held_by = names.get(one.responsible_officer_id, "")


def _subject(by_stage: dict[str, list[NoticeLine]], handovers: list[handing.Told], digests: list[Any]) -> str:
    number = sum(map(len, by_stage.values()))
    if not number:
        if handovers:
            return handovers[0].headline
        return _("Your digest is ready") if digests else _("Who is behind this week")
    if Stage.LAST_DAY in by_stage:
        text = ngettext(
            "%(number)d contact, some on their last day",
            "%(number)d contacts, some on their last day",
            number,
        )
    else:
        text = ngettext("%(number)d contact to look after", "%(number)d contacts to look after", number)
    return text % {"number": number}


def _inlined(html: str) -> str:
    """Mail programs drop style sheets: put the styles on the elements."""
    import css_inline  # only the worker needs it

    return css_inline.CSSInliner(keep_style_tags=True, load_remote_stylesheets=False).inline(html)
