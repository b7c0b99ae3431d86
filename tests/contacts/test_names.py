"""Names: pinyin, initials, masks, and finding people by what is typed."""

import pytest

from contacts import names
from contacts.models import Stakeholder
from tests import factories


@pytest.mark.parametrize(
    ("written", "name", "remark"),
    [
        ("张　伟", "张伟", ""),
        (" 张伟 ", "张伟", ""),
        ("张\N{ZERO WIDTH SPACE}伟", "张伟", ""),
        ("赵妍（女，回族）", "赵妍", "女,回族"),
        ("赵妍 (女)", "赵妍", "女"),
        ("阿依古丽•买买提", "阿依古丽·买买提", ""),
        ("Mary  Ann", "Mary Ann", ""),
        ("  ", "", ""),
    ],
)
def test_it_keeps_the_name_and_gives_the_remark(written: str, name: str, remark: str) -> None:
    assert names.split_remark(written) == (name, remark)


@pytest.mark.parametrize(
    ("name", "pinyin", "initials"),
    [
        ("张伟", "zhang wei", "zw"),
        ("曾虎根", "zeng hu gen", "zhg"),
        ("单伟", "shan wei", "sw"),
        ("缪斌杰", "miao bin jie", "mbj"),
        ("翟志刚", "zhai zhi gang", "zzg"),
        ("欧阳喆", "ou yang zhe", "oyz"),
        ("单于明", "chan yu ming", "cym"),
        ("吕布", "lv bu", "lb"),
        ("王㬎", "wang xian", "wx"),
        ("阿依古丽·买买提", "a yi gu li mai mai ti", "ayglmmt"),
        ("Mary Ann", "mary ann", "ma"),
    ],
)
def test_it_spells_a_surname_as_a_surname(name: str, pinyin: str, initials: str) -> None:
    assert names.spell(name) == (pinyin, initials)


@pytest.mark.parametrize(
    ("name", "mask"), [("张伟", "张*"), ("曾虎根", "曾**"), ("欧阳喆", "欧阳*"), ("王", "王*")]
)
def test_a_masked_name_keeps_the_surname(name: str, mask: str) -> None:
    assert names.masked(name) == mask


def test_letters_are_cut_into_syllables_the_last_perhaps_unfinished() -> None:
    assert "zhang w" in names.spellings("zhangw")
    assert {"xian", "xi an"} <= set(names.spellings("xian"))
    assert "xian" not in names.spellings("xi'an")
    assert names.spellings("zhgw") == []
    assert len(names.spellings("xiananganananang")) <= 20


@pytest.mark.django_db
@pytest.mark.parametrize("words", ["曾", "虎根", "zeng", "zenghug", "zeng hu", "ZHG", "zh", "z", "ｚｅｎｇ"])
def test_people_are_found_by_part_of_the_name_pinyin_or_initials(words: str) -> None:
    bureau = factories.unit("无锡市公安局", kind="bureau")
    factories.stakeholder("曾虎根", bureau)
    factories.stakeholder("钱某", bureau)
    assert [person.name for person in Stakeholder.objects.filter(names.matching(words))] == ["曾虎根"]
