"""Promises in a text: what we say we shall do, and by when. Each opens a clock once it is sent.

What the customer is asked to do, what is done already, what we cannot do and opening hours are none.
"""

import re
from collections.abc import Iterator
from datetime import datetime, tzinfo
from functools import lru_cache
from typing import Final, NamedTuple

from shared.contracts.base import Frozen
from shared.policy.gate.deadlines import ZONE, Deadline, Unit, deadlines, in_zone
from shared.policy.gate.findings import GateContext, GateFinding, HistoryDigest
from shared.policy.gate.numerals import narrow
from shared.policy.gate.plain import Plain
from shared.policy.gate.same import Same
from shared.policy.gate.section import Calendar
from shared.policy.gate.workdays import is_known
from shared.policy.model import Pack

_REASON: Final = "这是承诺：发出后开始计时，请确认做得到"
_PAST: Final = "承诺的时间已经过去，请改一个做得到的时间"
_BY_WEEKENDS: Final = "{reason}；{year} 年的放假安排规则包里还没有，只按周末推算，请核对日期"
_DONE: Final = re.compile(
    r"已(?:经|于|在|将|被|为|由|向|完成|[^,，。;；]{0,6}$)|(?<!除)(?<!为)了$|刚刚|昨[天日晚]|前天|上周|上个?月|此前|之前已"
)
_DONE_VERB: Final = re.compile(r"了(?!就|会|再|马上|立即|立刻|第一时间|给|向|[您你]|以?后)")
_NOT: Final = re.compile(
    r"(?:无法|不能|不会|没法|没有办法|未能?|没有?|难以|来不及|不一定|不保证|暂不)[^,，。]{0,6}$"
)
_YOURS: Final = re.compile(
    r"(?:请(?:您|你|各位|大家|在|于|及时|尽快|务必|提前|先|留意|关注|携带|保持)?|烦请|麻烦(?:您|你)|需要?(?:您|你)|(?:您|你)(?:需|可|应|要|只需|须|也可|最好|"
    r"方便|能否|若|如|如果|是否|什么时候|有)|建议(?:您|你)|可以?(?:在|于|自|凭)?|均可|支持|欢迎|凭票|逾期|(?<!不)超过|如(?:果)?[^,，。]{0,6}(?:未|没)|"
    r"若[^,，。]{0,6}(?:未|没))[^,，。;；!！?？]{0,8}$|(?:您|你)$"
)
_OURS: Final = re.compile(
    r"我们|我方|本店|我店|我司|我院|我校|我局|我行|客服|专员|工作人员|专人|同事|将|一定|保证|承诺|会(?!员|议)|给您|向您|为您|帮您|预计|争取|确保"
)
_VERB: Final = re.compile(
    r"回复|回覆|答复|答覆|反馈|回电|回访|致电|去电|来电|打电话|联系|给(?:您|你|大家|出|到|你们|各位)|向(?:您|你|大家|社会|公众|各位)|"
    r"处理|解决|办妥|核实|核查|调查|查清|查明|查实|退款|退还|退回|原路|退(?:至|到|给|差价|钱|费|票)|到账|打款|发货|补(?:发|送|寄|办|种|上|齐|货|缴|录|课)|打(?:到|给|进)|送(?:检|审)|寄|送达|送到|送货|送来|配送|派送|上门|"
    r"维修|修复|修好|修理|恢复|抢修|抢通|完成|完工|整改|公布|公开|发布|通报|公示|说明|告知|告诉|通知|办结|办完|办好|办理|落实|安排|"
    r"更换|换(?:新|货|好|一)|赔付|补偿|赔偿|开通|开放|重开|上线|更新|提交|上报|转交|转给|出具|给出|拿出|出(?:台|结果|报告|炉|方案)|解封|解除|清理|清运|清除|清走|"
    r"拆除|安装|加装|装好|加固|补种|补上|补齐|补货|补缴|更正|下架|上架|召回|检测|检修|检查|排查|约谈|督促|对接|跟进|到位|"
    r"有(?:结果|答复|回复|消息|说法|进展|回音|结论)|结果|见面|拜访|送回|到货|发放|发出|发送|发到|发给|开具|邮寄|激活|审核|审完|受理|立案|供水|供电|供暖|来水|通水|"
    r"通电|通车|通气|停止|撤下|撤除|改(?:好|正|完|造|进)|道歉|回话|回音|交代|答案|方案|进展|移交|移走|搬走|关停|调整|增开|增设|增派|投入|施工|复查|复检|复核|"
    r"铺(?:设|好)|疏通|清淤|灭(?:虫|蚊)|消杀|除(?:草|臭)|修剪|换掉|划线|亮(?:灯|起来)|做(?:好|完|到)|搞定|弄好|结(?:清|束|案)|兑现|兑付|支付|返还|返现|返回|补(?:差|发|交|贴|休|课)|"
    r"入账|放款|下发|寄出|交付|交房|验收|申诉|录入|登记|注销|解绑|升级|上传|补录|答疑|解答|回应|对账|(?:召开|举行)[^,，。;；]{0,4}会|开门|开馆|复工|复课|复运|复航|送上|赶到|到场|到现场|到您|(?<=[后内前])到(?=$|[,，。!！])|发车|到达|抵达|前往|派人|派员|派出"
)
_TELLS: Final = re.compile(
    r"回复|回覆|答复|答覆|反馈|回电|回访|致电|去电|来电|打电话|联系|说明|告知|告诉|通知|公布|公开|发布|通报|公示|更新|"
    r"回话|回音|回应|解答|答疑|交代|答案|结果|进展|有(?:结果|答复|回复|消息|说法|进展|回音|结论)"
)
"""What is done by saying something; everything else has to be done first."""
_EVERY: Final = ("每", "每隔")
"""What is done again and again is how a house works; what is told so is owed the next time."""
_SOFT: Final = re.compile(r"尽可能|尽量|争取|力争|尽快|计划|预计|有望|如无意外|原则上")
_GUARANTEE: Final = re.compile(r"一定|保证|承诺|必定|包您|确保")
_SENTENCE_END: Final = re.compile(r"[。!！?？;；\n]")
_CLAUSE_END: Final = re.compile(r"[,，、。!！?？;；\n:：]")
_LONGEST_WHAT: Final = 24


