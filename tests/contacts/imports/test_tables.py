"""Which kind of list it is, where the header stands, which rows are data."""

import pytest

from contacts.imports import tables
from contacts.imports.issues import Refused
from contacts.imports.workbook import Sheet
from tests.contacts.imports import wuxi

KINDS = dict(zip(wuxi.FILES, ["units", "officers", "deputies", "media", "patrol", "monitors"], strict=True))
HEADER = ["序号", "姓名", "类别", "层级", "手机"]


def sheet(*rows: list, name: str = "名册") -> Sheet:
    return Sheet(name, list(enumerate(rows, 1)))


def numbers(*rows: list) -> list[int]:
    return [line.number for line in tables.recognise([sheet(*rows)], "deputies").lines]


@pytest.mark.parametrize("name", wuxi.FILES)
def test_it_knows_each_roster_by_its_columns(name: str) -> None:
    table = wuxi.table(name)
    assert table.kind == KINDS[name]
    assert len(table.lines) == wuxi.expected()["files"][name]["rows"]


@pytest.mark.parametrize("name", wuxi.ROSTERS)
def test_it_takes_every_row_of_data_and_no_other(name: str) -> None:
    assert {(line.sheet, line.number) for line in wuxi.table(name).lines} == set(wuxi.expected_rows()[name])


def test_a_total_that_differs_is_noted() -> None:
    notes = [
        (sheet, number, issue.code, issue.value, issue.more)
        for sheet, number, issue in wuxi.table("deputies.xlsx").notes
    ]
    assert notes == [("区(县)级", 720, "footer_total_differs", "703", {"rows": 705})]
    assert wuxi.table("discipline_monitors.xlsx").notes == []


def test_titles_sections_totals_and_repeated_headers_are_no_data() -> None:
    rows = [
        ["某市代表名册"],
        ["填报单位：政治部"],
        HEADER,
        ["江阴市（2人）"],
        [1, "张伟", "人大代表", "市", ""],
        ["", "小计：1人"],
        HEADER,
        [2, "李强", "政协委员", "省", ""],
        [3, "", "", "", ""],
        ["合计：2人"],
        ["填表人：钱某某", "", "审核人：荣某某"],
    ]
    assert numbers(*rows) == [5, 8]


def test_a_header_of_two_rows_is_read_even_if_nothing_is_merged() -> None:
    upper = ["序号", "基本信息", "", "", "联系方式", "备注"]
    lower = ["", "姓名", "类别", "层级", "手机", ""]
    table = tables.recognise([sheet(upper, lower, [1, "张伟", "人大代表", "市", "13912345678", "好"])])
    assert table.lines[0].cells == {
        "name": "张伟",
        "category": "人大代表",
        "level": "市",
        "mobile": "13912345678",
        "remark": "好",
    }


def test_each_sheet_may_order_its_columns_anew_and_instructions_are_no_roster() -> None:
    table = tables.recognise(
        [
            sheet(["填表说明"], ["1. 姓名请填写准确"], name="说明"),
            sheet(HEADER, [1, "张伟", "人大代表", "市", "1"], name="甲"),
            sheet(["层 级", "姓\n名", "类　别"], ["省", "李强", "政协"], name="乙"),
        ]
    )
    assert [(line.sheet, line.text("name"), line.text("level")) for line in table.lines] == [
        ("甲", "张伟", "市"),
        ("乙", "李强", "省"),
    ]


def test_a_row_without_a_name_is_data_if_it_says_anything() -> None:
    assert numbers(HEADER, [1, "", "人大代表", "市", ""]) == [2]


def test_english_headers_are_understood() -> None:
    table = tables.recognise(
        [sheet(["police_number", "stakeholder", "kind", "outcome", "occurred_at"], ["023451", "L000001"])]
    )
    assert table.kind == "contacts"
    table = tables.recognise(
        [sheet(["police_number", "stakeholder", "started_on", "ended_on"], ["023451", "L000001"])]
    )
    assert table.kind == "pairings"


@pytest.mark.parametrize("kind", ["auto", *tables.KINDS])
def test_a_list_of_office_supplies_is_refused_as_every_kind(kind: str) -> None:
    with pytest.raises(Refused, match="no_header"):
        tables.recognise([sheet(["商品名称", "规格", "单价", "数量"], ["打印纸", "A4", 18.5, 20])], kind)


def test_a_named_kind_asks_for_less() -> None:
    plain = sheet(["姓名", "手机"], ["张伟", "13912345678"])
    assert len(tables.recognise([plain], "monitors").lines) == 1
    with pytest.raises(Refused):
        tables.recognise([plain], "deputies")


