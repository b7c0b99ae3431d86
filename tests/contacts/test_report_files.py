"""Work reports as files: one for each person and one for each unit, resumable, never half-written, and only for those who may
have them."""

import datetime as dt
import io
import os
import zipfile
from collections.abc import Sequence

import pytest
from django.core.files.storage import default_storage
from django.urls import reverse

from contacts import file_making
from contacts.models import (
    Actor,
    AuditEntry,
    ContactRecord,
    ReportBatch,
    ReportCopy,
    ReportDelivery,
    WorkReport,
)
from contacts.work_reports import delivering, files, letters, shelf, writing
from tests import factories, pdf
from tests.base import sign_in
from tests.schedules.scenes import at

NOW = at("2026-11-18 10:30")
HALF = "2026-H2"
State = ReportBatch.State


@pytest.fixture(autouse=True)
def _a_folder_and_a_time(tmp_path, settings, time_machine):
    settings.MEDIA_ROOT = tmp_path
    time_machine.move_to(NOW, tick=False)


class PaperPress:
    """Takes no time, and counts what it is given."""

    printed: list[str] = []

    def set(self, copies: Sequence[ReportCopy]) -> "PaperPress":
        self.copies = copies
        return self

    def of(self, copy: ReportCopy) -> bytes:
        self.printed.append(copy.stakeholder.name)
        return f"{copy.stakeholder.name} {copy.version.number}".encode()

    def all(self) -> bytes:
        self.printed.append("all")
        return " ".join(copy.stakeholder.name for copy in self.copies).encode()


@pytest.fixture
def press(monkeypatch):
    monkeypatch.setattr(files, "Press", PaperPress)
    PaperPress.printed = []
    return PaperPress.printed


@pytest.fixture
def four(bureau):
    """Three people of the station, one of the county itself, all with a copy; and somebody elsewhere."""
    for name, unit in [("王芳", bureau.station), ("赵强", bureau.station), ("李娜", bureau.county)]:
        factories.seat(factories.stakeholder(name, unit))
    factories.seat(factories.stakeholder("钱红", bureau.other_station))
    bureau.report = factories.work_report(bureau, "issued", bureau.county)
    factories.work_report(bureau, "issued", bureau.other_county)
    return bureau


def order(bureau, unit=None, officer=None) -> ReportBatch:
    return files.order(unit or bureau.county, HALF, actor=Actor(officer or bureau.carl), now=NOW)


def made(bureau, *args) -> ReportBatch:
    batch = order(bureau, *args)
    files.make_what_is_due()
    batch.refresh_from_db()
    return batch


def stored(folder: str) -> list[str]:
    return shelf.listed(folder)


