"""One cell at a time: what offices type, and what is to be read from it. Pure; each function has a table of cases."""

import calendar
import datetime as dt
import re
import unicodedata
from dataclasses import dataclass
from typing import Any

BLANK = {"", "无", "—", "-", "--", "——", "/", "待补", "暂缺", "待定", "不详", "暂无"}
_YEARS = range(1900, 2200)  # a day outside is a slip of the hand, and more than a database holds
_CN_DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_LEVELS = {
    "province": "省 省级 江苏省",
    "city": "市 市级 无锡市 地级市",
    "district": "区(县) 区 县 区级 县级 市(县)区 区县 县(区) 区(县)级 县(市)区 市(县)级 市县区",
    "township": "乡镇街道 乡镇 街道 镇 乡 镇级 乡镇级 乡镇(街道) 乡镇街道级 镇(街道) 乡镇(街道)级 街道(乡镇)",
}
LEVELS = {word: level for level, words in _LEVELS.items() for word in words.split()}
_CATEGORY = re.compile(r"^[^大协]{0,6}(?:(人大(?:代表)?|人民代表大会代表)|(政协(?:委员)?))$")
_MONTH = r"(\d{4}|\d{2})\s*[.\-/年、]\s*(\d{1,2})\s*月?"
_BIRTH = re.compile(rf"^{_MONTH}(?:[.\-/、]?\s*\d{{1,2}}\s*日?)?$")
_POINT = r"(\d{4})年?(?:(?:(?<=年)|[./-])(\d{1,2})月?(?:(?:(?<=月)|[./-])(\d{1,2})日?)?)?"
_TERM = re.compile(rf"^{_POINT}(?:-|~|至|到)(?:{_POINT}|今|现在)$")
_DAY = re.compile(r"^(\d{4})[年./-](\d{1,2})[月./-](\d{1,2})日?$")
_INSTANT = re.compile(r"^(\d{4})[年./-](\d{1,2})[月./-](\d{1,2})日?(?:[ T]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?)?\s*(Z|[+-]\d{2}:?\d{2})?$")  # fmt: skip
_STREET = re.compile(
    r"^(?:.{1,3}?省)?(?:(?!.{0,3}?(?:街道|镇|乡)).{1,3}?市)?(?:[^区县市镇乡街]{1,3}[区县市]|新区)?(.{1,8}?(?:街道|镇(?!街道)|乡))"
)


# Each traditional character of headers, keywords and names of units beside its simplified one. They are only compared
# so: what a cell says, a name above all, is kept as it is written.
_PAIRS = (
    "別别機机號号碼码動动電电話话聯联繫系係系辦办單单郵邮職职務务業业屬属結结對对責责備备註注說说書书編编證证時时間间請请齡龄稱称簡简類类級级層层屆届團团會会協协員员縣县區区鄉乡鎮镇門门隊队長长領领導导負负"
    "體体聞闻報报紙纸記记錄录內内開开終终議议見见訪访來来談谈寫写縱纵絕绝謝谢聲声應应誤误錯错無无暫暂補补詳详總总計计製制審审現现轉转兩两歲岁處处監监視视際际發发離离點点實实復复覆复聽听國国與与從从後后蘇苏"
    "錫锡陰阴陽阳興兴濱滨馬马橋桥壩坝東东龍龙華华廣广濟济澤泽灣湾雲云場场塵尘莊庄張张陸陆許许貢贡滬沪亞亚傳传偵侦劃划匯汇圍围揚扬揮挥揀拣楊杨樓楼樹树檢检涇泾漁渔漊溇瀆渎璣玑禪禅經经羅罗榮荣衛卫車车運运邊边"
    "還还邏逻達达選选遙遥錢钱鐵铁鋪铺閘闸隱隐霧雾顧顾鴻鸿鵝鹅黃黄農农島岛嶺岭師师廠厂學学"
)
TRADITIONAL = dict(zip(_PAIRS[::2], _PAIRS[1::2], strict=True))
_SIMPLIFIED = str.maketrans(TRADITIONAL)


def text(value: Any) -> str:
    """The cell as text, trimmed of blanks of all kinds and of what no one can see; "" if it says nothing."""
    if isinstance(value, dt.date):
        value = value.strftime("%Y-%m-%d")
    value = str(value)
    if not value.isprintable():  # which most cells are, and then there is nothing to look for
        value = "".join(
            ch for ch in value if ch in "\n\t" or unicodedata.category(ch) not in {"Cc", "Cf", "Cs"}
        )
    value = value.strip()
    return "" if len(value) < 20 and simple(value) in BLANK else value


def plain(value: Any) -> str:
    """For comparing: half-width, without any blank."""
    found = "".join(unicodedata.normalize("NFKC", str(value)).split())
    return value if value == found else found  # the same words need no room of their own


def simple(value: Any) -> str:
    """For comparing with keywords: plain, and in simplified characters as far as keywords have them."""
    return plain(value).translate(_SIMPLIFIED)


@dataclass(frozen=True)
class Birth:
    year: int | None = None
    month: int | None = None
    problem: str = ""


def birth(value: Any, day: dt.date) -> Birth:
    """A month of birth as offices write it. `day` tells what a year of two digits means."""
    if isinstance(value, dt.date):
        return _birth(value.year, value.month, day)
    if isinstance(value, float) and f"{value}".endswith(".1"):
        year = _birth(int(value), None, day)
        return Birth(year.year, None, year.problem or "birth_ambiguous")
    written = simple(value)
    if written in BLANK:
        return Birth()
    if found := re.fullmatch(r"(\d{4})年?", written):
        year = _birth(int(found[1]), None, day)
        return Birth(year.year, None, year.problem or "birth_year_only")
    found = re.fullmatch(r"(\d{4})(\d{2})(?:\d{2})?", written) or _BIRTH.match(written)
    return _birth(_century(found[1], day), int(found[2]), day) if found else Birth(problem="birth_invalid")


