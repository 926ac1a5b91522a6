"""Form: empty texts, blanks nobody filled, texts too long for the channel, the same text again."""

import re
from collections.abc import Iterator
from itertools import accumulate
from typing import Final

from shared.policy.gate.findings import (
    GateContext,
    GateFinding,
    HistoryDigest,
    text_token,
)
from shared.policy.gate.levels import Level
from shared.policy.gate.plain import Plain
from shared.policy.gate.section import Length
from shared.policy.gate.units import counted, length_for
from shared.policy.model import Pack

_NAMES: Final = (
    r"姓名|称呼|昵称|名字|时间|日期|电话|地址|单号|订单号|门店|店名|链接|金额|部门|地点|原因|结果|事项|内容|单位|职务|数量|"
    r"待填|待补|待补充|待更新|待录入|待定|待确认|待核实|此处[^】\]）)]{0,12}|填写[^】\]）)]{0,12}|插入[^】\]）)]{0,12}|[某XxＸ×*＊]{2,}[^】\]）)]{0,6}|TODO|todo|TBD|tbd"
)
_WHOSE: Final = "公司|企业|店铺|商户|学校|医院|活动|产品|商品|预约|会员|客户|顾客|用户|对方|患者|家长|学生|业主|联系人|负责人|经办人|办理人|经办|问题|具体|处理|您的|所在"
_OF: Final = "昵称|全称|简称|姓名|名字|称呼|电话|描述|内容|事项|问题|时间|地点|单位|部门|科室|结果|门店|名称"
_BLANKS: Final = re.compile(
    r"\{\{.*?\}\}|\{%.*?%\}|\$\{[^}]*\}|\{[A-Za-z_]+\}|\{(?:"
    + _NAMES
    + r")\}|%[sd](?![A-Za-z])|<(?:name|date|time|order|phone|link|amount|reason|place|shop)>|"
    rf"[【\[〔（(<〈《]\s*(?:{_NAMES})\s*[】\]〕）)>〉》]"
    r"|[【\[〔]\s*[】\]〕]"
    rf"|[【\[〔<〈（({{]\s*(?:{_WHOSE})(?:{_OF})\s*[】\]〕>〉）)}}]"
    rf"|([#@%＃＠])(?:(?:{_WHOSE})?(?:{_OF}))\1|…+\s?(?=[月日]\s?(?:…|[前内]))|\*{{3,}}(?=[元人天日])"
    r"|(?<![A-Za-z0-9])(?:YYYY|yyyy|HH:MM|hh:mm)(?![A-Za-z0-9])|(?<![A-Za-z0-9])[xXＸ×]{2,}(?![A-Za-z0-9])|[_＿]{3,}|(?<![一-鿿])某某(?:先生|女士|同学|部门|单位|路)|"
    r"某某(?:问题|事项|科室|部门|单位|门店|时间|地点|日期)|(?<![A-Za-z0-9一二三四五六七八九〇])[xXＸ×〇○]\s?(?=[月日时点]\s?[xXＸ×〇○])|"
    r"(?<![\d.])[○〇△□]{2,}|\bTODO\b|\bTBD\b"
)
_CLAUSES: Final = re.compile(r"[^。！？!?；;\n]+")
LONGEST: Final = 2_000
"""Characters; three times the longest reply a channel takes."""
_EMPTY_WORDS: Final = (
    "进行了", "予以", "高度重视", "在此", "对此", "之规定", "切实", "积极", "有效", "进一步",
    "相关部门", "深表", "特此", "务必", "的情况下", "的过程中", "关于您所",
)  # fmt: skip
_MANY_EMPTY: Final = 5


def check_form(
    text: Plain, context: GateContext, pack: Pack, history: HistoryDigest
) -> Iterator[GateFinding]:
    """Yield what is wrong with the text as such."""
    original = text.original
    if not text.text:
        yield _found("empty", "block", (0, len(original)), "没有可发送的内容")
        return
    for match in _BLANKS.finditer(original):
        yield _found("unfilled", "block", match.span(), "这里还有没填的空")
    yield from _too_long(original, length_for(context, pack))
    if text_token(original) in history.sent:
        yield _found("repeated", "warn", (0, len(original)), "同样的话已经回复过一次")


def check_size(
    text: Plain, context: GateContext, pack: Pack, history: HistoryDigest
) -> Iterator[GateFinding]:
    """Stop a text that is too long to be looked at word by word in the time a person waits."""
    del context, pack, history
    reason = f"超过 {LONGEST} 字，无法逐句检查：请分条"
    yield _found("too_long", "block", (LONGEST, len(text.original)), reason)


def check_wordiness(
    text: Plain, context: GateContext, pack: Pack, history: HistoryDigest
) -> Iterator[GateFinding]:
    """Yield sentences nobody reads to their end, and office words that say nothing."""
    del history
    length = length_for(context, pack)
    if counted(text.original, length) > length.limit:
        return
    for match in _CLAUSES.finditer(text.original):
        if len(match.group()) > pack.gate.wordy_sentence:
            reason = f"这句话太长（{len(match.group())} 字），请断成两三句"
            yield _found("wordy", "warn", match.span(), reason)
    if sum(text.text.count(each) for each in _EMPTY_WORDS) >= _MANY_EMPTY:
        yield _found("wordy", "warn", (0, len(text.original)), "套话太多，请直接说事情和下一步")


def _too_long(original: str, length: Length) -> Iterator[GateFinding]:
    if (long := counted(original, length)) > length.limit:
        start = _limit_place(original, length)
        reason = f"超出平台字数：{long:g} 字，上限 {length.limit:g} 字"
        yield _found("too_long", length.level, (start, len(original)), reason, length.rules)


def _limit_place(original: str, length: Length) -> int:
    """Return where the text outgrows the limit."""
    totals = accumulate(counted(char, length) for char in original)
    return sum(1 for total in totals if total <= length.limit)


def _found(
    category: str, level: Level, span: tuple[int, int], reason: str, rules: tuple[str, ...] = ()
) -> GateFinding:
    return GateFinding(
        category=category, level=level, start=span[0], end=span[1], rules=rules, reason=reason
    )
