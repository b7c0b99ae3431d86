"""An applied import is taken back, as far as nobody touched since what it brought."""

import datetime as dt
import pytest
from django.utils import timezone
from contacts.imports import taking_back
from contacts.models import *
from tests.contacts.imports import wuxi

pytestmark = pytest.mark.django_db


def test_x(django_assert_num_queries):
    import time

    for name in wuxi.FILES:
        wuxi.import_file(wuxi.FOLDER / name)
    for batch in ImportBatch.objects.order_by("-pk"):
        t = time.time()
        found = taking_back.look(batch, actor=Actor(), now=timezone.now())
        t1 = time.time()
        found = taking_back.take_back(batch, actor=Actor(), reason="x", now=timezone.now())
        print(
            batch,
            len(found.restored),
            len(found.gone),
            len(found.kept),
            round(t1 - t, 2),
            round(time.time() - t1, 2),
            JournalLine.objects.filter(journal=batch.journal).count(),
        )
        for line in list(batch.journal.lines.filter(obstacle__isnull=False))[:3]:
            print(line.model, line.obstacle, line.after)
    assert 0
