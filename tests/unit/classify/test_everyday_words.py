"""What people write in a word or two all day long is no matter for anybody at night."""

import pytest

from services.classify.adapters.engine import Classifier
from shared.contracts.verdicts import Label
from shared.runtime.text_tables import load_tables

SHIPPED = Classifier.load(None, load_tables())
HARMLESS = {Label.OTHER, Label.PRAISE, Label.QUESTION}
REMARKS = [
    "今天天气真好",
    "今天天气真好，出来逛街",
    "打卡",
    "好看",
    "周末愉快",
    "早上好",
    "哈哈哈",
    "好的",
    "来了",
    "收到",
    "嗯",
    "支持",
    "顶",
    "晚安",
    "加油",
    "谢谢",
    "谢谢分享",
    "生日快乐",
    "我也想去",
    "真的吗",
    "一起去吧",
    "太美了",
    "想吃",
    "路过",
    "学习了",
    "赞",
    "@小王_看这个",
    "周五见",
    "我也想去看看",
    "周末一起去吧",
    "这个真的好看",
    "终于等到你了",
    "想吃火锅了",
    "今晚不见不散",
    "小编辛苦了早点休息",
    "好久没去了有点想念",
    "带上孩子去打卡",
    "哈哈哈哈笑死我了",
    "这家店我经常去",
    "楼上说得对",
    "等一个开奖",
    "求一张票",
    "看着就很有食欲",
    "明天要下雨了",
    "我家就在旁边",
    "抢到了抢到了",
    "下班就冲",
    "今天又是元气满满的一天",
    "一觉睡到自然醒",
    "走走停停看风景",
    "我想静静",
    "好困啊想睡觉",
    "太好吃了吧",
    "希望明天是晴天",
    "来年再见",
    "和闺蜜一起来的",
    "这个颜色绝了",
    "祝大家节日快乐",
    "我要去我要去",
    "第一次来这里",
    "等我放假",
    "有一起的吗",
    "人山人海",
    "坐等更新",
    "已经下单了",
    "说走就走",
    "妈妈说好看",
    "夜景真美",
]
ASKED = 12
"""So many of them may go to a person; more, and nobody would look any more."""


@pytest.mark.parametrize("remark", [each.replace("_", " ") for each in REMARKS])
def test_it_is_decided_to_be_none(remark: str) -> None:
    [verdict] = SHIPPED.judge([remark])
    assert set(verdict.decided) <= HARMLESS


def test_few_of_them_need_a_person() -> None:
    verdicts = SHIPPED.judge([each.replace("_", " ") for each in REMARKS])
    assert sum(each.abstained for each in verdicts) <= ASKED


@pytest.mark.parametrize("cry", ["不想活了", "想跳楼", "活着没意思", "我准备好药了，永别了"])
def test_a_cry_as_short_is_heard(cry: str) -> None:
    [verdict] = SHIPPED.judge([cry])
    assert Label.SELF_HARM in verdict.decided or verdict.abstained
