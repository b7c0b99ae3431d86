"""Our pages against the admin's over the same tables, with as many rows."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from contacts.models import Officer, Pairing, UnitRole
from tests.base import sign_in
from tests.benchmarks.timing import Failure, Result, compare

LISTS = [
    # what, ours, the admin's, target of the ratio
    ("list of people", "/people/", "/baseline/contacts/stakeholder/", 0.7),
    ("people, last page", "/people/?page=153", "/baseline/contacts/stakeholder/?p=153", 0.7),
    ("people, search by name", "/people/?q=王", "/baseline/contacts/stakeholder/?q=王", 0.7),
    ("people, sorted by unit", "/people/?sort=unit", "/baseline/contacts/stakeholder/?o=5", 0.7),
    ("list of pairings", "/pairings/", "/baseline/contacts/pairing/", 0.7),
    ("list of contacts", "/contacts/", "/baseline/contacts/contactrecord/", 0.7),
    ("list of feedback", "/feedback/", "/baseline/contacts/feedback/", 0.7),
]


def coordinator() -> Officer:
    role = UnitRole.objects.in_force().select_related("officer").get(role="coordinator", unit__parent=None)
    return role.officer


def busiest_pairing() -> Pairing:
    """A person of ordinary history, whom somebody holds."""
    return Pairing.objects.filter(ended_on=None).select_related("officer").order_by("pk")[200]


def pages() -> Iterator[Result | Failure]:
    client = sign_in(coordinator())
    for name, ours, baseline, target in LISTS:
        yield compare_pages(name, client, ours, client, baseline, target)
    pairing = busiest_pairing()
    person, officer = pairing.stakeholder_id, sign_in(pairing.officer)
    admins = f"/baseline/contacts/stakeholder/{person}/change/"
    yield compare_pages("page of a person", officer, f"/people/{person}/", client, admins, 0.8)
    yield compare_pages(
        "worklist of an officer", officer, "/", client, "/baseline/contacts/stakeholder/", 0.7
    )


def compare_pages(
    name: str, ours: Client, our_page: str, theirs: Client, their_page: str, target: float
) -> Result | Failure:
    try:
        with CaptureQueriesContext(connection) as queries:
            size = len(fetch(ours, our_page))
        note = f"{len(queries)} queries, {size / 1024:.0f} KB"
        return compare(
            name, lambda: fetch(ours, our_page), lambda: fetch(theirs, their_page), target=target, note=note
        )
    except NotAnswered as error:
        return Failure(name, str(error))


class NotAnswered(Exception):
    pass


def fetch(client: Client, page: str) -> bytes:
    client.raise_request_exception = False
    answer = client.get(page)
    if answer.status_code == 302:
        answer = client.get(answer["Location"])
    if answer.status_code != 200:
        raise NotAnswered(f"{page} answers {answer.status_code}")
    return b"".join(answer.streaming_content) if answer.streaming else answer.content
