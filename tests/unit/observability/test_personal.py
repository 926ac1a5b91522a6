"""Personal data is found by shape and check digit."""

from itertools import pairwise

import pytest

from shared.text.personal import Found, find_personal, mask_personal

ID_CARD = "11010519491231002X"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("我的电话13812345678，请回", "我的电话[phone]，请回"),
        ("打 +86 138-1234-5678", "打 [phone]"),
        ("座机 010-62345678 找老王", "座机 [phone] 找老王"),
        (f"身份证{ID_CARD}。", "身份证[id_card]。"),
        ("卡号 6222 0212 3456 7894", "卡号 [bank_card]"),
        ("写信给 li.si@example.com 吧", "写信给 [email] 吧"),
        ("加微信：zhang_san88", "加微信：[wechat]"),
        ("vx abc123456", "vx [wechat]"),
        ("QQ群 123456789", "QQ群 [qq]"),
        ("全角１３８１２３４５６７８也算", "全角[phone]也算"),
    ],
)
def test_it_is_masked(text: str, masked: str) -> None:
    assert mask_personal(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "订单号 2026030213812345678901",
        "身份证110105194912310021",
        "卡号 6222 0212 3456 7890",
        "等了12345分钟",
        "微信支付失败",
        "生日 11010519491331002X",
        "",
    ],
)
def test_what_only_looks_like_it_is_left_alone(text: str) -> None:
    assert find_personal(text) == []


def test_spans_are_those_of_the_original_and_do_not_overlap() -> None:
    text = f"张三 {ID_CARD} １３８１２３４５６７８ a@b.cn"
    found = find_personal(text)
    assert [each.kind for each in found] == ["id_card", "phone", "email"]
    assert text[found[0].start : found[0].end] == ID_CARD
    assert all(left.end <= right.start for left, right in pairwise(found))
    assert find_personal("13812345678@qq.com") == [Found("email", 0, 18)]
