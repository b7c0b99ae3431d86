"""Phone numbers as people write them, and as they are stored: E.164, the extension apart.

Whether a number is a mobile or a landline follows from the number, never from the column it stands in.
"""

import re
import unicodedata
from dataclasses import dataclass

import phonenumbers

MOBILE, LANDLINE = "mobile", "landline"
AREA = "0510"  # of a local number that names none
_LOCAL = r"[2-9]\d{7}"  # older numbers of seven digits no longer ring

_DASHES = re.compile(r"[‐‑‒–—―−－ー~]")
_AREA_IN_BRACKETS = re.compile(r"\(\s*(\+?86|0\d{2,3})\s*\)")
_EXTENSION_IN_BRACKETS = re.compile(r"\(\s*((?:[转轉]|分[机機]|ext\.?)\s*\d+)\s*\)", re.IGNORECASE)
_REMARK_IN_BRACKETS = re.compile(r"\([^()]*\)?")
_BETWEEN = re.compile(r"[/、,;|\r\n]|\s{2,}")
_EXTENSION = re.compile(r"^(.*?\d)[\s-]*(?:[转轉]|分[机機]|ext\.?|x)[\s:]*(\d{1,6})$", re.IGNORECASE)
_EXTENSION_AFTER_DASH = re.compile(r"^((?:0\d{2,3}[\s-]*)?\d{8})-(\d{1,6})$")
_COUNTRY = re.compile(r"^(?:\+|00)86[\s-]*")


@dataclass(frozen=True, slots=True)
class Phone:
    e164: str
    extension: str = ""
    kind: str = MOBILE
    raw: str = ""

    def __str__(self) -> str:
        return f"{self.e164};ext={self.extension}" if self.extension else self.e164


@dataclass(frozen=True)
class Cell:
    """What stood in one cell: the numbers, and the pieces that are none."""

    numbers: tuple[Phone, ...] = ()
    invalid: tuple[str, ...] = ()


def read(text: str, area: str = AREA) -> Cell:
    """All numbers of a cell: "13912345678/82705123转8012（秘书）"."""
    text = _DASHES.sub("-", unicodedata.normalize("NFKC", text)).strip()
    text = _AREA_IN_BRACKETS.sub(r"\1-", text)
    text = _EXTENSION_IN_BRACKETS.sub(r"\1", text)
    text = _REMARK_IN_BRACKETS.sub(" ", text).strip()
    numbers: dict[str, Phone] = {}
    invalid = []
    for piece in filter(None, (piece.strip(" '’‘`:\t") for piece in _BETWEEN.split(text))):
        phone = parse(piece, area)
        if phone:
            numbers.setdefault(str(phone), phone)
        elif piece.strip("-"):
            invalid.append(piece)
    return Cell(tuple(numbers.values()), tuple(invalid))


def parse(text: str, area: str = AREA) -> Phone | None:
    """One number, or None if it is none that could ring."""
    raw = text.strip()
    text = _DASHES.sub("-", unicodedata.normalize("NFKC", raw)).strip(" '-")
    extension = ""
    if found := _EXTENSION.match(text) or _EXTENSION_AFTER_DASH.match(_COUNTRY.sub("0", text)):
        text, extension = found.groups()
    digits = re.sub(r"[\s().-]", "", _COUNTRY.sub("", text))
    e164 = digits if digits.startswith("+") else _national(digits, area)
    if not e164 or not re.fullmatch(r"\+[0-9]{8,15}", e164):
        return None
    number = phonenumbers.parse(e164)
    if not phonenumbers.is_valid_number(number):
        return None
    kind = MOBILE if phonenumbers.number_type(number) == phonenumbers.PhoneNumberType.MOBILE else LANDLINE
    return Phone(e164, extension, kind, raw[:100])


def _national(digits: str, area: str) -> str | None:
    """A mainland number without its country code as E.164."""
    if not re.fullmatch(r"[0-9]+", digits):
        return None
    if re.fullmatch(r"86(1\d{10}|\d{2,3}\d{8})", digits) and len(digits) > 11:
        digits = digits[2:]
    if re.fullmatch(r"0?1[3-9]\d{9}", digits):
        return "+86" + digits[-11:]
    if re.fullmatch(_LOCAL, digits):
        digits = area + digits
    # Beijing and the 02x areas have the shorter code.
    landline = re.fullmatch(rf"0?((?:10|2\d|[3-9]\d\d){_LOCAL})", digits)
    return "+86" + landline[1] if landline else None


def shown(e164: str, extension: str = "") -> str:
    """As people write it: "139 1234 5678", "0510-8270 5123 转 8012"."""
    national = e164.removeprefix("+86")
    if national == e164:
        text = e164
    elif re.fullmatch(r"1[3-9]\d{9}", national):
        text = f"{national[:3]} {national[3:7]} {national[7:]}"
    else:
        text = f"0{national[:-8]}-{national[-8:-4]} {national[-4:]}"
    return f"{text} 转 {extension}" if extension else text


def masked(e164: str) -> str:
    """Enough to recognise, too little to dial: "139****5678", "0510-****5123"."""
    national = e164.removeprefix("+86")
    if re.fullmatch(r"1[3-9]\d{9}", national):
        return f"{national[:3]}****{national[-4:]}"
    return f"0{national[:-8]}-****{national[-4:]}" if national != e164 else f"{e164[:4]}****{e164[-3:]}"
