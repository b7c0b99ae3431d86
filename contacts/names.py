"""Chinese names: normalising, pinyin for sorting and searching, masking.

Pinyin is one syllable per character, "zeng hu gen", so that people of one surname stand together; ü is written v, as
on a keyboard. A surname is read as a surname: 曾 zeng, 单 shan.
"""

import functools
import os
import re
import unicodedata
from collections.abc import Iterator

from django.db.models import Q

# Surnames that are read otherwise than the character alone.
SURNAMES = {
    "万俟": "mo qi", "尉迟": "yu chi", "澹台": "tan tai", "单于": "chan yu", "单": "shan", "曾": "zeng", "缪": "miao",
    "翟": "zhai", "覃": "qin", "仇": "qiu", "查": "zha", "朴": "piao", "区": "ou", "解": "xie", "盖": "ge",
    "乐": "yue", "种": "chong", "黑": "he", "繁": "po", "句": "gou", "薄": "bo", "乜": "nie", "佴": "nai",
    "泷": "shuang", "员": "yun",
}  # fmt: skip
_COMPOUND = (
    "欧阳 上官 司马 诸葛 夏侯 东方 皇甫 尉迟 公孙 慕容 司徒 令狐 宇文 长孙 端木 独孤 南宫 万俟 闻人 赫连 澹台 淳于 单于 太史 申屠 "
    "轩辕 钟离 司空 鲜于 闾丘 亓官 宗政 濮阳 公羊 百里 东郭 西门 呼延 第五 纳兰"
)
COMPOUND_SURNAMES = frozenset(_COMPOUND.split())
_MIDDLE_DOTS = str.maketrans(dict.fromkeys("•‧∙・･⋅●", "·"))
_BRACKETS = re.compile(r"\(([^()]*)\)?")

# Every syllable of Mandarin, to read "zhangw" as "zhang w…".
_FINALS_OF = {
    "": "a ai an ang ao e ei en eng er o ou", "b": "a ai an ang ao ei en eng i ian iao ie in ing o u",
    "p": "a ai an ang ao ei en eng i ian iao ie in ing o ou u", "m": "a ai an ang ao e ei en eng i ian iao ie in ing iu o ou u",
    "f": "a an ang ei en eng o ou u", "d": "a ai an ang ao e ei en eng i ia ian iao ie ing iu ong ou u uan ui un uo",
    "t": "a ai an ang ao e eng i ian iao ie ing ong ou u uan ui un uo",
    "n": "a ai an ang ao e ei en eng i ian iang iao ie in ing iu ong ou u uan un uo v ve",
    "l": "a ai an ang ao e ei eng i ia ian iang iao ie in ing iu o ong ou u uan un uo v ve",
    "g": "a ai an ang ao e ei en eng ong ou u ua uai uan uang ui un uo",
    "k": "a ai an ang ao e ei en eng ong ou u ua uai uan uang ui un uo",
    "h": "a ai an ang ao e ei en eng ong ou u ua uai uan uang ui un uo",
    "j": "i ia ian iang iao ie in ing iong iu u uan ue un", "q": "i ia ian iang iao ie in ing iong iu u uan ue un",
    "x": "i ia ian iang iao ie in ing iong iu u uan ue un",
    "zh": "a ai an ang ao e ei en eng i ong ou u ua uai uan uang ui un uo",
    "ch": "a ai an ang ao e en eng i ong ou u ua uai uan uang ui un uo",
    "sh": "a ai an ang ao e ei en eng i ou u ua uai uan uang ui un uo", "r": "an ang ao e en eng i ong ou u ua uan ui un uo",
    "z": "a ai an ang ao e ei en eng i ong ou u uan ui un uo", "c": "a ai an ang ao e en eng i ong ou u uan ui un uo",
    "s": "a ai an ang ao e en eng i ong ou u uan ui un uo", "y": "a an ang ao e i in ing o ong ou u uan ue un",
    "w": "a ai an ang ei en eng o u",
}  # fmt: skip
SYLLABLES = frozenset(start + final for start, finals in _FINALS_OF.items() for final in finals.split())
_PREFIXES = frozenset(syllable[:size] for syllable in SYLLABLES for size in range(1, len(syllable) + 1))


