"""Import contact records: who called on whom, when, with what outcome, and what was said."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

from django.utils import timezone

from contacts import handling
from contacts.assigning import receive_feedback
from contacts.clock import Clock, reckon
from contacts.imports import cells
from contacts.imports.directory import Directory, OfficerRef
from contacts.imports.finding import Finder
from contacts.imports.issues import Issue
from contacts.imports.results import Context, Outcome, Result, said_before
from contacts.imports.tables import Line, Table
from contacts.journal import Pen
from contacts.models import AuditEntry, ContactRecord, Feedback, FeedbackStep, Stakeholder
from liaison.batches import batches

_KINDS = {
    "call": "电话 通话 打电话 电话联系", "visit": "走访 上门 上门走访 拜访 登门走访", "report": "工作报告 书面报告 报告 通报工作",
    "meeting": "座谈 座谈会 会议 会面", "incoming": "来电 来信 来访 来电来信",
    "briefing": "情况通报 通报 通报情况",
}  # fmt: skip
_OUTCOMES = {
    "reached": "已联系 联系上 接通 已接通 成功", "no_answer": "无人接听 未接 未接通 无应答", "left_message": "留言 已留言",
    "declined": "拒绝 婉拒 谢绝", "wrong_number": "号码错误 空号 错号 停机",
}  # fmt: skip
KINDS = {word: kind for kind, words in _KINDS.items() for word in [kind, *words.split()]}
OUTCOMES = {word: outcome for outcome, words in _OUTCOMES.items() for word in [outcome, *words.split()]}
LIMITS = {"summary": 2000, "feedback": 4000}


@dataclass
class Told:
    """A row that tells of a contact. `turn` counts rows of one person, officer, kind and moment."""

    result: Result
    person: Stakeholder
    officer: OfficerRef
    kind: str
    occurred_at: dt.datetime
    said: dict[str, Any]
    turn: int = 0

    @property
    def moment(self) -> tuple:
        return self.person.pk, self.officer.pk, self.kind, self.occurred_at

    @property
    def key(self) -> str:
        seconds = int(self.occurred_at.timestamp())
        return f"record:{self.person.pk}:{self.officer.police_number}:{self.kind[0]}:{seconds}:{self.turn}"


def run(table: Table, context: Context) -> list[Result]:
    directory = context.directory()
    finder = Finder((line.text("stakeholder") for line in table.lines), context)
    results, told = [], []
    for line in context.progress.over("checking", table.lines, len(table.lines)):
        result = Result.of(line, Outcome.REJECTED, line.text("stakeholder"))
        results.append(result)
        if one := check(line, table, result, directory, finder, context):
            told.append(one)
    apply(told, context)
    return results


def check(
    line: Line, table: Table, result: Result, directory: Directory, finder: Finder, context: Context
) -> Told | None:
    def flag(code: str, name: str, value: str = "", **more: Any) -> None:
        result.issues.append(Issue(code, table.label(name), value or line.text(name), more))

    officer = directory.officers.get(cells.police_number(line.cells.get("police_number", "")))
    people = finder.find(line.text("stakeholder"))
    kind = KINDS.get(cells.simple(line.text("kind") or "call"), "")
    outcome = OUTCOMES.get(cells.simple(line.text("outcome") or "reached"), "")
    occurred_at = cells.instant(line.cells.get("occurred_at", ""), timezone.get_current_timezone())
    if not officer:
        flag("officer_not_found", "police_number")
    if len(people) != 1:
        flag("stakeholder_ambiguous" if people else "stakeholder_not_found", "stakeholder")
    if not kind:
        flag("kind_unknown", "kind", known=" ".join(_KINDS))
    if not outcome:
        flag("kind_unknown", "outcome", known=" ".join(_OUTCOMES))
    if not occurred_at:
        flag("instant_invalid", "occurred_at")
    for name, limit in LIMITS.items():
        if len(line.text(name)) > limit:
            flag("text_too_long", name, limit=limit)
    if result.issues or not officer or not occurred_at:
        return None
    if occurred_at > context.now:
        flag("instant_future", "occurred_at")
    result.name, result.person = people[0].name, people[0].pk
    said = {"outcome": outcome, "summary": line.text("summary"), "feedback": line.text("feedback")}
    said = {name: value for name, value in said.items() if value}
    return Told(result, people[0], officer, kind, occurred_at, said)


def apply(told: list[Told], context: Context) -> None:
    """New records at once; one that an earlier import brought and this one tells otherwise is corrected."""
    stored = stored_records(told)
    turns: Counter[tuple] = Counter()
    new: dict[tuple, Told] = {}
    rest = []
    for one in told:
        words = (one.moment, tuple(sorted(one.said.items())))
        one.result.outcome = Outcome.UNCHANGED
        if words in new:
            continue  # typed twice
        one.turn = turns[one.moment]
        turns[one.moment] += 1
        new[words] = one
        rest.append(one)
    before = said_before(one.key for one in rest)
    fresh = []
    for one in rest:
        said = before.get(one.key)
        one.result.key, one.result.said = one.key, one.said if one.said != said else None
        if said is None and not any(same_words(record, one.said) for record in stored[one.moment]):
            one.result.outcome = Outcome.CREATED
            fresh.append(one)
        elif said is not None and said != one.said:
            correct(one, said, stored[one.moment], context)
    create(fresh, context)


def stored_records(told: list[Told]) -> dict[tuple, list[ContactRecord]]:
    found: dict[tuple, list[ContactRecord]] = defaultdict(list)
    if not told:
        return found
    moments = [one.occurred_at for one in told]
    for some in batches(sorted({one.person.pk for one in told})):
        rows = ContactRecord.objects.live().filter(
            stakeholder__in=some, occurred_at__range=(min(moments), max(moments))
        )
        for record in rows:
            found[record.stakeholder_id, record.officer_id, record.kind, record.occurred_at].append(record)
    return found


def same_words(record: ContactRecord, said: dict[str, Any]) -> bool:
    return record.outcome == said["outcome"] and record.summary == said.get("summary", "")


def correct(one: Told, before: dict[str, Any], stored: list[ContactRecord], context: Context) -> None:
    """Supersede the record that the earlier file brought, unless somebody changed it by hand since."""
    record = next((record for record in stored if same_words(record, before)), None)
    changes = {name: value for name, value in one.said.items() if before.get(name) != value}
    if record is None:
        return
    one.result.outcome, one.result.group = Outcome.UPDATED, record.pk
    one.result.changes = {name: [before.get(name), value] for name, value in changes.items()}
    feedback = changes.pop("feedback", None)
    told = Feedback.objects.filter(answers__tellings__record=record)
    touched = {item.pk: item for item in [*record.feedback.all(), *told]}
    with context.pen.watching(record.pk, [record, *touched.values()]):
        group = record.pk
        if changes:
            record = handling.correct_contact(record, changes, actor=context.actor)
            context.pen.created(group, record)
        if feedback and "feedback" not in before:
            receive(feedback, record, group, context)
        elif feedback:
            reword(before["feedback"], feedback, record, context)


def receive(text: str, record: ContactRecord, group: int, context: Context) -> None:
    item = receive_feedback(
        Feedback(stakeholder=record.stakeholder, record=record, text=text),
        received_on=record.occurred_on,
        received_by=record.officer,
        actor=context.actor,
    )
    for row in (item, *item.steps.all()):
        context.pen.created(group, row)


def reword(old: str, text: str, record: ContactRecord, context: Context) -> None:
    """What nobody has dealt with yet says what the file says now."""
    for item in Feedback.objects.filter(record=record, text=old, state=Feedback.State.RECEIVED):
        item.text = text
        item.save(update_fields=["text"])
        before, after = {"text": old}, {"text": text}
        AuditEntry.objects.record(context.actor, "import", item, before=before, after=after)


def create(fresh: list[Told], context: Context) -> None:
    """What `handling.log_contact` does for one, for many."""
    actor, now = context.actor, context.now
    records = [
        ContactRecord(
            stakeholder=one.person,
            officer_id=one.officer.pk,
            kind=one.kind,
            outcome=one.said["outcome"],
            occurred_at=one.occurred_at,
            occurred_on=ContactRecord.day_of(one.occurred_at),
            summary=one.said.get("summary", ""),
            recorded_by_id=actor.officer.pk if actor.officer else one.officer.pk,
            recorded_at=now,
        )
        for one in fresh
    ]
    ContactRecord.objects.bulk_create(records, batch_size=500)
    deadline = lru_cache(partial(reckon, Clock.ORAL))
    feedback = [
        Feedback(
            stakeholder=one.person,
            record=record,
            text=one.said["feedback"],
            unit_id=one.person.unit_id,
            received_on=record.occurred_on,
            received_by_id=one.officer.pk,
        )
        for one, record in zip(fresh, records, strict=True)
        if "feedback" in one.said
    ]
    for item in feedback:
        item.run(deadline(item.received_on))
    Feedback.objects.bulk_create(feedback, batch_size=500)
    steps = [
        FeedbackStep(
            feedback=item,
            deed=FeedbackStep.Deed.RECEIVED,
            state=item.state,
            due_on=item.due_on,
            unit_id=item.unit_id,
            officer_id=actor.officer.pk if actor.officer else item.received_by_id,
            at=now,
        )
        for item in feedback
    ]
    FeedbackStep.objects.bulk_create(steps, batch_size=500)
    tell(fresh, records, feedback, steps, context.pen)
    entries = [
        AuditEntry.objects.entry(
            actor, "log contact", record, after=one.said | {"occurred_at": one.occurred_at}
        )
        for one, record in zip(fresh, records, strict=True)
    ]
    entries += [
        AuditEntry.objects.entry(actor, "receive feedback", item, after={"text": item.text})
        for item in feedback
    ]
    AuditEntry.objects.bulk_create(entries, batch_size=500)


def tell(
    fresh: list[Told],
    records: list[ContactRecord],
    feedback: list[Feedback],
    steps: list[FeedbackStep],
    pen: Pen,
) -> None:
    """Write into the journal what was made, each with its record."""
    for one, record in zip(fresh, records, strict=True):
        one.result.group = record.pk
        pen.created(record.pk, record)
    for item, step in zip(feedback, steps, strict=True):
        pen.created(item.record_id, item)  # type: ignore[arg-type]
        pen.created(item.record_id, step)  # type: ignore[arg-type]
