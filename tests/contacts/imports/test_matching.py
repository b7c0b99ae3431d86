"""Who is who, by what two rows or records say of a person."""

from dataclasses import replace

import pytest

from contacts.imports.matching import ENOUGH
from contacts.traits import Traits

ONE = Traits(("+8613900000001",), (), "1965-03", "m", "江阴机械厂厂长", "澄江镇")


def traits(**changed: object) -> Traits:
    return replace(ONE, **changed)


OTHER_MOBILE = ("+8613900000002",)


@pytest.mark.parametrize(
    ("other", "means"),
    [
        (traits(), True),
        (traits(mobiles=OTHER_MOBILE), True),  # a new number
        (traits(birth="1966-04"), True),  # a corrected birth
        (traits(employer="无业", address=""), True),  # a new job
        (traits(mobiles=(), birth=""), True),  # a roster that says less
        (
            traits(mobiles=OTHER_MOBILE, employer="无业", address="周庄镇"),
            False,
        ),  # a namesake born in the same month
        (traits(mobiles=OTHER_MOBILE, birth="1970-01", employer="无业", address=""), False),
        (traits(birth="1990-01", employer="学生", address=""), False),  # a family that shares a number
        (traits(sex="f", birth=""), True),  # a corrected sex
        (traits(sex="f", birth="", employer="学生"), False),
    ],
)
def test_a_row_means_a_stored_seat_if_enough_agrees(other: Traits, means: bool) -> None:
    assert (ONE.agreement(other) >= ENOUGH) is means
    assert (other.agreement(ONE) >= ENOUGH) is means


@pytest.mark.parametrize(
    ("other", "flagged"),
    [
        (traits(birth="", employer=""), True),  # the same mobile
        (traits(mobiles=()), True),  # no number to compare
        (traits(mobiles=OTHER_MOBILE), False),  # "self-employed", born in the same month, another number
        (traits(mobiles=(), employer="无业"), False),
        (traits(mobiles=(), birth="1970-01"), False),
    ],
)
def test_people_of_one_name_are_pointed_out_by_their_mobile_or_by_birth_and_employer(
    other: Traits, flagged: bool
) -> None:
    assert ONE.may_be_same(other) is flagged
    assert other.may_be_same(ONE) is flagged


def test_a_switchboard_says_nothing() -> None:
    desk = ("+8651082000000",)
    assert not Traits(landlines=desk, birth="1965-03").may_be_same(Traits(landlines=desk, birth="1965-03"))
