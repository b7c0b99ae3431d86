"""Who may see and do what, asked in the one place."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied

from contacts.access import Deed
from contacts.models import Officer, Stakeholder, UnitRole
from tests import factories

SEES_THE_DEPUTY = {"alice", "bob", "carol", "carl", "lea", "lin"}
EVERYBODY = ["alice", "bob", "carol", "carl", "dan", "lea", "lin", "sue", "sam", "ann", "rita"]


def again(officer: Officer) -> Officer:
    """The officer as the next request reads them."""
    return Officer.objects.get(pk=officer.pk)


@pytest.mark.parametrize("name", EVERYBODY)
def test_a_row_outside_ones_reach_does_not_exist(bureau, name):
    visible = Stakeholder.objects.visible_to(getattr(bureau, name)).filter(pk=bureau.deputy.pk)

    assert visible.exists() == (name in SEES_THE_DEPUTY)


@pytest.mark.parametrize(
    ("deed", "names"),
    [
        (Deed.SEE_NUMBERS, {"alice", "carol", "carl"}),
        (Deed.REVEAL, {"alice", "bob", "carol", "carl"}),
        (Deed.EDIT_ROSTER, {"carol", "carl"}),
        (Deed.LOG, {"alice", "bob", "carol", "carl"}),
        (Deed.PAIR, {"bob", "carol", "carl", "lin"}),
        (Deed.WAIVE, {"bob", "carol", "carl", "lin"}),
        (Deed.RECOUNT, {"carol", "carl"}),
        (Deed.CONFIGURE, {"carol"}),
        (Deed.MANAGE_ACCOUNTS, {"sue"}),
        (Deed.APPROVE_ROLE, {"sam"}),
        (Deed.READ_AUDIT, {"ann"}),
    ],
)
def test_the_matrix_decides_a_deed_on_a_row(bureau, deed, names):
    allowed = {name for name in EVERYBODY if getattr(bureau, name).rights.may(deed, bureau.deputy)}

    assert allowed == names


def test_a_leader_is_an_officer_on_the_pairings_they_hold(bureau):
    own = factories.stakeholder("李娜", bureau.bureau)
    factories.pairing(bureau.lea, own)

    assert bureau.lea.rights.may(Deed.SEE_NUMBERS, own)
    assert not bureau.lea.rights.may(Deed.SEE_NUMBERS, bureau.deputy)


def test_a_pairing_that_ended_gives_no_access(bureau):
    pairing = bureau.deputy.pairings.get()
    pairing.ended_on = dt.date(2026, 1, 31)
    pairing.save()
    bureau.deputy.unit = bureau.other_station
    bureau.deputy.save()

    assert not Stakeholder.objects.visible_to(bureau.alice).exists()


def test_a_proposed_role_gives_nothing_until_it_is_approved(bureau):
    UnitRole.objects.create(
        officer=bureau.dan, unit=bureau.bureau, role="coordinator", proposed_by=bureau.sue
    )

    assert not again(bureau.dan).rights.may(Deed.IMPORT)


def test_an_officer_who_is_switched_off_may_nothing(bureau):
    bureau.carol.is_active = False
    bureau.carol.save()

    assert not any(again(bureau.carol).rights.may(deed) for deed in Deed)


def test_demand_raises_where_the_right_is_missing(bureau):
    with pytest.raises(PermissionDenied):
        bureau.alice.rights.demand(Deed.IMPORT)


def test_asking_for_a_right_without_a_row_takes_no_query(bureau, django_assert_num_queries):
    alice = again(bureau.alice)
    with django_assert_num_queries(1):  # the roles, once
        assert alice.rights.can["log"]
        assert not alice.rights.may(Deed.IMPORT)
