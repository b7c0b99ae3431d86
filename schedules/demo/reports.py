"""Half-year work reports: those of the last half-year handed over and appraised for the most part, those of this one as far as
they have come. What was handed over is what the history has as work reports."""

from __future__ import annotations

import datetime as dt
from random import Random

from contacts.half_years import HalfYear
from contacts.models import (
    Appraisal,
    ContactRecord,
    Officer,
    ReportCopy,
    ReportDelivery,
    ReportMeeting,
    ReportVersion,
    Unit,
    WorkReport,
)
from contacts.work_reports.covering import covered_by
from contacts.work_reports.issuing import copies_for
from schedules.demo.calendar import in_office, working_days
from schedules.demo.cast import cast
from schedules.demo.chance import chance
from schedules.demo.city import City

State = WorkReport.State
_METHODS = ReportDelivery.Method
TEXT = """{unit}坚持以人民为中心，忠诚履行职责，自觉接受人大代表、政协委员和社会各界的监督。现将{half_year}主要工作报告如下。

一、全力维护社会稳定。完成各类安保任务{guards}场次，排查化解矛盾纠纷{disputes}起，重点场所巡防见警率明显提高，辖区社会大局持续平稳。

二、严厉打击违法犯罪。刑事警情同比下降{less}%，破获电信网络诈骗案件{frauds}起，预警劝阻{warned}人次，返还群众被骗资金{money}万元。

三、加强交通和公共安全治理。整治事故多发路段{roads}处，会同街道优化校园周边护学岗{schools}个，道路交通事故起数同比下降{fewer}%。

四、用心办好民生实事。推行户籍、出入境窗口延时服务，上门办证{visits}次；社区民警走访群众{families}户，收集意见建议全部交办并逐条答复。

下一步，我们将继续紧盯代表委员和群众关心的问题，补短板、强弱项。恳请继续监督支持公安工作，提出宝贵意见。"""
REVISED = "五、存在的不足。老旧小区停车和夜间噪声问题反映仍较集中，部分社区警务力量不足，我们将逐项整改并向您报告进展。"
MOVED = "请补充存在的不足和下一步措施。"  # why the first version came back
PRESENT = 16  # at the meeting
# How far the units have come with this half-year's, the bureau first; the others have issued theirs.
SO_FAR = (State.SUBMITTED, State.DRAFT, State.APPROVED)


def write(city: City, start: dt.date, day: dt.date) -> tuple[int, int]:
    """How many reports, and how many copies."""
    now = HalfYear.containing(day)
    own = next(officer for work, officer in cast(day) if work == "county leader").unit
    counties = sorted(city.counties, key=lambda unit: unit == own)  # who signs in finds theirs issued
    units = [city.bureau, *counties]
    for period in (now.before, now):
        days = working_days(max(start, period.first), min(period.last, day - dt.timedelta(days=1)))
        if len(days) < 12:
            continue  # the half-year has hardly begun
        for number, unit in reversed(list(enumerate(units))):  # whoever is above covers what is left
            state = (
                SO_FAR[number]
                if period == now and number < min(len(SO_FAR), len(units) - 1)
                else State.ISSUED
            )
            _report(unit, period, state, city, days)
        _hand_over(period, days[-1])
    _hold_meeting(own, now.before, city)
    return WorkReport.objects.count(), ReportCopy.objects.count()


def _report(unit: Unit, period: HalfYear, state: str, city: City, days: list[dt.date]) -> None:
    """Begun a few days into the half-year, sent back once, approved and issued in the week after."""
    rng = chance("reports", period.key, unit.code)
    chief, *others = city.officers[unit.pk]
    author = city.staff["联络协调员"] if unit == city.bureau else others[-1]
    report = WorkReport.objects.create(unit=unit, half_year=period.key, submitted_by=author)
    text = _text(unit, period, rng)
    versions = [
        ReportVersion(report=report, number=1, text=text, author=author, at=in_office(days[2], rng)),
        ReportVersion(
            report=report, number=2, text=f"{text}\n\n{REVISED}", author=author, at=in_office(days[5], rng)
        ),
    ]
    if state == State.DRAFT:
        versions.pop()
        report.remark = MOVED
    ReportVersion.objects.bulk_create(versions)
    if state in {State.APPROVED, State.ISSUED}:
        report.approved, report.approved_by = versions[-1], chief
        report.approved_at = in_office(days[7], rng)
    if state == State.ISSUED:
        report.issued_at = in_office(days[9], rng)
        people = covered_by(report, days[9]).exclude(report_copies__half_year=period.key)
        made = copies_for(report, versions[-1], list(people.values_list("pk", flat=True)), days[9])
        ReportCopy.objects.bulk_create(made, batch_size=500)
    report.state = state
    report.save()


