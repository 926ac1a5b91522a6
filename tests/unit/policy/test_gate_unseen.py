"""What texts that nobody had seen taught the gate, one row a kind."""

from datetime import datetime

import pytest

from shared.policy.gate.check import gate
from shared.policy.gate.findings import GateContext
from shared.policy.gate.promises import promises
from shared.runtime.packs import read_pack
from shared.runtime.settings import default_policies_dir

PACK = read_pack(default_policies_dir(), "company")


def levels(text: str, **told: object) -> dict[str, str]:
    context = GateContext.model_validate({"situation": "complaint", "channel": "weibo", **told})
    return {each.category: each.level for each in gate(text, context, PACK).findings}


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("身份证 110105199003071234 已登记。", "personal_data"),
        ("经理电话一三八五六七八二三四一。", "personal_data"),
        ("他住在西园四区412楼1单元902。", "personal_data"),
        ("患者张建国，男，46岁，已出院。", "personal_data"),
        ("<客户姓名>您好，已收到。", "unfilled"),
        ("我们会在×月×日前答复。", "unfilled"),
        ("您反映的某某问题已收到。", "unfilled"),
    ],
)
def test_what_must_not_stand_in_a_reply(text: str, category: str) -> None:
    assert levels(text)[category] == "block"


@pytest.mark.parametrize(
    "text",
    [
        "伤者王某，男，已送医。",
        "患者张先生，男，已出院。",
        "学生张同学，女生宿舍的热水已恢复。",
        "经办编号110105199003071234已登记。",
        "今天是二〇二六年三月。",
    ],
)
def test_what_is_masked_or_nobodys_may(text: str) -> None:
    assert not levels(text).keys() & {"personal_data", "unfilled"}


def test_a_quotation_we_take_back_is_not_said() -> None:
    taken_back = "工作人员当时说了“这不归我们管”，这样答复是不对的。"
    assert "refusal" not in levels(taken_back)
    assert "uncertain" not in levels("您说的客服回复“可能是您自己弄坏的”，我们再查。")
    assert levels("“不归我们管”就是我们的答复。")["refusal"] == "block"


def test_another_name_makes_no_other_text() -> None:
    said = "您好，您反映的问题我们已经记录，会尽快安排同事跟进。"
    recent = [f"{name}{said}" for name in ("王先生", "赵女士", "尊敬的钱女士")]
    assert levels(f"李先生{said}", recent=recent) == {"copy_paste": "warn"}


def test_the_full_name_of_another_account_of_ours_is_enough() -> None:
    told = {"account": "城西商场", "other_accounts": ["", "城东医院"]}
    assert levels("您好，这里是城东医院，您的问题已受理。", **told) == {"wrong_account": "hold"}
    assert levels("您好，这里是城西商场，您的问题已受理。", **told) == {}


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("我们很牵挂您，愿意听您说。", False),
        ("我们很牵挂您，随时可以拨打 123 56。", True),
        ("我们很牵挂您，随时可以拨打１２３５６。", True),
    ],
)
def test_whoever_is_at_risk_is_told_where_help_is(text: str, kept: bool) -> None:  # noqa: FBT001
    found = levels(text, situation="self_harm")
    assert found == ({} if kept else {"help_line": "hold"})
    assert "help_line" not in levels(text)


def test_the_line_is_put_behind_the_text_and_a_pack_without_one_asks_for_none() -> None:
    text, at_risk = "我们很牵挂您。", GateContext(situation="self_harm")
    (found,) = gate(text, at_risk, PACK).findings
    assert (found.start, found.end) == (len(text), len(text))
    assert gate(text + (found.suggestion or ""), at_risk, PACK).passed
    assert gate(text, at_risk, PACK.model_copy(update={"help_line": ""})).passed
    by_name = PACK.model_copy(update={"help_line": "校心理中心"})
    assert not gate(text, at_risk, by_name).passed
    assert gate("校心理中心的门一直开着，我们很牵挂您。", at_risk, by_name).passed


@pytest.mark.parametrize(
    ("text", "now", "deadline"),
    [
        ("国庆后第一个工作日给您答复。", "2026-09-28T09:00", "2026-10-08T23:59:59"),
        ("节后给您答复。", "2026-04-30T09:00", "2026-05-06T23:59:59"),
        ("节后给您答复。", "2026-05-02T09:00", "2026-05-06T23:59:59"),
        ("年后给您答复。", "2026-02-10T09:00", "2026-02-24T23:59:59"),
        ("国庆期间给您答复。", "2026-09-28T09:00", "2026-10-07T23:59:59"),
        ("下个工作日给您答复。", "2026-03-13T16:00", "2026-03-16T23:59:59"),
        ("第一个工作日给您答复。", "2026-03-13T16:00", "2026-03-16T23:59:59"),
        ("第二季度内完成改造。", "2026-03-11T10:00", "2026-06-30T23:59:59"),
        ("第一季度内完成改造。", "2026-05-11T10:00", "2027-03-31T23:59:59"),
        ("周末前给您答复。", "2026-03-11T10:00", "2026-03-13T23:59:59"),
        ("半年内完成改造。", "2026-03-11T10:00", "2026-09-09T23:59:59"),
        ("今天三点前给您答复。", "2026-03-11T10:00", "2026-03-11T15:00:00"),
        ("凌晨两点前恢复供水。", "2026-03-11T22:00", "2026-03-12T02:00:00"),
        ("今天凌晨两点前恢复供水。", "2026-03-11T22:00", "2026-03-11T02:00:00"),
        ("今天三点前给您答复。", "2026-03-11T16:00", "2026-03-11T03:00:00"),
        ("零点前恢复通车。", "2026-03-11T10:00", "2026-03-12T00:00:00"),
        ("1小时30分钟内到达现场。", "2026-03-11T10:00", "2026-03-11T11:30:00"),
        ("明年三月前完工。", "2026-03-11T10:00", "2027-02-28T23:59:59"),
        ("上半年完成改造。", "2026-03-11T10:00", "2026-06-30T23:59:59"),
        ("放假前完成检修。", "2026-09-28T09:00", "2026-09-30T23:59:59"),
        ("傍晚前给您消息。", "2026-03-11T10:00", "2026-03-11T19:00:00"),
        ("将于16时30分召开发布会。", "2026-03-11T10:00", "2026-03-11T16:30:00"),
        ("每两小时更新一次进展。", "2026-03-11T10:00", "2026-03-11T12:00:00"),
        ("不超过3天给您结果。", "2026-03-11T10:00", "2026-03-14T23:59:59"),
    ],
)
def test_by_when_it_is_promised(text: str, now: str, deadline: str) -> None:
    read = promises(text, datetime.fromisoformat(now), PACK.gate.calendar)
    assert [each.deadline and each.deadline.replace(tzinfo=None).isoformat() for each in read] == [
        deadline
    ]


@pytest.mark.parametrize("text", ["0天内给您答复。", "五百年内给您答复。"])
def test_no_time_and_all_time_are_no_promise(text: str) -> None:
    assert promises(text, None, PACK.gate.calendar) == ()


def test_what_is_done_every_two_hours_is_how_a_house_works() -> None:
    assert promises("电梯每两小时消杀一次。", None, PACK.gate.calendar) == ()
