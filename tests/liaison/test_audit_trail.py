"""The auditor's page over the audit trail."""

import ast
import datetime as dt
from pathlib import Path

import pytest

from contacts.audit_words import ACTIONS
from contacts.models import Actor, AuditEntry
from tests import factories
from tests.base import sign_in

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def entries(bureau) -> None:
    alice, dan = Actor(bureau.alice, "10.0.0.1"), Actor(bureau.dan, "10.0.0.2")
    AuditEntry.objects.record(alice, "sign in", bureau.alice)
    AuditEntry.objects.record(
        dan, "change settings", bureau.dan, before={"language": ""}, after={"language": "en"}
    )
    old = AuditEntry.objects.entry(
        Actor.command("import_file"), "propose role", bureau.deputy, reason="a list"
    )
    old.at = dt.datetime(2025, 12, 31, 16, 0, tzinfo=dt.UTC)  # the first moment of 2026 in Shanghai
    old.save()


def shown(bureau, **query: str) -> list[str]:
    response = sign_in(bureau.ann).get("/audit/", query)
    assert response.status_code == 200
    return [row.record.action for row in response.context["table"].rows]


def test_the_auditor_reads_the_newest_first(bureau, entries):
    assert shown(bureau) == ["propose role", "change settings", "sign in"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "Alice"}, ["sign in"]),
        ({"q": "张伟"}, ["propose role"]),
        ({"action": "change settings"}, ["change settings"]),
        ({"address": "10.0.0.2"}, ["change settings"]),
        ({"since": "2026-01-01", "until": "2026-01-01"}, ["propose role"]),
        ({"until": "2025-12-31"}, []),
        ({"since": "no day"}, []),
        ({"action": "no deed"}, []),
    ],
)
def test_it_filters(bureau, entries, query, found):
    assert shown(bureau, **query) == found


def test_it_shows_before_and_after_and_escapes_them(bureau):
    carol, dan = Actor(bureau.carol), bureau.dan
    AuditEntry.objects.record(
        carol, "change settings", dan, before={"language": "en"}, after={"language": "<b>"}
    )
    page = sign_in(bureau.ann).get("/audit/").content.decode()
    assert "language: en → &lt;b&gt;" in page


def test_it_tells_details_in_the_readers_words(bureau):
    details = {"table": "pairings", "filter": {"unit": "320281000000"}, "rows": 3}
    AuditEntry.objects.record(Actor(bureau.carol), "export", after=details)
    page = sign_in(bureau.ann, language="zh-hans").get("/audit/").content.decode()
    assert "表格: 结对联系" in page
    assert "单位: 320281000000" in page
    assert "行数: 3" in page


def test_choices_and_instants_are_told_in_the_readers_words_and_time(bureau):
    record = factories.record(bureau.deputy, bureau.alice, dt.datetime(2026, 11, 18, 2, 30, tzinfo=dt.UTC))
    after = {"kind": record.kind, "occurred_at": record.occurred_at, "summary": "call"}
    AuditEntry.objects.record(Actor(bureau.alice), "log contact", record, after=after)
    AuditEntry.objects.record(
        Actor(bureau.alice), "prepare answer", bureau.deputy, after={"result": "planned"}
    )
    page = sign_in(bureau.ann, language="zh-hans").get("/audit/").content.decode()

    for words in ("类型: 通话", "2026-11-18 10:30", "列入计划", ": call<"):
        assert words in page
    assert ": planned<" not in page


@pytest.mark.parametrize("name", ["alice", "bob", "carol", "lea", "sue", "sam", "rita"])
def test_nobody_else_reads_it(bureau, name):
    assert sign_in(getattr(bureau, name)).get("/audit/").status_code == 403


def test_it_needs_as_many_queries_for_many_entries_as_for_few(bureau, entries, django_assert_max_num_queries):
    actor = Actor(bureau.alice, "10.0.0.1")
    AuditEntry.objects.bulk_create(
        AuditEntry.objects.entry(actor, "sign in", bureau.alice) for _i in range(200)
    )
    client = sign_in(bureau.ann)
    with django_assert_max_num_queries(8):
        client.get("/audit/")


def recorded_actions() -> dict[str, str]:
    """Every action that the code writes into the trail, with where it does."""
    found = {}
    for package in ["contacts", "schedules", "liaison"]:
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if is_entry(node):
                    found |= dict.fromkeys(texts(node.args[1]), f"{path.name}:{node.lineno}")
    return found


def is_entry(node: ast.AST) -> bool:
    """`AuditEntry.objects.record(…)` or `.entry(…)`."""
    if not (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"record", "entry"}
    ):
        return False
    return "AuditEntry.objects" in ast.unparse(node.func) and len(node.args) > 1


def texts(argument: ast.expr) -> list[str]:
    return [
        node.value
        for node in ast.walk(argument)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]


def test_every_action_that_is_recorded_has_a_name_to_be_read():
    recorded = recorded_actions()
    assert "sign in" in recorded
    missing = {action: place for action, place in recorded.items() if action not in ACTIONS}
    assert not missing