PEOPLE = {
    "deputies": ["姓名", "类别", "层级"], "media": ["姓名", "新闻单位"], "patrol": ["姓名", "聘书编号"],
    "monitors": ["姓名", "聘书编号", "聘任单位"],
}  # fmt: skip
WORDINGS = {
    "name": "名字 代表姓名 委员姓名 姓名(全名)", "mobile": "联系电话 电话号码 联系方式 联系人电话", "landline": "固话 办公室电话",
    "employer": "单位职务 工作单位职务 单位及职务", "address": "通讯地址 通信地址 居住地址", "birth": "生日 出生日期", "remark": "附注",
    "officer": "警号 民警警号 责任民警 结对民警",
}  # fmt: skip
WORDINGS_OF_KIND = {
    "deputies": {
        "category": "身份 代表类别 人员类别 类型", "term_number": "届", "term": "任职期限 起止时间 任职时间", "employer": "职务 单位",
    },
    "patrol": {"certificate": "证书号 聘书号码", "appointed": "受聘时间", "occupation": "身份", "employer": "职务 单位"},
    "monitors": {"certificate": "证书号 聘书号码", "appointed": "受聘时间", "appointing": "受聘单位", "occupation": "身份"},
    "media": {"news": "媒体", "post": "职务"},
}  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "name", "header"),
    [
        (kind, name, header)
        for kind in PEOPLE
        for words in (WORDINGS, WORDINGS_OF_KIND[kind])
        for name, headers in words.items()
        for header in headers.split()
    ],
)
def test_a_usual_wording_is_understood_and_the_kind_is_told_by_it_too(
    kind: str, name: str, header: str
) -> None:
    row = [usual for usual in PEOPLE[kind] if tables.WORDS[kind][tables.word(usual)] != name] + [header]
    table = tables.recognise([sheet(row, [f"{usual}值" for usual in row])])
    assert table.kind == kind
    assert table.lines[0].text(name) == f"{header}值"
    assert table.notes == []


def test_a_unit_is_the_paper_of_a_supervisor_but_makes_no_list_one_of_supervisors() -> None:
    plain = sheet(["姓名", "单位"], ["张伟", "无锡日报"])
    assert tables.recognise([plain], "media").lines[0].text("news") == "无锡日报"
    with pytest.raises(Refused, match="no_header"):
        tables.recognise([plain])
    deputies = sheet(["姓名", "单位", "类别", "层级"], ["张伟", "机械厂", "人大代表", "市"])
    assert tables.recognise([deputies]).kind == "deputies"


def test_of_two_columns_for_a_field_the_plainer_counts_wherever_it_stands_and_the_other_is_said() -> None:
    row = ["身份", "联系方式", "职务", *HEADER, "工作单位"]
    table = tables.recognise(
        [sheet(row, ["农民", "微信", "厂长", 1, "张伟", "人大代表", "市", "139", "机械厂"])]
    )
    found = table.lines[0]
    assert [found.text(name) for name in ("category", "mobile", "employer")] == ["人大代表", "139", "机械厂"]
    assert [issue.value for _sheet, _row, issue in table.notes] == ["身份", "联系方式", "职务"]


def test_a_column_that_means_nothing_is_said_once_if_it_holds_anything() -> None:
    row = [*HEADER, "政治面貌", "学历", "民 族"]
    one = sheet(
        ["名册"],
        row,
        [1, "张伟", "人大代表", "市", "", "", "", ""],
        [2, "李强", "人大代表", "市", "", "党员", "", "汉"],
    )
    other = sheet(row, [1, "孙立", "人大代表", "市", "", "群众", "", ""], name="乙")
    told = {"deputies": {"民族": ""}}
    table = tables.recognise([one, other], wordings=told)
    assert [(name, number, issue.code, issue.value) for name, number, issue in table.notes] == [
        ("名册", 2, "column_unread", "政治面貌")
    ]
    assert "The column “政治面貌” was not read." in table.notes[0][2].message


@pytest.mark.parametrize("name", wuxi.FILES)
def test_no_column_of_a_roster_is_left_unread(name: str) -> None:
    assert not wuxi.table(name).unread


def test_our_own_column_in_a_workbook_for_mending_is_no_unread_one() -> None:
    for ours in tables.mending_headers():
        table = tables.recognise([sheet([*HEADER, ours], [1, "张伟", "人大代表", "市", "", "改正手机"])])
        assert table.notes == []
