"""A coordinator decides about two people who may be one, on a phone."""

import pytest

from contacts.models import Distinct, Merge, Pairing
from tests import factories
from tests.browser.accessibility import accessibility_problems, excess_width
from tests.browser.conftest import PHONE


@pytest.fixture
def pairs(bureau):
    """The deputy twice, with two officers; and another two who share a number."""
    twin = factories.stakeholder("张伟", bureau.station, mobile="+8613912345678", employer="村委会")
    factories.pairing(bureau.bob, twin)
    for _number in range(2):
        factories.stakeholder("王芳", bureau.station, mobile="+8613900000000")
    return twin


@pytest.mark.parametrize("script", [True, False], ids=["scripts", "no-scripts"])
def test_carl_merges_one_pair_and_keeps_the_next_apart(open_page, bureau, pairs, script):
    page = open_page("/overview/", officer=bureau.carl, size=PHONE, script=script)
    page.get_by_role("link", name="2 possible duplicates").click()
    page.get_by_role("link", name="Compare and decide 张伟").click()
    if script:
        assert accessibility_problems(page) + excess_width(page) == []
    page.get_by_label("Bob").check()
    page.get_by_label("村委会").check()
    page.get_by_role("button", name="The same person: merge").click()

    page.get_by_text("leads to 张伟 now").wait_for()
    page.get_by_role("button", name="Not the same").click()
    page.get_by_text("Nobody seems to be here twice.").wait_for()

    bureau.deputy.refresh_from_db()
    assert Merge.objects.get().survivor_number == bureau.deputy.pk
    assert bureau.deputy.employer == "村委会"
    assert Pairing.objects.get(ended_on=None).officer == bureau.bob
    assert Distinct.objects.count() == 1