def _century(year: str, day: dt.date) -> int:
    """Nobody under eighteen holds a seat: "65" is 1965, and "05" is 2005 from 2023 on."""
    if len(year) == 4:
        return int(year)
    return int(year) + (2000 if int(year) + 2000 <= day.year - 18 else 1900)


def _birth(year: int, month: int | None, day: dt.date) -> Birth:
    if not 1900 <= year <= day.year or (month is not None and not 1 <= month <= 12):
        return Birth(problem="birth_invalid")
    return Birth(year, month)


@dataclass(frozen=True)
class Term:
    started_on: dt.date | None = None
    ended_on: dt.date | None = None
    problem: str = ""


def term(value: Any, day: dt.date) -> Term:
    """ "2008.1-2013.1" runs from the first day of its first month to the last day of its last (R4)."""
    written = re.sub(r"[‐‑‒–—―−]+", "-", simple(value)).replace("起", "")
    if written in BLANK:
        return Term()
    found = _TERM.match(written)
    started_on = _end_of(*found.group(1, 2, 3), last=False) if found else None
    ended_on = _end_of(*found.group(4, 5, 6), last=True) if found and found[4] else None
    if not started_on or (found and found[4] and not ended_on):
        return Term(problem="term_invalid")
    if ended_on and ended_on < started_on:
        return Term(problem="term_reversed")
    return Term(started_on, ended_on, "term_ended" if ended_on and ended_on < day else "")


def _end_of(year: str, month: str | None, day: str | None, *, last: bool) -> dt.date | None:
    """The first or last day of a year, a month or a day, as far as it is named."""
    month = month or ("12" if last else "1")
    first = day_from(year, month, day or "1")
    if not first or day or not last:
        return first
    return first.replace(day=calendar.monthrange(first.year, first.month)[1])


def day_of(value: Any) -> dt.date | None:
    """A day, or None if it is none: "2008.5.8", "2008年5月8日", a date cell."""
    if isinstance(value, dt.datetime):
        return value.date() if value.year in _YEARS else None
    found = _DAY.match(plain(value).removesuffix("00:00:00"))
    return day_from(*found.groups()) if found else None


def day_from(year: str, month: str, day: str) -> dt.date | None:
    try:
        return dt.date(int(year), int(month), int(day)) if int(year) in _YEARS else None
    except ValueError:
        return None


def instant(value: Any, zone: dt.tzinfo) -> dt.datetime | None:
    """A moment; without an offset it is one of the bureau's own clock. A day alone is its noon."""
    if isinstance(value, dt.datetime):
        return value.replace(tzinfo=zone) if value.year in _YEARS else None
    found = _INSTANT.match(unicodedata.normalize("NFKC", str(value)).strip())
    day = day_from(*found.group(1, 2, 3)) if found else None
    if not found or not day:
        return None
    hour, minute, second, offset = found.group(4, 5, 6, 7)
    try:
        clock = dt.time(int(hour or 12), int(minute or 0), int(second or 0))
        return dt.datetime.combine(day, clock, _zone(offset) if offset else zone)
    except ValueError:
        return None


def _zone(offset: str) -> dt.tzinfo:
    return dt.datetime.strptime(offset, "%z").tzinfo or dt.UTC


def number(value: Any) -> int | None:
    """The number in "第十四届", "12届", "两年", "51岁", 2; None beyond 999, for no term, age or span has so many."""
    written = re.sub(r"[第届年岁]", "", simple(value))
    if re.fullmatch(r"[0-9]{1,3}", written):
        return int(written)
    tens, ten, ones = written.rpartition("十")
    if not written or len(tens) > 1 or len(ones) > 1 or not set(tens + ones) <= _CN_DIGITS.keys():
        return None
    return (_CN_DIGITS[tens] if tens else 1 if ten else 0) * 10 + (_CN_DIGITS[ones] if ones else 0)


def years_later(start: dt.date, years: int) -> dt.date:
    """The last day of an appointment for so many years."""
    try:
        return start.replace(year=start.year + years) - dt.timedelta(days=1)
    except ValueError:  # 29 February
        return start.replace(year=start.year + years, month=2, day=28)


def police_number(value: Any) -> str:
    """Six digits: a number cell has lost its first 0, and "警号023451" and "王建国023451" occur. "" if there are none."""
    found = re.search(r"(?<!\d)(\d{4,6})$", plain(value).strip("'"))
    return found[1].zfill(6) if found else ""


def category(value: Any) -> str:
    """npc_deputy, cppcc_member, or "" if it is neither."""
    found = _CATEGORY.match(simple(value))
    return "" if not found else "npc_deputy" if found[1] else "cppcc_member"


def level(value: Any) -> str:
    return LEVELS.get(simple(value), "")


def sex(value: Any) -> str:
    """m or f from the cell, or from the remark in brackets behind a name: "女,回族"."""
    words = plain(value).split(",")
    return "m" if {"男", "男性"} & set(words) else "f" if {"女", "女性"} & set(words) else ""


def street(address: str) -> str:
    """The township or street of an address: "崇安区上马墩街道幸福小区14号" → "上马墩街道"."""
    found = _STREET.match(simple(address))
    return found[1] if found else ""
