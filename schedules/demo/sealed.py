"""A few sealed reports, filed by the same function as on the page: enough of the last half-year for its figure to be told."""

from __future__ import annotations

import datetime as dt
import uuid

from django.utils import timezone

from contacts import conduct
from contacts.models import ConductAssignment, ConductReport
from schedules.demo.city import City

# Weeks before the day, or before the half-year that it lies in; what was said; the state that its reviewer brought it to.
_State = ConductReport.State
EARLIER = [
    (3, "接处警现场语气生硬，让报警人自己想办法，没有出具回执。", _State.FOUNDED),
    (6, "多次到辖区一家饭店用餐不结账，老板不好意思开口。", _State.FOUNDED),
    (9, "办理户口时要求重复提供材料，群众往返三次。", _State.UNFOUNDED),
    (12, "调解邻里纠纷时明显偏向其中一方，据说两人是同学。", _State.UNFOUNDED),
    (15, "警车长时间停放在住宅小区的消防通道上。", _State.PASSED_ON),
    (18, "值班时间在窗口玩手机，群众排队等候二十多分钟。", _State.CHECKING),
]
LATELY = [
    (1, "巡逻中与商户发生口角，当场推搡，围观群众较多。", _State.OPEN),
    (2, "向企业推荐指定的监控安装公司，称不装就难通过检查。", _State.CHECKING),
    (4, "群众求助后答应回电，一直没有回音。", _State.OPEN),
]
FOUND = {
    _State.CHECKING: "已调取相关时段记录，正在逐一核对。",
    _State.FOUNDED: "情况属实，已责成整改并反馈反映人。",
    _State.UNFOUNDED: "经核查，反映情况与事实不符，已向反映人说明。",
    _State.PASSED_ON: "不属警风警纪范围，已转有权处理的部门。",
}


def file(city: City, day: dt.date) -> None:
    half_year = dt.date(day.year, 1 if day.month <= 6 else 7, 1)
    dated = [(half_year, one) for one in EARLIER] + [(day, one) for one in LATELY]
    for number, (before, (weeks, text, state)) in enumerate(dated):
        station = city.stations[number % len(city.stations)]
        named, taker = city.officers[station.pk][-1], city.officers[city.stations[-1 - number % 2].pk][0]
        receipt = conduct.take_in(
            whom=f"{named.police_number} {named.name}",
            unit=station,
            text=text,
            source=f"警风警纪监督员，愿意当面说明，联系电话 1920099{number:04d}",
            told_on=before - dt.timedelta(weeks=weeks, days=2),
            submission=uuid.uuid4(),
            by=taker,
            day=before - dt.timedelta(weeks=weeks),
        )
        if state != _State.OPEN:
            _check(receipt, state, timezone.now())


def _check(receipt: str, state: str, now: dt.datetime) -> None:
    case = ConductReport.objects.get(number=receipt)
    reviewer = ConductAssignment.objects.open().get(report=case).reviewer
    conduct.open_report(case, reviewer=reviewer, reason="核查所反映的情况", now=now)
    conduct.note(case, text=FOUND[_State(state)], state=state, reviewer=reviewer, now=now)