def entries(batch: ReportBatch) -> dict[str, bytes]:
    with zipfile.ZipFile(default_storage.open(batch.file)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def test_one_file_for_each_person_and_one_for_each_unit(four, press):
    batch = made(four)

    assert (batch.state, batch.done, batch.total, batch.stations) == (State.READY, 4, 4, 2)
    found = entries(batch)
    people = {
        name.rpartition("/")[2].split(" ")[1]: text
        for name, text in found.items()
        if " " in name and "L0" in name
    }
    assert people == {f"{name}.pdf": f"{name} 1".encode() for name in ("张伟", "王芳", "赵强", "李娜")}
    whole = [name for name in found if "L0" not in name]
    assert sorted(len(found[name].decode().split()) for name in whole) == [1, 3]
    assert all(name.startswith(("市局/江阴市局/", "江阴市局/澄江派出所/")) for name in found)
    assert sorted(press) == sorted(["all", "all", "张伟", "王芳", "赵强", "李娜"])


def test_making_files_meets_nothing(four, press):
    made(four)
    assert not ReportDelivery.objects.exists()
    assert not ContactRecord.objects.exists()


def test_asked_for_again_nothing_is_printed_twice(four, press):
    made(four)
    press.clear()
    assert made(four).state == State.READY
    assert made(four, four.bureau, four.carol).total == 5
    assert sorted(press) == ["all", "钱红"]


def test_a_batch_that_waits_is_not_ordered_twice(four, press):
    assert order(four) == order(four)


def killed_at(monkeypatch, person: str) -> None:
    """The worker dies when it comes to this person."""
    of = PaperPress.of

    def dies(self, copy):
        if copy.stakeholder.name == person:
            raise SystemExit
        return of(self, copy)

    monkeypatch.setattr(PaperPress, "of", dies)


def test_a_worker_that_is_killed_leaves_whole_files_and_the_next_makes_the_rest(
    four, press, monkeypatch, time_machine
):
    batch = order(four)
    with monkeypatch.context() as patched:
        killed_at(patched, "赵强")
        with pytest.raises(SystemExit):
            files.make_what_is_due()
    batch.refresh_from_db()
    assert (batch.state, batch.file, batch.done) == (State.MAKING, "", 3)
    assert press == ["李娜", "all", "王芳", "张伟"]
    assert not [
        name for folder in ("people", "units", "archives") for name in stored(folder) if shelf.DRAFT in name
    ]

    files.make_what_is_due()  # its lease is not over: it may be at work still
    assert len(press) == 4
    time_machine.move_to(NOW + file_making.LEASE, tick=False)
    files.make_what_is_due()
    batch.refresh_from_db()
    assert (batch.state, batch.done) == (State.READY, 4)
    assert press[4:] == ["赵强", "all"]
    assert len(entries(batch)) == 6


def test_one_at_which_the_worker_dies_every_time_is_given_up(four, press, monkeypatch, time_machine):
    batch = order(four)
    killed_at(monkeypatch, "张伟")
    for attempt in range(file_making.ATTEMPTS + 2):
        time_machine.move_to(NOW + attempt * file_making.LEASE, tick=False)
        try:
            files.make_what_is_due()
        except SystemExit:
            continue
    batch.refresh_from_db()
    assert batch.state == State.FAILED


def test_a_full_disk_leaves_no_half_file(four, press, monkeypatch):
    def full(*args):
        raise OSError(28, "No space left on device")

    order(four)
    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", full)
        files.make_what_is_due()
    assert not stored("people")


def test_whoever_slept_while_another_took_over_changes_nothing(four, press, time_machine):
    order(four)
    asleep = file_making.claim(ReportBatch, NOW)
    assert file_making.claim(ReportBatch, NOW) is None
    time_machine.move_to(NOW + file_making.LEASE, tick=False)
    files.make_what_is_due()
    with pytest.raises(file_making.Lost):
        files.make(asleep)
    assert ReportBatch.objects.get().state == State.READY
    assert len(stored("archives")) == 1


def test_a_later_version_makes_stale_files_anew_and_leaves_what_was_handed_over(four, press):
    made(four)
    record = ContactRecord(stakeholder=four.deputy, officer=four.alice, kind="report", occurred_at=NOW)
    delivering.deliver(
        ReportCopy.objects.get(stakeholder=four.deputy), record, method="post", actor=Actor(four.alice)
    )
    writing.write(four.report, text="More.", seen=1, actor=Actor(four.carl), now=NOW)
    factories.work_report(four, "issued", four.county)
    press.clear()

    batch = made(four)

    assert sorted(press) == sorted(["王芳", "赵强", "李娜", "all", "all"])
    found = entries(batch)
    texts = sorted(text.decode() for name, text in found.items() if "L0" in name)
    assert texts == sorted(["张伟 1", "王芳 2", "赵强 2", "李娜 2"])
    assert len(stored("people")) == 4  # the older ones are gone
    assert len(stored("units")) == 2


def test_whoever_lost_the_unit_meanwhile_gets_nothing(four, press):
    batch = order(four)
    four.carl.roles.update(ended_at=NOW)
    files.make_what_is_due()
    batch.refresh_from_db()
    assert batch.state == State.FAILED
    assert not stored("people")


def test_the_archive_goes_to_whoever_asked_and_stands_in_the_trail(four, press):
    batch = made(four)
    address = reverse("contacts:report-archive", args=[batch.pk])
    answer = sign_in(four.carl).get(address)
    assert zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))).testzip() is None
    assert AuditEntry.objects.filter(action="download report files", officer=four.carl).exists()
    for other in (four.carol, four.bob):
        assert sign_in(other).get(address).status_code == 404