class Promise(Frozen):
    """One promise at [start, end) of the text. `deadline` is known once somebody says the time."""

    what: str
    text: str
    start: int
    end: int
    amount: int | float | str | None
    unit: Unit
    deadline: datetime | None = None
    holidays_known: bool | None = None
    soft: bool = False
    """Said with 尽可能, 争取 and the like: it opens a clock, but binds nobody's word."""
    tells: bool = False
    """Kept by saying something: a further word in the matter is what was promised."""


def promises(
    text: str, now: datetime | None, calendar: Calendar, zone: tzinfo = ZONE
) -> tuple[Promise, ...]:
    """Return the promises of a text from left to right; days are those of clocks in `zone`."""
    return _read(text, now, Same(calendar), zone)


@lru_cache(maxsize=64)
def _read(
    text: str, now: datetime | None, calendar: Same[Calendar], zone: tzinfo
) -> tuple[Promise, ...]:
    """One text is asked about several times: by its check, and by whoever confirms and keeps it."""
    flat, day = narrow(text), _Day(now, calendar.it, zone)
    found = (_promise(text, flat, each, day) for each in deadlines(text))
    return tuple(each for each in found if each is not None)


def check_promises(
    text: Plain, context: GateContext, pack: Pack, history: HistoryDigest
) -> Iterator[GateFinding]:
    """Yield each promise as something to confirm; one whose time is over stays here."""
    del history
    for each in promises(text.original, context.now, pack.gate.calendar, pack.zone):
        if each.soft:
            continue
        due, now = each.deadline, context.now
        late = due is not None and now is not None and due < in_zone(now, pack.zone)
        yield GateFinding(
            category="promise",
            level="hold" if late else "warn",
            start=each.start,
            end=each.end,
            rules=(),
            reason=_PAST if late else _reason(each),
        )


def _reason(promise: Promise) -> str:
    """Say plainly where a day was counted without knowing the holidays of its year."""
    due = promise.deadline
    if due is None or not by_weekends(promise):
        return _REASON
    return _BY_WEEKENDS.format(reason=_REASON, year=due.year)


def by_weekends(promise: Promise) -> bool:
    """Tell whether working days were counted in a year whose holidays the pack does not name."""
    return promise.unit == "working_days" and promise.holidays_known is False


class _Day(NamedTuple):
    """From when, by which calendar and which clocks times are counted."""

    now: datetime | None
    calendar: Calendar
    zone: tzinfo


def _promise(text: str, flat: str, when: Deadline, day: _Day) -> Promise | None:
    first = max((m.end() for m in _SENTENCE_END.finditer(flat, 0, when.start)), default=0)
    ending = _SENTENCE_END.search(flat, when.end)
    last = ending.start() if ending else len(flat)
    verb = _verb(flat, first, last, when)
    if (
        verb is None
        or (flat[: when.start].endswith(_EVERY) and not _TELLS.match(flat, verb[0]))
        or flat[_clause_end(flat, verb[0], last) - 1] == "了"
        or _DONE_VERB.match(flat, verb[1])
        or _is_none_of_ours(flat, first, verb, when)
    ):
        return None
    start, end = min(when.start, verb[0]), max(when.end, verb[1])
    due = when.due(day.now, day.calendar, day.zone) if day.now is not None else None
    return Promise(
        what=text[verb[0] : _clause_end(flat, verb[0], last)][:_LONGEST_WHAT],
        text=text[start:end],
        start=start,
        end=end,
        amount=_amount(when, due),
        unit=when.unit,
        deadline=due,
        soft=bool(_SOFT.search(flat, first, last)),
        tells=bool(_TELLS.match(flat, verb[0])),
        holidays_known=None if due is None else is_known(due.date(), day.calendar),
    )


def _verb(flat: str, first: int, last: int, when: Deadline) -> tuple[int, int] | None:
    """Return what is promised: what follows the time if anything does, else what led to it."""
    if after := _VERB.search(flat, when.end, last):
        return after.span()
    before = list(_VERB.finditer(flat, first, when.start))
    if before:
        return before[-1].span()
    sure = _GUARANTEE.search(flat, first, last)
    return sure.span() if sure else None


def _is_none_of_ours(flat: str, first: int, verb: tuple[int, int], when: Deadline) -> bool:
    """Tell whether the customer is meant, or it is done already, or it will not be done."""
    start = max((m.end() for m in _CLAUSE_END.finditer(flat, first, when.start)), default=first)
    lead = flat[start : when.start]
    between = flat[when.end : verb[0]] if verb[0] >= when.end else ""
    ours = bool(_OURS.search(lead) or _OURS.search(between[-12:]))
    if _DONE.search(lead) or _DONE.search(between) or _NOT.search(between) or _NOT.search(lead):
        return True
    return bool(_YOURS.search(lead) or _YOURS.search(between)) and not ours


def _amount(when: Deadline, due: datetime | None) -> int | float | str | None:
    if when.unit == "date":
        return due.date().isoformat() if due else None
    return int(when.amount) if when.amount == int(when.amount) else when.amount


def _clause_end(flat: str, place: int, last: int) -> int:
    ending = _CLAUSE_END.search(flat, place, last)
    return ending.start() if ending else last