def normalise(text: str) -> str:
    """The name without blanks and without what stands in brackets: "张　伟（女）" → "张伟"."""
    return split_remark(text)[0]


def split_remark(text: str) -> tuple[str, str]:
    """The name, and what stood in brackets behind it: "赵妍（女，回族）" → ("赵妍", "女,回族")."""
    text = unicodedata.normalize("NFKC", text).translate(_MIDDLE_DOTS)
    remark = ",".join(found.strip() for found in _BRACKETS.findall(text))
    name = _BRACKETS.sub("", text)
    if name.isascii():
        return " ".join(name.split()), remark
    return "".join(
        ch for ch in name if not ch.isspace() and unicodedata.category(ch) not in {"Cc", "Cf", "Cs"}
    ), remark


def surname_of(name: str) -> str:
    """The first character, the first two of a compound surname, or the first word of a name in letters."""
    if name[:1].isascii():
        return name.split(" ")[0]
    return name[:2] if name[:2] in COMPOUND_SURNAMES and len(name) > 2 else name[:1]


def spell(name: str) -> tuple[str, str]:
    """Pinyin and initials: "曾虎根" → ("zeng hu gen", "zhg")."""
    surname = surname_of(name)
    syllables = SURNAMES[surname].split() if surname in SURNAMES else list(_readings(surname))
    syllables += _readings(name[len(surname) :])
    return " ".join(syllables)[:200], "".join(syllable[0] for syllable in syllables)[:50]


def _readings(text: str) -> Iterator[str]:
    for word in re.findall(r"[a-z]+|[^a-z\W]", text.lower()):
        yield word if word.isascii() else _pypinyin(word)


@functools.lru_cache(maxsize=8192)
def _pypinyin(character: str) -> str:
    # Names are no phrases, and the phrases would take 45 MB and 0.2 s. Read when pypinyin is first imported.
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
    from pypinyin import lazy_pinyin

    syllable = lazy_pinyin([character])[0]
    return syllable if syllable.isascii() else character


def masked(name: str) -> str:
    """The surname and as many stars as characters follow: "欧阳喆" → "欧阳*"."""
    surname = surname_of(name)
    return surname + "*" * max(1, len(name) - len(surname))


def matching(words: str) -> Q:
    """For a query over people or officers: by part of the name, the beginning of the pinyin, or the initials."""
    words = unicodedata.normalize("NFKC", words).strip()
    wanted = Q(name__icontains=words)
    letters = words.lower().replace("ü", "v")
    if letters and re.fullmatch(r"[a-z' ]+", letters):
        for spelling in spellings(letters):
            wanted |= Q(pinyin__startswith=spelling)
        initials = re.sub(r"[' ]", "", letters)
        # A range, because it can use the index on both databases.
        wanted |= (
            Q(initials__gte=initials, initials__lt=initials[:-1] + chr(ord(initials[-1]) + 1))
            if initials
            else Q()
        )
    return wanted


def spellings(letters: str) -> list[str]:
    """How typed letters can be cut into syllables, the last one perhaps unfinished: "xian" → ["xi an", "xian"].
    Blanks and apostrophes the reader typed are kept as cuts."""
    readings = [""]
    for part in re.split(r"[' ]+", letters.strip(" '")):
        cuts = _cuts(part)
        readings = [f"{before} {cut}".strip() for before in readings for cut in cuts][:20]
    return sorted(reading for reading in readings if reading)


@functools.lru_cache(maxsize=1024)
def _cuts(letters: str) -> tuple[str, ...]:
    found = [letters] if letters in _PREFIXES else []
    for size in range(1, min(6, len(letters) - 1) + 1):
        if letters[:size] in SYLLABLES:
            found += [f"{letters[:size]} {rest}" for rest in _cuts(letters[size:])]
    return tuple(found[:20])
