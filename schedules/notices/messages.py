"""The message of a notice: what of it still matters, in the officer's language; a mail as text and as HTML, and a line
for chat and SMS."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models import Exists, OuterRef, Prefetch
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contacts.access import Deed
from contacts.models import Feedback, Officer
from schedules.behind.reading import Reading
from schedules.coverage import State, with_status
from schedules.explaining import with_explanation
from schedules.models import Delivery, Notice, NoticeLine, Obligation, Stage
from schedules.notices import editions, feedback, handing, remarks, reports
from schedules.notices.grouping import Group, grouped
from schedules.notices.hours import Moment
from schedules.notices.recipients import Recipients
from schedules.notices.stages import Due


def still_wanted(notices: Iterable[int], moment: Moment) -> dict[int, list[NoticeLine]]:
    """By notice, the lines that still matter; the others are marked as no longer needed, unless their message has left
    on some channel. Their obligations carry their status."""
    owed = with_explanation(with_status(Obligation.objects.live(), moment.now), moment.now).select_related(
        "stakeholder__unit", "version", "policy"
    )
    lines = (
        NoticeLine.objects.told()
        .filter(notice__in=list(notices))
        .select_related("recipient", "digest__unit", "handover__officer", "behind__unit")
    )
    found = list(lines.prefetch_related(Prefetch("obligation", owed)))
    recipients = Recipients.of([_as_due(line) for line in found if line.obligation], moment.today)
    standing = feedback.still_told([line for line in found if line.feedback_id], moment)
    standing |= reports.still_told([line for line in found if line.report_version_id], moment)
    standing |= editions.still_told([line for line in found if line.edition_id], moment)
    standing |= remarks.still_told([line for line in found if line.remark_id], moment)
    wanted: dict[int, list[NoticeLine]] = defaultdict(list)
    idle = []
    for line in found:
        if line.pk in standing or _matters(line, recipients):
            wanted[line.notice_id].append(line)  # type: ignore[index]
        else:
            idle.append(line.pk)
    if idle:
        told = Delivery.objects.left().filter(notice=OuterRef("notice"))
        untold = NoticeLine.objects.filter(~Exists(told), pk__in=idle)
        untold.update(state=NoticeLine.State.CANCELLED)
        Obligation.objects.filter(notice_lines__in=idle).look_again()  # another may have to be told
        Feedback.objects.filter(notice_lines__in=idle).update(look_on=None)
    return wanted


def _matters(line: NoticeLine, recipients: Recipients) -> bool:
    """Would it be told again now, and to the same officer? By the words in which it was decided, so that nothing is
    called off that the next pass would tell once more."""
    if line.handover_id:
        return True
    if line.digest:
        return line.recipient.rights.reach(Deed.DIGEST).covers(line.digest.unit.path, own=False)
    if line.behind:
        return line.recipient.rights.reach(Deed.SEE_BEHIND).covers(line.behind.unit.path, own=False)
    if line.obligation is None:  # withdrawn, or of those that say for themselves what stands
        return False
    state = State.MISSED if line.stage == Stage.MISSED else State.OPEN
    return line.obligation.state == state and line.recipient_id in recipients.for_(_as_due(line))


def _as_due(line: NoticeLine) -> Due:
    row: Any = line.obligation
    return Due(row.pk, line.stage, (), row.responsible_officer_id, row.responsible_unit_id, row.remind_on)


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


def brief(delivery: Delivery, lines: list[NoticeLine], moment: Moment) -> str:
    """The line for chat and SMS. It lights up on a locked telephone: numbers and a link, and nobody's name."""
    officer = delivery.notice.officer
    with translation.override(officer.language or settings.LANGUAGE_CODE):
        counts: list[tuple[Any, int]] = [
            (group.stage.label, group.number) for group in grouped(_with_owed(lines))
        ]
        counts.append((_("opinions and suggestions"), sum(line.feedback_id is not None for line in lines)))
        counts.append((_("leaders' remarks"), sum(line.remark_id is not None for line in lines)))
        counts.append((_("public editions"), sum(line.edition_id is not None for line in lines)))
        counts.append((_("work reports"), sum(line.report_version_id is not None for line in lines)))
        counts.append((_("hand-overs"), sum(line.handover_id is not None for line in lines)))
        counts.append((_("reports of who is behind"), sum(line.behind_id is not None for line in lines)))
        counts.append((_("digests"), sum(line.digest_id is not None for line in lines)))
        said = [
            _("%(what)s %(number)d") % {"what": what, "number": number} for what, number in counts if number
        ]
        text = _("Liaison %(day)s: %(parts)s.")
        text %= {"day": date_format(moment.today, "m-d"), "parts": _(", ").join(said)}
    return f"{text} {settings.BASE_URL}{reverse('schedules:notice-list')}"


