"""Form and personal data: lengths in the channel's own counting, wordiness, numbers of people."""

import pytest

from shared.policy.gate.check import gate
from shared.policy.gate.findings import GateContext, GateFinding, GateResult
from shared.policy.gate.plain import plain
from shared.policy.gate.section import GateRules, Length
from shared.policy.model import NO_PACK
from shared.runtime.packs import read_pack
from shared.runtime.settings import default_policies_dir

PACK = read_pack(default_policies_dir(), "company")


def check(text: str, **context: object) -> GateResult:
    return gate(text, GateContext.model_validate(context), PACK)


def found(text: str, category: str, **context: object) -> list[GateFinding]:
    return [each for each in check(text, **context).findings if each.category == category]


def test_length_counts_as_the_channel_does() -> None:
    assert check("字" * 680, channel="wechat").limit == 680
    assert not found("字" * 680, "too_long", channel="wechat")
    assert found("a" * 681, "too_long", channel="wechat")
    assert not found("a" * 280, "too_long", channel="weibo")
    assert found("字" * 101, "too_long", channel="weibo", action="repost")[0].level == "warn"
    own = NO_PACK.model_copy(update={"gate": GateRules(lengths={"x": Length(limit=3)})})
    assert gate("四个字呢", GateContext(channel="x"), own).level == "block"


def test_wordy_texts_are_pointed_out() -> None:
    long = "今天我们一起" * 13 + "。好的。"
    assert found(long, "wordy")[0].level == "warn"
    office = "对此我们高度重视，切实予以落实，进一步积极推进，有效解决，深表歉意"
    assert found(office, "wordy")
    assert not found("今天我们一起" * 30, "wordy")


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("车牌浙A12345的车主请挪车", "block"),
        ("地址是幸福路12号3栋502室", "block"),
        ("订单号是2026031188997", "hold"),
        ("请写信到li.ming@example.com", "hold"),
        ("加微信：liming_1988", "block"),
        ("我的QQ号12345678", "block"),
    ],
)
def test_personal_data_stays_here(text: str, level: str) -> None:
    assert [each.level for each in found(text, "personal_data")] == [level]


@pytest.mark.parametrize(
    "text",
    ["手机138****8000", "尾号8000的订单", "工单编号202603118899", "加入QQ群12345678", "京A·1****"],
)
def test_masked_and_public_forms_pass(text: str) -> None:
    assert not found(text, "personal_data")


def test_our_own_contacts_may_be_told() -> None:
    rules = PACK.gate.model_copy(update={"contacts": ("kefu@example.com",)})
    ours = PACK.model_copy(update={"gate": rules})
    assert gate("请写信到kefu@example.com", GateContext(), ours).passed


def test_a_text_of_more_characters_than_are_remembered_is_read_whole() -> None:
    every = "".join(map(chr, range(0x20000, 0x2A6D0)))
    assert len(plain(every).text) == len(every)
