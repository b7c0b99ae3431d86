"""Phone numbers as offices type them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contacts import phones


@pytest.mark.parametrize(
    ("cell", "numbers", "invalid"),
    [
        ("13912345678", ["+8613912345678"], []),
        ("139 1234 5678", ["+8613912345678"], []),
        ("139-1234-5678", ["+8613912345678"], []),
        ("１３９１２３４５６７８", ["+8613912345678"], []),
        ("+86 139 1234 5678", ["+8613912345678"], []),
        ("8613912345678", ["+8613912345678"], []),
        ("0086 139 1234 5678", ["+8613912345678"], []),
        ("013912345678", ["+8613912345678"], []),
        ("'13912345678", ["+8613912345678"], []),
        ("13912345678\N{NO-BREAK SPACE}", ["+8613912345678"], []),
        ("13912345678（秘书）", ["+8613912345678"], []),
        ("13912345678（短号665678）", ["+8613912345678"], []),
        ("82705123", ["+8651082705123"], []),
        ("86459865", ["+8651086459865"], []),  # a local number that begins like the country code
        ("051082705123", ["+8651082705123"], []),
        ("(0510)82705123", ["+8651082705123"], []),
        ("（0510）8270 5123", ["+8651082705123"], []),
        ("0510—82705123", ["+8651082705123"], []),
        ("+86-510-82705123", ["+8651082705123"], []),
        ("025-83456789", ["+862583456789"], []),
        ("010-82705123", ["+861082705123"], []),
        ("82705123转8012", ["+8651082705123;ext=8012"], []),
        ("0510-82705123-8012", ["+8651082705123;ext=8012"], []),
        ("+86-510-82705123-8012", ["+8651082705123;ext=8012"], []),
        ("82705123（转8012）", ["+8651082705123;ext=8012"], []),
        ("82705123 转 ８０１２", ["+8651082705123;ext=8012"], []),
        ("82705123分机8012", ["+8651082705123;ext=8012"], []),
        ("13912345678/82705123", ["+8613912345678", "+8651082705123"], []),
        ("13912345678、13812345678", ["+8613912345678", "+8613812345678"], []),
        ("13912345678；82705123", ["+8613912345678", "+8651082705123"], []),
        ("13912345678，13812345678", ["+8613912345678", "+8613812345678"], []),
        ("13912345678\n82705123", ["+8613912345678", "+8651082705123"], []),
        ("13912345678  82705123", ["+8613912345678", "+8651082705123"], []),
        ("13912345678/13912345678", ["+8613912345678"], []),
        ("+852 9123 4567", ["+85291234567"], []),  # a member from Hong Kong
        ("1391234567", [], ["1391234567"]),
        ("139123456789", [], ["139123456789"]),
        ("139O2345678", [], ["139O2345678"]),
        ("0510-2705123", [], ["0510-2705123"]),  # seven digits no longer ring
        ("82705123/5124", ["+8651082705123"], ["5124"]),
        ("13912345678/138123456", ["+8613912345678"], ["138123456"]),
        ("13912345678 13812345678", [], ["13912345678 13812345678"]),
        ("", [], []),
    ],
)
def test_it_reads_what_offices_type(cell: str, numbers: list[str], invalid: list[str]) -> None:
    found = phones.read(cell)
    assert ([str(number) for number in found.numbers], list(found.invalid)) == (numbers, invalid)


def test_the_number_tells_what_it_is_whatever_its_column() -> None:
    mobile, landline = phones.read("82705123/13912345678").numbers[::-1]
    assert (mobile.kind, landline.kind) == ("mobile", "landline")


@pytest.mark.parametrize(
    ("e164", "extension", "shown", "masked"),
    [
        ("+8613912345678", "", "139 1234 5678", "139****5678"),
        ("+8651082705123", "8012", "0510-8270 5123 转 8012", "0510-****5123"),
        ("+862583456789", "", "025-8345 6789", "025-****6789"),
        ("+85291234567", "", "+85291234567", "+852****567"),
    ],
)
def test_it_is_shown_as_people_write_it_and_masked_in_the_middle(
    e164: str, extension: str, shown: str, masked: str
) -> None:
    assert phones.shown(e164, extension) == shown
    assert phones.masked(e164) == masked


@settings(deadline=None)
@given(number=st.integers(13_000_000_000, 13_999_999_999) | st.integers(15_900_000_000, 15_999_999_999))
def test_what_is_shown_is_read_again(number: int) -> None:
    phone = phones.parse(str(number))
    assert phone
    assert phones.parse(phones.shown(phone.e164)).e164 == phone.e164


@settings(deadline=None)
@given(text=st.text(alphabet="0123456789+-()（）转分机ext/、 　\n'Ol١²", max_size=40) | st.text(max_size=30))
def test_nothing_that_stands_in_a_cell_breaks_it(text: str) -> None:
    found = phones.read(text)
    for phone in found.numbers:
        assert phones.parse(phone.e164).e164 == phone.e164
        assert len(phone.e164) <= 16
        assert len(phone.extension) <= 10
        assert len(phone.raw) <= 100