def test_a_persons_file_goes_to_whoever_may_hand_it_over(four, press):
    copy = ReportCopy.objects.get(stakeholder=four.deputy)
    address = reverse("contacts:report-pdf", args=[copy.pk])
    assert sign_in(four.alice).get(address).url == copy.get_absolute_url()  # not made yet: print the page
    made(four)
    assert b"".join(sign_in(four.alice).get(address).streaming_content).decode() == "张伟 1"
    assert sign_in(four.dan).get(address).status_code == 404
    assert AuditEntry.objects.filter(action="download report", officer=four.alice).exists()


def test_old_files_go(four, press, time_machine):
    batch = made(four)
    for name in (*stored("people"), *stored("units"), *stored("archives")):
        path = default_storage.path(name)
        os.utime(path, (NOW.timestamp(), NOW.timestamp()))
    files.let_go(NOW + files.KEPT - dt.timedelta(hours=1))
    assert len(stored("archives")) == 1
    files.let_go(NOW + files.KEPT + dt.timedelta(hours=1))
    batch.refresh_from_db()
    assert (batch.state, stored("archives"), len(stored("people"))) == (State.REMOVED, [], 4)
    files.let_go(NOW + files.LETTERS_KEPT + dt.timedelta(days=1))
    assert not stored("people")
    assert not stored("units")


def test_the_page_shows_how_far_it_is(four, press):
    batch = order(four)
    ReportBatch.objects.filter(pk=batch.pk).update(state="making", done=3, total=4, leased_until=NOW)
    page = sign_in(four.carl).get(reverse("contacts:report-files")).content.decode()
    assert '<progress class="meter" value="3" max="4"' in page
    assert "3 of 4 people" in page


# --- real paper ----------------------------------------------------------------------------------------------


@pytest.mark.pdf
def test_each_letter_has_its_own_pages_and_what_that_person_said(four):
    told = factories.record(four.deputy, four.alice, at("2026-10-05 09:00"))
    factories.feedback(
        four.deputy, four.alice, dt.date(2026, 9, 1), text="学校门口需要信号灯。", state="answered", result="solved",
        answer="信号灯已经装好。", answered_on=told.occurred_on, answer_record=told,
    )  # fmt: skip
    writing.write(
        four.report,
        text="第一段。\n\n" + "今年下半年我们做了很多工作。" * 150,
        seen=1,
        actor=Actor(four.carl),
        now=NOW,
    )
    factories.work_report(four, "issued", four.county)
    wanted = WorkReport.objects.get(pk=four.report.pk).copies.filter(stakeholder__unit=four.station)
    copies = list(wanted.select_related(*files.NEEDED).order_by("stakeholder__pinyin"))

    sheets = letters.Press().set(copies)

    whole = pdf.pages(sheets.all())
    apart = [pdf.pages(sheets.of(copy)) for copy in copies]
    assert [page for page in whole if page] == [page for letter in apart for page in letter]
    for copy, letter in zip(copies, apart, strict=True):
        assert len(letter) >= 2
        assert copy.stakeholder.name in letter[0]
        assert "江阴市公安局" in letter[0]
        assert ["".join(page)[-1] for page in letter] == [str(number) for number in range(1, len(letter) + 1)]
        text = "".join(letter)
        assert "第一段。" in text
        assert ("信号灯已经装好。" in text) == (copy.stakeholder == four.deputy)


@pytest.mark.pdf
def test_the_worker_writes_pdfs(four):
    found = entries(made(four, four.station, four.bob))
    assert len(found) == 4
    assert all(content.startswith(b"%PDF-") for content in found.values())


def test_a_letter_fetches_nothing():
    with pytest.raises(ValueError, match="fetches nothing"):
        letters._refuse("https://example.org/x.png")


def test_issuing_says_what_a_copy_would_look_like(bureau):
    report = factories.work_report(bureau, "approved")
    page = sign_in(bureau.bob).get(reverse("contacts:report-issue", args=[report.pk])).content.decode()
    assert "1 person gets a copy." in page
    assert "张伟" in page
    assert not ReportCopy.objects.exists()
