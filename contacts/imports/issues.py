"""What can be wrong with a file or a row, in words: each sentence says what was found and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

# The whole file is refused.
FILE = {
    "empty_file": _("The file is empty. Choose the file again, or save it again in the spreadsheet program."),
    "damaged": _("The file is damaged or was cut off on its way. Save it again as .xlsx and upload that."),
    "not_a_workbook": _("This is neither a workbook (.xlsx, .xls) nor a text table (.csv). Save the roster as .xlsx."),
    "macros": _("The workbook holds macros. Save it as .xlsx without macros and upload that."),
    "password": _("The workbook is protected by a password. Save it without one and upload that."),
    "entities": _("The workbook holds XML that no spreadsheet program writes, so it was not opened. Copy the rows into a new workbook."),
    "far_cell": _("A cell far outside the table is filled in, perhaps with a blank. Copy the table into a new workbook."),
    "too_large": _("The file is too large to be opened safely. Copy the rows into a new workbook, or split it."),
    "too_many_rows": _("The file has %(rows)s rows; at most %(limit)s can be imported at once. Split it into several files."),
    "no_rows": _("The file has a header and no rows below it, so there is nothing to import."),
    "encoding": _("The letters of this file could not be read. Save it as .xlsx, or as csv in UTF-8."),
    "no_header": _("No row with the expected headers was found, such as %(headers)s. Check that this is the right file."),
    "not_allowed": _("You may not import this kind of list."),
    "too_deep": _("The tree would be too deep: at most ten levels. Choose a unit further up."),
    "wrong_suffix": _("Only .xlsx, .xls, .csv, .tsv and .txt can be imported. Save the roster as .xlsx."),
    "file_gone": _("The file is no longer kept here. Upload it again."),
    "interrupted": _("The work on this file was interrupted, nothing was changed, and it was given up. Upload the file again; if that does not help, tell the administrator."),
}  # fmt: skip

# The row is not imported.
ERRORS = {
    "name_missing": _("The name is missing. Fill it in and import the file again."),
    "level_unknown": _("“%(value)s” is no level. Write 省, 市, 区(县) or 乡镇街道."),
    "category_unknown": _("“%(value)s” is neither deputy nor member. Write 人大代表 or 政协委员."),
    "text_too_long": _("The text has more than %(limit)s characters. Shorten it."),
    "code_missing": _("The unit's code is missing or longer than 12 characters. Fill it in."),
    "kind_unknown": _("“%(value)s” is not known here. Write one of: %(known)s."),
    "parent_unknown": _("The unit above, “%(value)s”, exists neither here nor in the file. Correct its code."),
    "root_exists": _("Only the municipal bureau has no unit above it. Fill in the code of the unit above."),
    "number_invalid": _("“%(value)s” is no police number. It has six digits."),
    "unit_missing": _("The unit “%(value)s” is not known, and an officer needs one. Correct it, or import the units first."),
    "officer_not_found": _("No officer has the police number “%(value)s”. Correct it, or import the officers first."),
    "stakeholder_not_found": _("Nobody here is “%(value)s”. Write the person's number (L000123) or name/mobile."),
    "stakeholder_ambiguous": _("Several people are “%(value)s”. Write the person's number (L000123)."),
    "day_invalid": _("“%(value)s” is no day. Write it as 2026-03-31."),
    "instant_invalid": _("“%(value)s” is no day and time. Write it as 2026-03-31 14:30."),
    "period_reversed": _("The end is before the start. Correct one of them."),
    "pairing_overlaps": _("Another pairing of this person covers %(value)s. End that one first, or correct the days."),
    "unit_out_of_reach": _("This row belongs to %(value)s, which you do not coordinate. Leave it to whoever does."),
    "certificate_taken": _("Certificate %(value)s belongs to somebody else. Check the number."),
    "no_bureau": _("There are no units yet. Import the units first."),
    "unit_closed": _("The unit “%(value)s” is closed and stays as it was. Leave the row out."),
    "parent_closed": _("The unit above, “%(value)s”, is closed. Fill in the code of a unit that is open."),
    "parent_below": _("“%(value)s” would hang below itself. Correct the code of the unit above."),
    "root_stays": _("“%(value)s” stands above all others and stays there. Leave the code of the unit above empty."),
    "changed_since": _("“%(value)s” has changed after that day already, and what is past is not written anew. Leave the row out."),
    "other_kind": _("“%(value)s” has no seat in this body; the term of %(wanted)s is being turned. Leave the row out, or turn that body by itself."),
    "other_level": _("“%(value)s” is another level; the term of %(wanted)s is being turned. Leave the row out, or turn that body by itself."),
    "other_body": _("“%(value)s” is another body than %(wanted)s. Leave the row out, or turn that body by itself."),
    "outside_unit": _("This row belongs to %(value)s, outside %(wanted)s. Correct its officer or address, or leave it out."),
}  # fmt: skip

# The row is imported, without what could not be read, and somebody should look at it.
WARNINGS = {
    "phone_invalid": _("“%(value)s” is no phone number that could ring and was left out. Ask for the right one."),
    "email_invalid": _("“%(value)s” is no e-mail address and was left out."),
    "birth_ambiguous": _("%(value)s can be January or October; only the year was kept. Write it as text, 1965.01 or 1965.10."),
    "birth_year_only": _("“%(value)s” gives only the year of birth."),
    "birth_invalid": _("“%(value)s” is no month of birth and was left out. Write it as 1965.03."),
    "term_reversed": _("The term “%(value)s” ends before it begins and was left out. Correct it."),
    "term_invalid": _("The term “%(value)s” could not be read and was left out. Write it as 2008.1-2013.1."),
    "other_term": _("The row says term %(value)s; it was taken for term %(wanted)s. Check that this is the right file."),
    "term_ended": _("The term “%(value)s” is over. Check whether the person still belongs in the roster."),
    "appointed_invalid": _("“%(value)s” is no day and was left out. Write it as 2008-05-08."),
    "officer_unknown": _("No officer has the police number “%(value)s”, so nobody is paired. Correct it, or pair the person here."),
    "pairing_conflict": _("The officer does not serve in “%(value)s”. The officer's own unit was taken; check which of the two is meant."),
    "officer_inactive": _("The account of officer %(value)s is switched off, so the officer named here was left out."),
    "pairing_later": _("A pairing of this person begins after %(value)s, so the officer named here was left out."),
    "unit_unknown": _("The unit “%(value)s” is not known and was left out. Correct its name."),
    "unit_merged": _("The unit “%(value)s” is closed; %(unit)s, which it became part of, was taken instead."),
    "no_phone": _("There is no phone number that could ring. Ask for one."),
    "unpaired": _("No officer is named. Pair the person, or have one proposed."),
    "renews": _("The appointment under this certificate ended on %(value)s; this was taken for its next term, and that one stays."),
    "typed_twice": _("This appointment stands in %(value)s already, under the same certificate number; it was taken once."),
    "possible_duplicate": _("This may be the same person as %(value)s. Nothing was merged; decide it among the possible duplicates."),
    "footer_total_differs": _("The total says %(value)s, but the sheet has %(rows)s rows. Check whether rows are missing."),
    "column_unread": _("The column “%(value)s” was not read. If it matters, say what it means on the page of the import."),
    "instant_future": _("%(value)s has not come yet. The contact counts from then on; check the day."),
}  # fmt: skip

# What a remark is called where many are counted.
TITLES = {
    "name_missing": _("no name"), "level_unknown": _("unknown level"), "category_unknown": _("neither deputy nor member"),
    "text_too_long": _("text too long"), "code_missing": _("no unit code"), "kind_unknown": _("unknown word"),
    "parent_unknown": _("unknown unit above"), "root_exists": _("no unit above"), "number_invalid": _("no police number"),
    "unit_missing": _("unknown unit of an officer"), "officer_not_found": _("unknown officer"),
    "stakeholder_not_found": _("unknown person"), "stakeholder_ambiguous": _("several people"), "day_invalid": _("no day"),
    "instant_invalid": _("no day and time"), "period_reversed": _("ends before it starts"),
    "pairing_overlaps": _("pairings overlap"), "unit_out_of_reach": _("another coordinator's unit"),
    "certificate_taken": _("somebody else's certificate"), "no_bureau": _("no units yet"),
    "unit_closed": _("closed unit"), "parent_closed": _("unit above is closed"),
    "parent_below": _("hangs below itself"), "root_stays": _("stands above all others"),
    "changed_since": _("changed since"), "unit_merged": _("merged unit"),
    "other_kind": _("another kind of seat"), "other_level": _("another level"), "other_body": _("another body"),
    "outside_unit": _("outside the unit"),
    "phone_invalid": _("number that can not ring"), "email_invalid": _("no e-mail address"),
    "birth_ambiguous": _("January or October"), "birth_year_only": _("only the year of birth"),
    "birth_invalid": _("no month of birth"), "term_reversed": _("term ends before it begins"),
    "term_invalid": _("unreadable term"), "term_ended": _("term is over"), "other_term": _("another term"), "appointed_invalid": _("no day of appointment"),
    "officer_unknown": _("unknown officer, not paired"), "pairing_conflict": _("officer of another unit"),
    "pairing_later": _("a later pairing exists"), "officer_inactive": _("officer is switched off"), "unit_unknown": _("unknown unit"), "no_phone": _("no phone number"),
    "unpaired": _("no officer named"), "renews": _("next term of an appointment"), "typed_twice": _("typed twice"), "possible_duplicate": _("may be the same person"),
    "footer_total_differs": _("total differs"), "column_unread": _("column not read"),
    "instant_future": _("has not come yet"),
}  # fmt: skip

MESSAGES = {**FILE, **ERRORS, **WARNINGS}


@dataclass(frozen=True, slots=True)
class Issue:
    """One remark on one cell of a row. `column` is the field's header in the roster, `value` what stood there; `more`
    fills in the sentence, and with `row` and `sheet` points at another row."""

    code: str
    column: str | None = None
    value: str = ""
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def is_error(self) -> bool:
        return self.code in ERRORS

    @property
    def message(self) -> str:
        return MESSAGES[self.code] % {
            **self.more,
            "value": place(**self.more) if "row" in self.more else shortened(self.value),
        }

    def as_json(self) -> dict[str, Any]:
        return {"code": self.code, "column": self.column, "value": shortened(self.value), **self.more}

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Issue:
        more = dict(stored)
        return cls(more.pop("code"), more.pop("column"), more.pop("value"), more)


class Refused(Exception):
    """The whole file is refused."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code, self.params = code, params

    @property
    def message(self) -> str:
        return FILE[self.code] % self.params


def place(row: int, sheet: str | None) -> str:
    """Where another row stands."""
    if sheet is None:
        return _("row %(row)s") % {"row": row}
    return _("row %(row)s of sheet %(sheet)s") % {"row": row, "sheet": sheet}


def shortened(value: str) -> str:
    return value if len(value) <= 80 else value[:79] + "…"
