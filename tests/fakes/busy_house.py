"""The sample house on a busy day: texts that wait for approval, frozen plans, a past, a stream."""

from datetime import datetime, timedelta

from services.respond.core.aggregates import Plans, Reply
from services.respond.core.chronicle import Chronicle, Told
from services.respond.core.flow import Flow, Hold
from services.respond.core.plan import Decided
from services.respond.core.unsigned import Signatures, Unsigned
from shared.contracts.verdicts import Label
from shared.policy.gate.findings import GateFinding
from tests.fakes.read_model import House
from tests.fakes.stream import seen


def fill(house: House, now: datetime) -> None:
    """Let all of it be there at once."""
    _wait(house, "case1042", "anybody", now - timedelta(minutes=4))
    _wait(house, "case1043", "another", now - timedelta(minutes=40))
    _hold(house, "case1041")
    _freeze(house, now)
    house.remembered = Chronicle(told=_past(now))
    house.streamed = (
        seen("s1", "加微信领红包，日入过千，名额有限", "spam"),
        seen("b1", ""),
        seen("a1", "你们都是废物，去死吧", "abuse"),
        seen("k1", "蛋糕发霉了没人管", "complaint", case_id="case1042"),
    )


def _wait(house: House, case_id: str, post: str, since: datetime) -> None:
    finding = GateFinding(
        category="cold", level="warn", start=0, end=2, rules=("HB-1",), reason="开头生硬"
    )
    reply = Reply(
        slot="answer",
        item_id=house.cases[case_id].items[-1].item_id,
        revision=1,
        text="您好，您反映的蛋糕问题我们已经登记，正在核实。",
        author_id="chen" if post == "anybody" else "zhou",
        status="submitted",
        findings=(finding,),
        awaits=(post,),
    )
    house.cases[case_id] = house.cases[case_id].model_copy(update={"replies": (reply,)})
    fresh = Unsigned(
        case_id=case_id,
        account_id="plaza",
        slot="answer",
        revision=1,
        post=post,
        author_id=reply.author_id,
        since=since,
    )
    house.unsigned = Signatures(waits=(*house.unsigned.waits, fresh))


def _hold(house: House, case_id: str) -> None:
    hold = Hold(policy="hold_and_escalate", to="值班", rule="r")
    held = {"labels": (Label.RUMOUR,), "flow": Flow(queue="值班", hold=hold)}
    house.cases[case_id] = house.cases[case_id].model_copy(update=held)


def _freeze(house: House, now: datetime) -> None:
    plan = house.planned.plans[0]
    decided = Decided(by="lin", at=now, reason="门店突发事件，先停一停")
    frozen = plan.model_copy(update={"frozen": decided})
    free = plan.model_copy(
        update={"plan_id": "p2", "text": "节日营业时间公告", "unfrozen": decided}
    )
    house.planned = Plans(plans=(frozen, free), frozen=decided)


def _past(now: datetime) -> tuple[Told, ...]:
    first = {"matter": "蛋糕", "text": "涉事蛋糕已下架。", "must_say": "下架"}
    second = first | {"text": "涉事批次蛋糕已全部下架，正在检测。"}
    known = {"what": "position", "name": "cake", "at": now - timedelta(hours=3)}
    rows: tuple[dict[str, object], ...] = (
        {**known, "act": "proposed", "by": "zhou", "says": first},
        {**known, "act": "in_force", "by": "lin", "says": first},
        {**known, "act": "proposed", "by": "zhou", "says": second},
        {
            "what": "ban",
            "name": "b1",
            "at": now,
            "act": "lifted",
            "by": "lin",
            "why": "检测报告已公布",
            "says": {"text": "检测报告"},
        },
    )
    return tuple(Told.model_validate(each) for each in rows)
