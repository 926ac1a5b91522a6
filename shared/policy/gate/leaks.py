"""Personal data that must not stand in a public reply; masked forms (138****8000) are fine."""

import re
from collections.abc import Callable, Iterator
from typing import Final

from shared.policy.gate.findings import GateContext, GateFinding, HistoryDigest
from shared.policy.gate.levels import Level
from shared.policy.gate.numerals import narrow
from shared.policy.gate.plain import Plain
from shared.policy.model import Pack
from shared.text.personal import find_personal, is_bank_card, is_id_card

_MOBILE: Final = re.compile(r"(?<!\d)(?:86)?1[3-9]\d{9}(?!\d)")
_IDENTITY: Final = re.compile(r"(?<!\d)[1-9]\d{5}(?:18|19|20)\d{2}[01]\d[0-3]\d{4}[\dx](?!\d)")
_CARD: Final = re.compile(r"(?<!\d)[3-6]\d{14,18}(?!\d)")
_PLATE: Final = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]\s?[A-HJ-NP-Z]\s?[·.\-]?\s?"
    r"(?=[A-HJ-NP-Z0-9]{0,6}\d)[A-HJ-NP-Z0-9]{5,6}(?![A-Za-z0-9])"
)
_ADDRESS: Final = re.compile(
    r"(?:[\u4e00-\u9fff]{2,12}(?:路|街|巷|弄|道|村|小区|花园|苑|府|城|湾|里|庄|公寓)\s?)?"
    r"(?:[\dA-Za-z一二三四五六七八九十]{1,12}\s?(?:号楼|号院|号|栋|幢|座|单元|弄)\s?){1,3}"
    r"[\dA-Za-z]{2,5}\s?(?:室|户|房)|\d{1,4}\s?(?:号楼|栋|幢|座|楼)\s?[\dA-Za-z]{1,2}\s?单元\s?\d{2,4}(?!\d)"
    r"|[\u4e00-\u9fff]{2,8}(?:小区|花园|苑|府|湾|公寓|家园|新村)\s?\d{1,3}\s?(?:号楼|栋|幢|座)\s?\d{3,4}(?!\d)"
)
_SURNAMES: Final = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
_PATIENT: Final = re.compile(
    rf"(?:患者|病人|伤者|死者|学生|该生|该员工|客户|顾客|业主|当事人|嫌疑人|考生|投诉人|举报人)[{_SURNAMES}](?!某|先生|女士|小姐|同学|\*|×|X)[\u4e00-\u9fff]{{1,2}}"
    r"[,，、(（]\s*(?:男|女)(?![士生子孩方])"
)
_PASSPORT: Final = re.compile(
    r"护照(?:号码|编号|号)?\D{0,3}?(?P<number>[A-Za-z]{1,2}\d{7,8})(?!\d)"
)
_SECRET: Final = re.compile(r"(?:密码|口令)\s?(?:是|为|[:：])?\s?(?P<number>[A-Za-z0-9@#!_]{4,})")
_SPELT: Final = str.maketrans(
    "零〇一幺二三四五六七八九壹贰叁肆伍陆柒捌玖", "001123456789123456789"
)
_CALLED: Final = re.compile(r"身份证|银行卡|卡号")
_NEAR: Final = 8
_ORDER: Final = re.compile(
    r"(?:订单|运单|快递单|物流单|流水|工单|病历|学|会员|客户|保单|投保)\s?(?:编号|号码|号|卡号)?\s?(?:是|为|[:：])?\s?"
    r"(?P<number>[A-Za-z]{0,4}\d[A-Za-z0-9-]{8,30})(?![*\d])"
)
_ELSEWHERE: Final = {
    "email": "这是一个电子邮箱，确认是单位的公开邮箱再发",
    "wechat": "这是一个微信号，公开回复里不能出现个人账号",
    "qq": "这是一个QQ号，公开回复里不能出现个人账号",
}
_CASEWORK: Final = ("工单",)


def check_leaks(
    text: Plain, context: GateContext, pack: Pack, history: HistoryDigest
) -> Iterator[GateFinding]:
    """Yield personal numbers, found also when blanks or dashes part their digits."""
    del context, history
    ours = _ours(pack)
    digits = text.text.translate(_SPELT)
    for pattern, holds, reason in _NUMBERS:
        for match in pattern.finditer(digits):
            called = _CALLED.search(text.text, max(0, match.start() - _NEAR), match.start())
            known = holds(match.group()) or (called and called.group() in reason)
            if known and match.group()[-11:] not in ours:
                yield _leak(text.span(*match.span()), reason)
    for span, reason in _shapes(text.original, ours):
        yield _leak(span, reason, "hold" if reason in _SOFTER else "block")


def _ours(pack: Pack) -> str:
    known = (pack.service_line, pack.help_line, *pack.gate.contacts)
    return "|".join("".join(char for char in each if char.isalnum()).lower() for each in known)


def _shapes(original: str, ours: str) -> Iterator[tuple[tuple[int, int], str]]:
    flat = narrow(original)
    for pattern, group, why in _WRITTEN:
        yield from ((match.span(group), why) for match in pattern.finditer(flat))
    for match in _ORDER.finditer(flat):
        if not match.group().startswith(_CASEWORK):
            yield match.span("number"), _ORDER_REASON
    for found in find_personal(original):
        reason = _ELSEWHERE.get(found.kind)
        word = "".join(char for char in original[found.start : found.end] if char.isalnum())
        if reason is not None and word.lower() not in ours and not _is_group(flat, found.start):
            yield (found.start, found.end), reason


def _is_group(flat: str, start: int) -> bool:
    """Tell whether it is the number of a public group, not of a person."""
    return "群" in flat[max(0, start - 4) : start]


def _leak(span: tuple[int, int], reason: str, level: Level = "block") -> GateFinding:
    return GateFinding(
        category="personal_data",
        level=level,
        start=span[0],
        end=span[1],
        rules=("INSURE-12-2",),
        reason=reason,
        suggestion="请私信联系",
    )


def _is_identity(number: str) -> bool:
    return is_id_card(number)


def _is_card(number: str) -> bool:
    return is_bank_card(number) and not (_IDENTITY.fullmatch(number) and _is_identity(number))


def _is_mobile(number: str) -> bool:
    return bool(number)


_NUMBERS: Final[tuple[tuple[re.Pattern[str], Callable[[str], bool], str], ...]] = (
    (_MOBILE, _is_mobile, "这是一个手机号码，公开回复里不能出现个人电话"),
    (_IDENTITY, _is_identity, "这是一个身份证号码，公开回复里不能出现"),
    (_CARD, _is_card, "这是一个银行卡号，公开回复里不能出现"),
)
_PLATE_REASON: Final = "这是一个车牌号，公开回复里请隐去后几位"
_ADDRESS_REASON: Final = "这是一个住址，公开回复里不能写到门牌"
_PATIENT_REASON: Final = "这里写出了一个人的姓名和性别，公开回复里请写成某某"
_ORDER_REASON: Final = "这是一个完整的单号，公开回复里请只写后四位"
_WRITTEN: Final[tuple[tuple[re.Pattern[str], str | int, str], ...]] = (
    (_PLATE, 0, _PLATE_REASON),
    (_PATIENT, 0, _PATIENT_REASON),
    (_PASSPORT, "number", "这是一个护照号码，公开回复里不能出现"),
    (_SECRET, "number", "这是一个密码，任何回复里都不能出现"),
    (_ADDRESS, 0, _ADDRESS_REASON),
)
_SOFTER: Final = frozenset({_ELSEWHERE["email"], _ORDER_REASON})
