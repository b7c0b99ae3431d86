"""From sheets to lines: which kind of list this is, where its header stands, which rows are data."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from contacts.imports import cells
from contacts.imports.issues import Issue, Refused
from contacts.imports.workbook import Sheet

# kind → field → headers that mean it. The first is the one that remarks name.
_PERSON = {
    "name": "姓名 name", "sex": "性别 sex", "birth": "出生年月 出生日期 出生年月日 birth", "mobile": "手机 手机号码 手机号 移动电话 联系手机 mobile",
    "landline": "办公电话 固定电话 座机 单位电话 电话 landline", "email": "电子邮箱 邮箱 电子邮件 email",
    "employer": "工作单位及职务 工作单位及职业 工作单位和职务 工作单位 单位及职务 employer", "address": "住址/所属街道 住址 家庭住址 地址 联系地址 所属街道 address",
    "pairing_unit": "结对单位 联系单位 责任单位", "officer": "结对民警警号 结对警号 联系民警警号 责任民警警号 police_number", "remark": "备注 说明 remark",
}  # fmt: skip
_APPOINTED = {
    "certificate": "聘书编号 聘书号 证书编号 certificate", "appointed": "聘任日期 聘任时间 受聘日期 appointed_on",
    "years": "聘期（年） 聘期 任期 years", "appointing": "聘任单位 聘请单位", "age": "年龄 age",
}  # fmt: skip
COLUMNS: dict[str, dict[str, str]] = {
    "units": {
        "code": "单位代码 代码 code", "name": "单位名称 名称 name", "short_name": "单位简称 简称 short_name",
        "kind": "单位类别 类别 kind", "parent": "上级单位代码 上级代码 parent",
    },
    "officers": {
        "police_number": "警号 police_number", "name": "姓名 name", "unit": "单位 所在单位 工作单位 单位名称 unit", "post": "职务 post",
        "post_class": "职务类别 职务层级 post_class", "mobile": "手机 手机号码 联系电话 mobile", "email": "电子邮箱 邮箱 email",
    },
    "deputies": _PERSON | {
        "category": "类别 身份类别 代表委员类别 category", "level": "层级 级别 level", "term_number": "届次 届别 term_number",
        "term": "任期起止 任期 任期起止时间 term", "delegation": "代表团 界别 代表团（界别） delegation", "body": "所属人大政协 body",
    },
    "media": _PERSON | _APPOINTED | {"news": "新闻单位 媒体单位", "post": "职务 post"},
    "patrol": _PERSON | _APPOINTED | {"occupation": "身份 职业 occupation"},
    "monitors": _PERSON | _APPOINTED | {
        "mobile": "联系电话 手机 手机号码 mobile", "landline": "固定电话 办公电话", "appointing_level": "聘任层级",
        "occupation": "身份 职业 occupation",
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


@dataclass(frozen=True)
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

    @property
    def columns(self) -> list[str]:
        return list(COLUMNS[self.kind])

    def label(self, name: str) -> str:
        """The header that remarks name for a field."""
        return COLUMNS[self.kind][name].split()[0]


def recognise(sheets: list[Sheet], kind: str = "auto") -> Table:
    """The lines of a file. Sheets without a header, such as instructions, are no roster."""
    kind = kind_of(sheets) if kind == "auto" else kind
    table = Table(kind)
    headers = 0
    for sheet in sheets:
        headers += read_sheet(sheet, table)
    if not headers:
        raise Refused("no_header", headers=expected(kind))
    return table


def kind_of(sheets: list[Sheet]) -> str:
    for kind in NEEDS:
        if any(
            NEEDS[kind] <= header_of(sheet.rows, at, kind).keys()
            for sheet in sheets
            for at in range(min(30, len(sheet.rows)))
        ):
            return kind
    raise Refused("no_header", headers=expected("deputies"))


def expected(kind: str) -> str:
    return "、".join(COLUMNS[kind][name].split()[0] for name in COLUMNS[kind] if name in NEEDS[kind])


def word(value: Any) -> str:
    """A header for comparing: letters and digits only."""
    return re.sub(r"[\W_]+", "", cells.plain(value)).lower() if isinstance(value, str) else ""


WORDS = {
    kind: {word(header): name for name, headers in reversed(columns.items()) for header in headers.split()}
    for kind, columns in COLUMNS.items()
}


def header_of(rows: list[tuple[int, list[Any]]], at: int, kind: str) -> dict[str, int]:
    """Field → column, if this row is the header. A column that is blank here may have its header in the row above."""
    columns: dict[str, int] = {}
    above = rows[at - 1][1] if at and rows[at - 1][0] == rows[at][0] - 1 else []
    for index, value in enumerate(rows[at][1]):
        header = word(value) or (word(above[index]) if index < len(above) else "")
        if (name := WORDS[kind].get(header)) and name not in columns:
            columns[name] = index
    return columns


def read_sheet(sheet: Sheet, table: Table) -> int:
    """Append the sheet's lines to the table; answers how many headers were found."""
    needed = NEEDS_IF_NAMED.get(table.kind, NEEDS[table.kind])
    columns: dict[str, int] = {}
    before, headers = len(table.lines), 0
    for at, (number, row) in enumerate(sheet.rows):
        if sum(word(value) in WORDS[table.kind] for value in row) >= 2:  # a header, or the upper half of one
            found = header_of(sheet.rows, at, table.kind)
            if needed <= found.keys():
                columns, headers = found, headers + 1
            continue
        if not columns:
            continue  # a title
        first = next((cells.plain(value) for value in row if cells.text(value)), "")
        if _NO_DATA.search(first) and len(first) < 60:
            if (total := _TOTAL.match(first)) and int(total[1]) != len(table.lines) - before:
                more = {"rows": len(table.lines) - before}
                table.notes.append((sheet.name, number, Issue("footer_total_differs", None, total[1], more)))
            continue
        line = line_of(sheet.name, number, row, columns)
        if line.cells:
            table.lines.append(line)
    return headers


def line_of(sheet: str | None, number: int, row: list[Any], columns: dict[str, int]) -> Line:
    found = {name: row[index] for name, index in columns.items() if index < len(row)}
    return Line(sheet, number, {name: value for name, value in found.items() if cells.text(value)})
