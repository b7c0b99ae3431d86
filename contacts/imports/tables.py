"""From sheets to lines: which kind of list this is, where its header stands, which rows are data."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain, islice, pairwise
from typing import Any, TypeVar

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from contacts.imports import cells
from contacts.imports.issues import Issue, Refused
from contacts.imports.workbook import Row, Sheet

# kind → field → headers that mean it. The first is the one that remarks name; of several in a file the earliest counts.
_PERSON = {
    "name": "姓名 名字 代表姓名 委员姓名 姓名（全名） name", "sex": "性别 sex",
    "birth": "出生年月 出生日期 出生年月日 生日 birth",
    "mobile": "手机 手机号码 手机号 移动电话 联系手机 mobile 联系电话 电话号码 联系方式 联系人电话",  # a number tells its kind by itself
    "landline": "办公电话 固定电话 座机 单位电话 固话 办公室电话 电话 landline", "email": "电子邮箱 邮箱 电子邮件 email",
    "employer": "工作单位及职务 工作单位及职业 工作单位和职务 工作单位职务 单位及职务 单位职务 工作单位 employer",
    "address": "住址/所属街道 住址 家庭住址 居住地址 地址 联系地址 通讯地址 通信地址 所属街道 address",
    "pairing_unit": "结对单位 联系单位 责任单位", "remark": "备注 说明 附注 remark",
    "officer": "结对民警警号 结对警号 联系民警警号 责任民警警号 police_number 民警警号 警号 结对民警 责任民警",
}  # fmt: skip
_APPOINTED = {
    "certificate": "聘书编号 聘书号 聘书号码 证书编号 证书号 certificate", "appointed": "聘任日期 聘任时间 受聘日期 受聘时间 appointed_on",
    "years": "聘期（年） 聘期 任期 years", "appointing": "聘任单位 聘请单位 受聘单位", "age": "年龄 age",
}  # fmt: skip
_EMPLOYED = {"employer": _PERSON["employer"] + " 单位 职务"}  # where no other column is a unit or post
COLUMNS: dict[str, dict[str, str]] = {
    "units": {
        "code": "单位代码 代码 code", "name": "单位名称 名称 name", "short_name": "单位简称 简称 short_name",
        "kind": "单位类别 类别 kind", "parent": "上级单位代码 上级代码 parent",
    },
    "officers": {
        "police_number": "警号 police_number", "name": "姓名 name", "unit": "单位 所在单位 工作单位 单位名称 unit", "post": "职务 post",
        "post_class": "职务类别 职务层级 post_class", "mobile": "手机 手机号码 联系电话 mobile", "email": "电子邮箱 邮箱 email",
    },
    "deputies": _PERSON | _EMPLOYED | {
        "category": "类别 身份类别 代表委员类别 代表类别 category 人员类别 类型 身份", "level": "层级 级别 level", "term_number": "届次 届别 届 term_number",
        "term": "任期起止 任期 任期起止时间 任职期限 任职时间 起止时间 term", "delegation": "代表团 界别 代表团（界别） delegation", "body": "所属人大政协 body",
    },
    "media": _PERSON | _APPOINTED | {"news": "新闻单位 媒体单位 媒体 单位", "post": "职务 post"},
    "patrol": _PERSON | _EMPLOYED | _APPOINTED | {"occupation": "身份 职业 occupation"},
    "monitors": _PERSON | _EMPLOYED | _APPOINTED | {
        "mobile": "联系电话 手机 手机号码 手机号 移动电话 联系手机 mobile 电话号码 联系方式 联系人电话", "appointing_level": "聘任层级", "occupation": "身份 职业 occupation",
    },
    "pairings": {
        "police_number": "警号 结对民警警号 police_number", "stakeholder": "联系对象 对象编号 stakeholder",
        "started_on": "开始日期 起始日期 结对日期 started_on", "ended_on": "结束日期 终止日期 ended_on",
    },
    "contacts": {
        "police_number": "警号 民警警号 police_number", "stakeholder": "联系对象 对象编号 stakeholder", "kind": "联系方式 联系类型 方式 kind",
        "outcome": "联系结果 结果 outcome", "occurred_at": "联系时间 时间 occurred_at", "summary": "联系内容 内容 摘要 summary",
        "feedback": "意见建议 feedback",
    },
}  # fmt: skip
# Headers that mean a field once the kind is known, but say too little to tell the kind by.
VAGUE = {"media": {"单位"}}
# Columns that hold nothing to import.
IGNORED = {"序号", "编号", "总序号", "no", "id"}
# What a header must hold to be of this kind; of several kinds, the first that fits is meant.
NEEDS = {
    "contacts": {"police_number", "stakeholder", "occurred_at"},
    "pairings": {"police_number", "stakeholder"},
    "units": {"code", "name", "kind"},
    "officers": {"police_number", "name", "unit"},
    "media": {"name", "news"},
    "monitors": {"name", "certificate", "appointing"},
    "patrol": {"name", "certificate"},
    "deputies": {"name", "category", "level"},
}
NEEDS_IF_NAMED = {
    "media": {"name"},
    "monitors": {"name"},
    "patrol": {"name"},
    "deputies": {"name", "category"},
}
# In the order in which files given together build on each other.
KINDS = ("units", "officers", "deputies", "media", "patrol", "monitors", "pairings", "contacts")

_TOTAL = re.compile(r"^(?:合计|总计|共计)[^\d]{0,6}(\d+)")
_NO_DATA = re.compile(
    r"^(?:合计|总计|共计|小计|填表|审核|制表|填报|联系人|联系电话|注:|备注:|说明:)|\(\d+人\)$"
)


HEAD = 30  # rows among which the header stands

T = TypeVar("T")
Wording = Mapping[str, str]  # header, as `word` gives it → field, or "" to leave the column out
Wordings = Mapping[str, Wording]  # by kind


@dataclass(frozen=True, slots=True)
class Line:
    """One row of data: the raw cells by field, blank ones left out."""

    sheet: str | None
    number: int
    cells: dict[str, Any]

    def text(self, name: str) -> str:
        return cells.text(self.cells.get(name, ""))


@dataclass
class Table:
    """All lines of a file, and what its totals say about them."""

    kind: str
    lines: list[Line] = field(default_factory=list)
    notes: list[tuple[str | None, int, Issue]] = field(default_factory=list)
    unread: set[str] = field(default_factory=set)  # headers noted as not read
    headers: int = 0  # sheets that have one
    prepared: Any = None  # what a kind's `prepare` found out before the transaction

    @property
    def columns(self) -> list[str]:
        return list(COLUMNS[self.kind])

    def label(self, name: str) -> str:
        return label(self.kind, name)


def taken(rows: list[T]) -> Iterator[T]:
    """Each row, let go as it is taken: of 100,000 they are the most of the memory."""
    rows.reverse()
    while rows:
        yield rows.pop()


def label(kind: str, name: str) -> str:
    """The header that remarks name for a field."""
    return COLUMNS[kind][name].split()[0]


def recognise(sheets: list[Sheet], kind: str = "auto", wordings: Wordings | None = None) -> Table:
    """The lines of a file. Sheets without a header, such as instructions, are no roster. `wordings` holds, by kind, what
    the sender told of headers before."""
    table = Table(kind_of(sheets, wordings) if kind == "auto" else kind)
    known = vocabulary(table.kind, wordings)
    for sheet in sheets:
        read_sheet(sheet, table, known)
    if not table.headers:
        raise Refused("no_header", headers=expected(table.kind))
    return table


def vocabulary(kind: str, wordings: Wordings | None) -> Wording:
    return WORDS[kind] | dict((wordings or {}).get(kind, {}))


def needed(kind: str) -> set[str]:
    """The fields that a file must have once its kind is named."""
    return NEEDS_IF_NAMED.get(kind, NEEDS[kind])


def kind_of(sheets: list[Sheet], wordings: Wordings | None) -> str:
    heads = [list(islice(sheet.rows, HEAD)) for sheet in sheets]
    for kind in NEEDS:
        vague = VAGUE.get(kind, set())
        known = {word: name for word, name in vocabulary(kind, wordings).items() if word not in vague}
        if any(
            NEEDS[kind] <= fields(row, above, kind, known).keys()
            for head in heads
            for above, row in zip([None, *head], head, strict=False)
        ):
            return kind
    raise Refused("no_header", headers=expected("deputies"))


def expected(kind: str) -> str:
    return "、".join(label(kind, name) for name in COLUMNS[kind] if name in NEEDS[kind])


@lru_cache(maxsize=10_000)
def word(value: Any) -> str:
    """A header for comparing: letters and digits only."""
    return re.sub(r"[\W_]+", "", cells.simple(value)).lower() if isinstance(value, str) else ""


WORDS = {
    kind: {word(header): name for name, headers in reversed(columns.items()) for header in headers.split()}
    for kind, columns in COLUMNS.items()
}
# kind → (header, field) → its place among the headers of the field
_PLACES = {
    kind: {(word(header), name): at for name, headers in columns.items() for at, header in enumerate(headers.split())}
    for kind, columns in COLUMNS.items()
}  # fmt: skip


def headers(row: Row, above: Row | None) -> list[str]:
    """What stands over each column if this row is the header: where it is blank, the row above may hold it."""
    number, values = row
    upper = above[1] if above and above[0] == number - 1 else []
    found = [(value, upper[index] if index < len(upper) else "") for index, value in enumerate(values)]
    return [next((text for text in pair if word(text)), "") for pair in found]


def fields(row: Row, above: Row | None, kind: str, known: Wording) -> dict[str, int]:
    """Field → column, if this row is the header. Of several columns for a field, the one whose header the sender told
    counts, else the one that says it best."""
    columns: dict[str, tuple[int, int]] = {}
    for index, header in enumerate(headers(row, above)):
        if name := known.get(word(header)):
            found = (_PLACES[kind].get((word(header), name), -1), index)
            columns[name] = min(found, columns.get(name, found))
    return {name: index for name, (_place, index) in columns.items()}


def unread(row: Row, above: Row | None, columns: dict[str, int], known: Wording) -> dict[int, str]:
    """Column → header of those that are not taken, but for what nobody would import or the sender left out."""
    return {
        index: cells.text(header)
        for index, header in enumerate(headers(row, above))
        if (key := word(header)) and index not in columns.values() and key not in IGNORED
        if cells.text(header) not in mending_headers() and known.get(key) != "" and len(key) < 60
    }


def may_be_header(values: list[Any], known: Wording) -> bool:
    """Is it one, or the upper half of one?"""
    return sum(isinstance(value, str) and len(value) < 60 and word(value) in known for value in values) >= 2


def read_sheet(sheet: Sheet, table: Table, known: Wording) -> None:
    """Append the sheet's lines to the table."""
    columns: dict[str, int] = {}
    rest: dict[int, str] = {}
    before, above, at = len(table.lines), None, 0
    for row in sheet.rows:
        number, values = row
        if may_be_header(values, known):
            if found := header(row, above, table.kind, known):
                columns, at, rest = found, number, unread(row, above, found, known)
        elif columns and not is_remark(sheet.name, row, table, before):  # and before the header stand titles
            line = line_of(sheet.name, number, values, columns)
            if line.cells:
                table.lines.append(line)
            for index in [index for index in rest if index < len(values) and cells.text(values[index])]:
                note_unread(sheet.name, at, rest.pop(index), table)
        above = row
    table.headers += bool(columns)