def _text(unit: Unit, period: HalfYear, rng: Random) -> str:
    numbers = {
        "guards": rng.randint(12, 90), "disputes": rng.randint(180, 1900), "less": rng.randint(3, 19),
        "frauds": rng.randint(20, 240), "warned": rng.randint(900, 9000), "money": rng.randint(60, 900),
        "roads": rng.randint(3, 28), "schools": rng.randint(8, 60), "fewer": rng.randint(2, 14),
        "visits": rng.randint(90, 900), "families": rng.randint(1200, 19000),
    }  # fmt: skip
    half = "上半年" if period.half == 1 else "下半年"
    return TEXT.format(unit=unit.name, half_year=f"{period.year}年{half}", **numbers)


def _hand_over(period: HalfYear, until: dt.date) -> None:
    """The first work report of the history after the copy was issued is where it was handed over."""
    rng = chance("deliveries", period.key)
    copies = {copy.stakeholder_id: copy for copy in ReportCopy.objects.filter(half_year=period.key)}
    records = ContactRecord.objects.reached().filter(
        kind="report", occurred_on__gte=period.first, occurred_on__lte=until
    )
    made: dict[int, ReportDelivery] = {}
    for record in records.order_by("occurred_at", "stakeholder__pinyin", "officer__police_number"):
        copy = copies.get(record.stakeholder_id)
        if copy and record.occurred_on >= copy.issued_on and copy.pk not in made:
            method = rng.choices([_METHODS.IN_PERSON, _METHODS.POST, _METHODS.EMAIL], [74, 18, 8])[0]
            appraisal = rng.choices([*Appraisal.values, ""], [70, 14, 2, 14])[0]
            made[copy.pk] = ReportDelivery(copy=copy, record=record, method=method, appraisal=appraisal)
    ReportDelivery.objects.bulk_create(made.values(), batch_size=500)


def _hold_meeting(unit: Unit, period: HalfYear, city: City) -> None:
    """The county's leader reported to some of those who had no copy in their hands yet."""
    report = WorkReport.objects.filter(unit=unit, half_year=period.key).first()
    if report is None:
        return
    waiting = report.copies.undelivered().order_by("stakeholder__street", "stakeholder__pinyin")
    present = list(waiting[:PRESENT])
    if not present:
        return
    rng, leader = chance("meeting", period.key), city.officers[unit.pk][0]
    day = working_days(period.last - dt.timedelta(days=20), period.last)[3]
    meeting = ReportMeeting.objects.create(
        report=report, unit=unit, held_on=day, place="三楼会议室", leader=leader, entered_by=city.officers[unit.pk][-1],
        entered_at=in_office(day, rng), satisfied=max(len(present) - 3, 0), basically=min(len(present), 2),
        said="与会代表、委员充分肯定公安工作，建议进一步加强老旧小区夜间巡逻和养犬管理。",
    )  # fmt: skip
    records = ContactRecord.objects.bulk_create(_attended(copy, leader, day, rng) for copy in present)
    ReportDelivery.objects.bulk_create(
        ReportDelivery(copy=copy, record=record, method=_METHODS.MEETING, meeting=meeting)
        for copy, record in zip(present, records, strict=True)
    )


def _attended(copy: ReportCopy, leader: Officer, day: dt.date, rng: Random) -> ContactRecord:
    at = in_office(day, rng)
    return ContactRecord(
        stakeholder_id=copy.stakeholder_id, officer=leader, recorded_by=leader, kind="report", occurred_at=at,
        occurred_on=day, recorded_at=at + dt.timedelta(minutes=40), summary="报告评议会：听取半年工作报告并评议。",
    )  # fmt: skip
