"""Import officers: a new police number is a new officer, who can sign in once an administrator has set a password."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from contacts import names, phones
from contacts.imports import cells
from contacts.imports.directory import Directory
from contacts.imports.issues import Issue
from contacts.imports.results import Context, Outcome, Result, news, said_before
from contacts.imports.tables import Line, Table
from contacts.models import AuditEntry, Officer
from contacts.rows import Values, values
from liaison.batches import batches

POST_CLASSES = {
    "市局领导": "bureau_leader", "部门负责人": "department_head", "县级局领导": "county_leader", "分局领导": "county_leader",
    "所队领导": "station_leader", "社区民警": "community_officer",
} | {post.value: post.value for post in Officer.PostClass}  # fmt: skip
LIMITS = {"name": 50, "post": 50, "email": 254}
FIELDS = ("name", "pinyin", "initials", "unit", "post", "post_class", "mobile", "email")


def run(table: Table, context: Context) -> list[Result]:
    directory = context.directory()
    numbers = [cells.police_number(line.cells.get("police_number", "")) for line in table.lines]
    known: dict[str, Officer] = {}
    for some in batches(numbers):
        known.update(
            (o.police_number, o)
            for o in Officer.objects.filter(police_number__in=some).select_related("unit")
        )
    before = said_before(f"officer:{number}" for number in numbers)
    created: dict[str, Officer] = {}
    updated: dict[str, Officer] = {}
    was: dict[str, Values] = {}
    results = []
    progressing = context.progress.over("checking", table.lines, len(table.lines))
    for line, number in zip(progressing, numbers, strict=True):
        said, issues = check(line, number, table, directory)
        result = Result.of(line, Outcome.REJECTED, said.get("name", ""), issues)
        results.append(result)
        if any(issue.is_error for issue in issues):
            continue
        officer = known.get(number)
        if officer is None:
            known[number] = created[number] = filled(
                Officer(police_number=number, password=make_password(None)), said, directory
            )
            result.outcome = Outcome.CREATED
        else:
            said_then = directory.brought_forward(before.get(f"officer:{number}", {}))
            result.changes = news(said, said_then, stored(officer, directory))
            if result.changes and number not in created:
                updated[number] = officer
                was.setdefault(number, values(officer))
            filled(officer, {name: new for name, (_old, new) in result.changes.items()}, directory)
            result.outcome = Outcome.UPDATED if result.changes else Outcome.UNCHANGED
        result.key = f"officer:{number}"
        result.said = said if said != before.get(result.key) else None
    Officer.objects.bulk_create(created.values(), batch_size=500)
    Officer.objects.bulk_update(updated.values(), FIELDS, batch_size=200)
    for officer in created.values():
        context.pen.created(officer.pk, officer)
    for number, officer in updated.items():
        context.pen.changed(officer.pk, officer, was[number])
    for result in results:
        if result.key:
            result.group = known[result.key.removeprefix("officer:")].pk
    AuditEntry.objects.bulk_create(entries(results, known, context), batch_size=500)
    return results


def check(line: Line, number: str, table: Table, directory: Directory) -> tuple[dict[str, Any], list[Issue]]:
    """What the row says, by field, and what is wrong with it."""
    issues = []

    def flag(code: str, name: str, value: str | None = None, **more: Any) -> None:
        issues.append(Issue(code, table.label(name), line.text(name) if value is None else value, more))

    said = {"name": names.normalise(line.text("name")), "post": line.text("post")}
    if not number:
        flag("number_invalid", "police_number")
    if not said["name"]:
        flag("name_missing", "name")
    found = [directory.units[pk] for pk in directory.named(line.text("unit"))]
    if len(found) != 1:
        flag("unit_missing", "unit")
    elif not directory.reaches(found[0]) or not reaches_officer(number, directory):
        flag("unit_out_of_reach", "unit", found[0].short_name)
    else:
        said["unit"] = found[0].code
        if directory.is_closed(line.text("unit")):
            flag("unit_merged", "unit", unit=found[0].short_name)
    if written := line.text("post_class"):
        said["post_class"] = POST_CLASSES.get(cells.simple(written), "")
        if not said["post_class"]:
            flag("kind_unknown", "post_class", known="、".join(list(POST_CLASSES)[:6]))
    cell = phones.read(line.text("mobile"))
    said["mobile"] = cell.numbers[0].e164 if cell.numbers else ""
    for piece in cell.invalid:
        flag("phone_invalid", "mobile", piece)
    try:
        said["email"] = line.text("email")
        if said["email"]:
            validate_email(said["email"])
    except ValidationError:
        flag("email_invalid", "email")
        said["email"] = ""
    for name, limit in LIMITS.items():
        if len(said[name]) > limit:
            flag("text_too_long", name, limit=limit)
    return {name: value for name, value in said.items() if value}, issues


def reaches_officer(number: str, directory: Directory) -> bool:
    """An officer of another county is not ours to move."""
    officer = directory.officers.get(number)
    return officer is None or directory.reaches(directory.units[officer.unit_id])


def stored(officer: Officer, directory: Directory) -> dict[str, Any]:
    found = {name: getattr(officer, name) for name in ("name", "post", "post_class", "mobile", "email")}
    return found | {"unit": directory.units[officer.unit_id].code}


def filled(officer: Officer, said: dict[str, Any], directory: Directory) -> Officer:
    for name, value in said.items():
        if name == "unit":
            officer.unit_id = directory.by_code[value].pk
        else:
            setattr(officer, name, value)
    officer.pinyin, officer.initials = names.spell(officer.name)
    return officer


def entries(results: list[Result], known: dict[str, Officer], context: Context) -> list[AuditEntry]:
    made = []
    for result in results:
        officer = known.get(result.key.removeprefix("officer:"))
        if officer is None or result.outcome not in {Outcome.CREATED, Outcome.UPDATED}:
            continue
        before, after = result.before_after()
        made.append(
            AuditEntry.objects.entry(
                context.actor, "import", officer, before=before, after=after or result.said
            )
        )
    return made