def _with_owed(lines: list[NoticeLine]) -> list[Any]:
    found: list[Any] = [line for line in lines if line.obligation_id]
    for line in found:
        line.owed = line.obligation
    return found


def _context(notice: Notice, lines: list[NoticeLine], moment: Moment) -> dict[str, Any]:
    told = _with_owed(lines)
    _name_others(notice, lines)
    for line in told:
        line.may_log = may_log(notice.officer, line.owed)
    handovers = handing.described(lines, moment.today)
    groups, digests = grouped(told), [line.digest for line in lines if line.digest_id]
    said, texts = feedback.described(lines, notice.officer), reports.described(lines, notice.officer)
    remarked, published = remarks.described(lines, notice.officer), editions.described(lines, notice.officer)
    return {
        "notice": notice,
        "subject": _subject(groups, handovers, digests, said, texts, remarked, published),
        "said": said,
        "texts": texts,
        "remarks": remarked,
        "editions": published,
        "handovers": handovers,
        "groups": groups,
        "behind": [Reading(line.behind.figures, line.behind.week_key) for line in lines if line.behind],
        "digests": digests,
        "day": moment.today,
        "site": settings.BASE_URL,
    }


def may_log(officer: Officer, owed: Obligation) -> bool:
    """Leaders read of what others missed, and may not log it for them everywhere."""
    responsible = owed.responsible_officer_id
    if responsible == officer.pk:
        return True
    reach = officer.rights.reach(Deed.LOG)
    return reach.covers(owed.stakeholder.unit.path, own=responsible in officer.rights.acting_for)


def _name_others(notice: Notice, lines: list[NoticeLine]) -> None:
    """Leaders read who is responsible for what was missed; nobody needs to read their own name."""
    owed = [line.obligation for line in lines if line.obligation]
    others = {one.responsible_officer_id for one in owed} - {notice.officer_id, None}
    names = dict(Officer.objects.filter(pk__in=others).values_list("pk", "name")) if others else {}
    for one in owed:
        one.held_by = names.get(one.responsible_officer_id, "")


def _subject(
    groups: list[Group],
    handovers: list[handing.Told],
    digests: list[Any],
    said: list[feedback.Told],
    texts: list[reports.Told],
    remarked: list[remarks.Described],
    published: list[editions.Described],
) -> str:
    number = sum(group.number for group in groups)
    if said and not number:
        text = ngettext(
            "%(number)d opinion or suggestion waits", "%(number)d opinions and suggestions wait", len(said)
        )
        return text % {"number": len(said)}
    if not number:
        if handovers:
            return handovers[0].headline
        if remarked:
            return _headline(remarked[0].stage, remarked[0].remark)
        if published:
            return _headline(published[0].stage, published[0].edition)
        if texts:
            return f"{capfirst(texts[0].stage.label)}: {texts[0].report}"
        return _("Your digest is ready") if digests else _("Who is behind this week")
    if any(group.stage == Stage.LAST_DAY for group in groups):
        text = ngettext(
            "%(number)d contact, some on their last day",
            "%(number)d contacts, some on their last day",
            number,
        )
    else:
        text = ngettext("%(number)d contact to look after", "%(number)d contacts to look after", number)
    return text % {"number": number}


def _headline(stage: Any, thing: object) -> str:
    """What it is about, as far as the reader may know."""
    return f"{capfirst(stage.label)}: {thing}" if thing else capfirst(stage.label)


def _inlined(html: str) -> str:
    """Mail programs drop style sheets: put the styles on the elements."""
    import css_inline  # only the worker needs it

    return css_inline.CSSInliner(keep_style_tags=True, load_remote_stylesheets=False).inline(html)