@lru_cache(maxsize=1)
def mending_headers() -> set[str]:
    """What stands over the column of remarks in a workbook that we wrote for mending, in each language."""
    found = set()
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            found.add(_("What to mend"))
    return found


def note_unread(sheet: str | None, number: int, header: str, table: Table) -> None:
    """Say once for a file that a column with values is not read."""
    if word(header) not in table.unread:
        table.unread.add(word(header))
        table.notes.append((sheet, number, Issue("column_unread", header, header)))


def header(row: Row, above: Row | None, kind: str, known: Wording) -> dict[str, int]:
    """Field → column, if this row is a header with all that the kind must have; else nothing."""
    found = fields(row, above, kind, known)
    return found if needed(kind) <= found.keys() else {}


def header_rows(sheet: Sheet, kind: str, known: Wording) -> Iterator[int]:
    """The numbers of the rows that are headers."""
    for above, row in pairwise(chain([None], sheet.rows)):
        if row and may_be_header(row[1], known) and header(row, above, kind, known):
            yield row[0]


def is_remark(sheet: str | None, row: Row, table: Table, before: int) -> bool:
    """Is it no data, but a heading between rows or something below them? Of totals it is noted if they differ."""
    number, values = row
    first = next((cells.simple(value) for value in values if cells.text(value)), "")
    if len(first) >= 60 or not _NO_DATA.search(first):
        return False
    if (total := _TOTAL.match(first)) and int(total[1]) != len(table.lines) - before:
        more = {"rows": len(table.lines) - before}
        table.notes.append((sheet, number, Issue("footer_total_differs", None, total[1], more)))
    return True


def line_of(sheet: str | None, number: int, row: list[Any], columns: dict[str, int]) -> Line:
    found = {name: row[index] for name, index in columns.items() if index < len(row)}
    return Line(sheet, number, {name: value for name, value in found.items() if cells.text(value)})
