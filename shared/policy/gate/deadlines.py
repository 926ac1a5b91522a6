"""Deadlines in a text: 三个工作日内, 明天下午五点前, 本周五, 24小时内, 月底前, 国庆节前.

What is read needs no clock; when it is over is said for a `now` and a calendar.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Final, Literal
from zoneinfo import ZoneInfo

from shared.policy.gate.days import day_of
from shared.policy.gate.numerals import NUMBER, narrow, number
from shared.policy.gate.section import Calendar
from shared.policy.gate.workdays import after_working_days

Unit = Literal["minutes", "hours", "days", "working_days", "date"]
ZONE: Final = ZoneInfo("Asia/Shanghai")
LAST: Final = time(23, 59, 59)
_GIVING: Final = ("给您", "给你", "就给您", "给大家")
_LONGEST: Final = 3650
_LONG: Final = 30
"""Half a day more of so many is not counted."""
_SPANS: Final = {
    "工作日": (1, "working_days"), "上班日": (1, "working_days"), "刻钟": (15, "minutes"),
    "分钟": (1, "minutes"), "分": (1, "minutes"), "小时": (1, "hours"), "钟头": (1, "hours"),
    "h": (1, "hours"), "自然日": (1, "days"), "天": (1, "days"), "日": (1, "days"),
    "周": (7, "days"), "星期": (7, "days"), "礼拜": (7, "days"), "月": (30, "days"),
    "年": (365, "days"),
}  # fmt: skip
_SPAN: Final = re.compile(
    rf"(?P<ahead>(?:最多|最迟|最晚|最长|最快|不超过|不出|未来|今后|预计|大约|约|在|于|需要?|将|每隔?|再等|[给容等]我们|给我)*)\s*(?:这|接下来|接下来的)?"
    rf"(?:(?P<from>{NUMBER})\s*(?:个|天|日|小时)?\s*[-~—–至到]\s*)?"
    rf"(?<!第)(?P<count>{NUMBER})\s*(?P<piece>个)?(?P<half>半)?\s*(?:的)?(?:完整)?(?:法定)?(?P<unit>工作日|上班日|自然日|刻钟|分钟|小时|"
    r"钟头|天|日|周|星期|礼拜|月|年|[hH](?![a-zA-Z]))(?P<more>半)?"
    rf"(?:(?<=小时)(?P<extra>{NUMBER})\s*分钟?)?"
    r"(?P<tail>\s*(?:时间)?\s*(?:之内|以内|内|之后|以后|后|里|左右|(?=(?:就?[能会可]?(?:给|到账|送达|完成|办结|回复|答复|解决|修好|恢复|反馈|处理|寄|发))|就)))?"
)
_HOUR: Final = (
    r"(?P<hour>(?:2[0-4]|1\d|0?\d|二十[一二三四]?|十[一二三四五六七八九]?|[零一二两三四五六七八九]))"
    r"\s*(?:点钟?|时(?!间|候|刻|段)|:)\s*(?P<minute>[0-5]\d|半|一刻|三刻|整|[一二三四五]?十[一二三四五六七八九]?)?分?"
)
_PART: Final = r"凌晨|清晨|清早|早上|早晨|早间|上午|中午|正午|午前|午后|下午|傍晚|晚上|晚间|夜里|夜间|午夜|晚|早|夜"
_HOLIDAYS: Final = "(?:元旦|春节|元宵|清明|五一|劳动|端午|六一|儿童|中秋|国庆|十一|重阳|教师|七夕)(?:节|假期|长假|小长假)?"
_AFTER: Final = "(?:结束)?(?:后|之后|以后|过后)的?(?:上班)?(?:首个|第一个|第一)?(?:工作日|上班日|上班第一天|天)?"
_DAY: Final = (
    r"今天|今日|今儿|当天|当日|本日|今(?=[早晚晨夜]|上午|下午)|明天|明日|明儿|明(?=[早晚晨]|上午|下午)|次日|第二天|翌日|隔天|"
    r"大后天|后天|后日|下下周[一二三四五六日天末]?|下下个?星期[一二三四五六日天]?|"
    r"(?:本|这|下)?个?(?:周|星期|礼拜)[一二三四五六日天末]|(?:本|这|下)个?(?:周|星期|礼拜)(?:之?内|以内|底|末|中|初)?|周末|"
    rf"(?:(?:明|今|本)年|\d{{4}}年)?(?:{NUMBER})月(?:份)?(?:底|末|初|中旬|上旬|下旬|中|(?:{NUMBER})[日号])|"
    rf"(?:(?:明|今|本)年|\d{{4}}年)(?:{NUMBER})月(?:份)?(?=之?前|以前|内|之内)|(?:今年|明年|本年)?[上下]半年(?:内|底|之内)?|"
    rf"(?:(?:本|这|下|当|次)个?月|(?<![\d月]))(?:{NUMBER})[日号](?!内|以内|之内|线|楼|店|门|院|柜|窗|文|机|厅|馆|桌|地|仓|令|企|车|码|台|馆)|"
    r"(?:本|这|下|当|次)个?月(?:底|末|初|中旬|上旬|下旬|内|之内|以内|中)?|(?<!上)(?<!上个)(?:月底|月末|月中|月内)|"
    r"第?[一二三四]季度(?:末|底|内|之内)?|(?:本|这|下)个?季度(?:末|底|内|之内)?|季度末|"
    r"(?<![半百千十\d一二两三四五六七八九])(?:今|本|明)?年(?:底|末|内|前)|(?:今|明)年|"
    r"(?:(?:下|次|隔)(?:一)?个?|第一个)(?:工作日|上班日)|"
    rf"{_HOLIDAYS}(?:(?=之?前|以前|到来)|{_AFTER}|期间|假期内)|节前|放假(?=之?前|以前)|(?:节|年|假期|长假|放假){_AFTER}"
)
_FIRST: Final = "今明次第翌隔大后下本这周星礼当去元春清端五中国十重七六儿劳教节年月季早晚凌上正午傍夜收闭营零〇一二两三四八九百俩仨半将定拟假长放0123456789"
"""Characters with which a day or an hour begins: elsewhere nothing is tried."""
_POINT: Final = re.compile(
    rf"(?=[{_FIRST}])(?P<at>[将定拟]于)?(?P<day>{_DAY})?(?:的)?\s*(?P<part>{_PART})?\s*(?:{_HOUR})?"
    r"(?P<closing>下班|收班|闭馆|营业结束)?(?P<tail>之前|以前|前|之内|以内|内|之后|以后|后|左右)?"
)
_PARTS: Final = {
    "凌晨": 6, "清晨": 8, "清早": 8, "早": 9, "早上": 9, "早晨": 9, "早间": 9, "上午": 12,
    "午前": 12, "中午": 12, "正午": 12, "午后": 18, "下午": 18, "傍晚": 19,
}  # fmt: skip
_AFTERNOON: Final = ("下午", "午后", "傍晚", "晚", "夜", "午夜")
_NOON: Final = 12
_HALF_DAY: Final = timedelta(hours=12)
_TODAY: Final = ("今天", "今日", "今儿")
_NIGHT: Final = ("凌晨", "清晨", "清早", "早上", "早晨")
_MINUTES: Final = {"半": 30, "一刻": 15, "三刻": 45, "整": 0}


@dataclass(frozen=True, slots=True)
class Deadline:
    """A deadline as it stands at [start, end) of the text: an amount of a unit, or a day."""

    start: int
    end: int
    unit: Unit
    amount: float = 0
    day: str = ""
    part: str = ""
    hour: int | None = None
    minute: int = 0
    closing: bool = False
    named: bool = True
    """The day stands in the text; else today is meant."""

    def due(self, now: datetime, calendar: Calendar, zone: tzinfo = ZONE) -> datetime | None:
        """Return when it is over, by clocks in `zone`; None if the calendar does not know the day."""
        local = in_zone(now, zone)
        if self.unit in ("minutes", "hours"):
            return local + timedelta(**{self.unit: self.amount})
        if self.unit == "date":
            day = day_of(self.day, local.date(), calendar)
            return None if day is None else self._after(local, self._at(day, calendar, zone))
        if self.unit == "days":
            return _end(local.date() + timedelta(days=self.amount), zone)
        return _end(after_working_days(local.date(), round(self.amount), calendar), zone)

    def _after(self, now: datetime, due: datetime) -> datetime:
        """Of a bare hour of today that is over, the afternoon is meant, or the coming night."""
        if due >= now or self.hour is None or not self.day.startswith(_TODAY):
            return due
        if not self.part and self.hour == 0:
            return due + 2 * _HALF_DAY
        if not self.part and self.hour < _NOON and due + _HALF_DAY > now:
            return due + _HALF_DAY
        return due + 2 * _HALF_DAY if self.part in _NIGHT and not self.named else due

    def _at(self, day: date, calendar: Calendar, zone: tzinfo) -> datetime:
        if self.closing:
            return datetime.combine(day, time(calendar.day_ends), zone)
        if self.hour is not None:
            midnight = datetime.combine(day, time(), zone)
            return midnight + timedelta(hours=self.hour, minutes=self.minute)
        if (hour := _PARTS.get(self.part)) is not None:
            return datetime.combine(day, time(hour), zone)
        return _end(day, zone)


def in_zone(now: datetime, zone: tzinfo = ZONE) -> datetime:
    """Return the time as clocks show it there; one without a zone is meant so."""
    return now.astimezone(zone) if now.tzinfo else now.replace(tzinfo=zone)


def deadlines(text: str) -> Iterator[Deadline]:
    """Yield the deadlines of a text from left to right, none overlapping."""
    flat = narrow(text)
    found = sorted([*_spans(flat), *_points(flat)], key=lambda each: (each.start, -each.end))
    last = 0
    for each in found:
        if each.start >= last:
            yield each
            last = each.end


def _spans(flat: str) -> Iterator[Deadline]:
    for match in _SPAN.finditer(flat):
        meant = match["ahead"] or match["tail"] or flat.startswith(_GIVING, match.end())
        if meant and not _is_date(flat, match):
            factor, unit = _SPANS[match["unit"].lower()]
            count = number(match["count"]) + (0.5 if match["half"] or match["more"] else 0.0)
            count += number(match["extra"]) / 60 if match["extra"] else 0.0
            deadline = _whole(count * factor, unit, match)
            if deadline is not None:
                yield deadline


def _is_date(flat: str, match: re.Match[str]) -> bool:
    """Tell whether this is no length of time: 三天前, 3月, 10日上午, 2024年."""
    unit, after = match["unit"], flat[match.end() : match.end() + 2]
    if after.startswith(("前", "之前", "以前", "来")) or (not match["tail"] and unit == "分"):
        return True
    if unit in "日年":
        return not match["tail"]
    return unit == "月" and not match["piece"]


def _whole(amount: float, unit: str, match: re.Match[str]) -> Deadline | None:
    """Return it in whole numbers: 1.5 hours are 90 minutes, half a day 12 hours."""
    for smaller, bigger, factor in (("minutes", "hours", 60), ("hours", "days", 24)):
        if unit == bigger and amount % 1 and amount < _LONG:
            unit, amount = smaller, float(round(amount * factor))
    known: Unit = unit  # type: ignore[assignment]  # the table's words are those of Unit
    amount = amount if amount < _LONG else float(int(amount))
    if not 0 < amount <= _LONGEST:
        return None
    start = match.start("from") if match["from"] else match.start("count")
    return Deadline(start, match.end(), known, amount)


def _points(flat: str) -> Iterator[Deadline]:
    for match in _POINT.finditer(flat):
        timed = match["hour"] is not None or match["closing"] or match["part"]
        known = match["tail"] or (match["at"] and match["hour"] is not None)
        if not match["day"] and not (timed and known):
            continue
        yield Deadline(
            *match.span(),
            "date",
            day=(match["day"] or "今天") + (match["tail"] or ""),
            part=match["part"] or "",
            hour=_hour(match),
            minute=_minute(match["minute"] or ""),
            closing=bool(match["closing"]),
            named=bool(match["day"]),
        )


def _hour(match: re.Match[str]) -> int | None:
    if match["hour"] is None:
        return None
    hour = int(number(match["hour"]))
    late = (match["part"] or "").startswith(_AFTERNOON)
    return hour + _NOON if late and hour < _NOON else hour


def _minute(written: str) -> int:
    return _MINUTES[written] if written in _MINUTES else int(number(written or "0"))


def _end(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, LAST, zone)
