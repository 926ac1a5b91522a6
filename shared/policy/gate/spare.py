"""What is said without being meant: quotations, reported speech, what we say we will not say."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from shared.policy.gate.plain import Plain, plain
from shared.policy.phrases import Span, inside

_QUOTES: Final = re.compile(
    r"“([^”]*)”|「([^」]*)」|『([^』]*)』|\"([^\"]*)\"|‘([^’]*)’|《([^》]*)》"
)
_TOPIC: Final = re.compile(r"#[^#\n]{1,40}#")
_REPORTED: Final = re.compile(
    r"(?:[您你](?!们)|有?网友|顾客|客户|用户|大家|市民|居民|业主|游客|旅客|同学|家长|乘客|读者|车主|储户|"
    r"投资者|患者|群众|网上|网络上|网传|有人|当事人|发帖人|对方|媒体|留言|帖子|文章|视频)"
    r"[^,，。!?！？;；\n]{0,10}?"
    r"(?:说|称|提到|提出|提及|反映|所述|讲|认为|觉得|问到|询问|问|描述|留言|担心|担忧|怀疑|流传|传言|"
    r"质疑|投诉|指出|表示|感到|反馈|评论|写道)"
)
_NOT: Final = (
    r"(?:不会|不能|不可以|不应|不应该|不该|决不|绝不|杜绝|拒绝|避免|禁止|严禁|不得|从不|不允许|绝不会|不再|不准|"
    r"不是一句|不能只是)"
    r"(?:再|对您|对顾客|对群众|向您|客服|员工|窗口|同事|工作人员|出现|使用|简单地?|有人|任何人|随意|随便|拿|只|以后)*"
    r"(?:用|说|以|回答|回复|使用|出现|讲|类似|答|回|推说|拿)"
)
_DISOWNED: Final = re.compile(_NOT)
_NOT_SAID: Final = re.compile(
    _NOT + r"(?:类似|一句|过|诸如|这种|什么|顾客|对方|群众|大家)*[“「『\"‘]?$"
)
_QUOTED: Final = re.compile(
    r"(?:一句|那句|这句|原话(?:是)?|转述的?|骂|喊|所谓的?|冒出[^,，。]{0,8})[:：]?$"
)
_SPOKEN: Final = re.compile(r"(?:这样|这种|那样|那种|之类)的?(?:话|说法|回答|字眼|回复)")
_TAKEN_BACK: Final = re.compile(
    r"[^。！？!?\n]{0,30}?(?:不对|不妥|不应该|不该|不当|错误|不恰当|不合适|没有依据|不代表我们|不是我们的态度|"
    r"道歉|致歉|歉意|批评教育|不允许|不能接受|已纠正|的(?:话|说法|答复|态度)[^。！？!?\n]{0,6}(?:不说|从不|绝不|不会说))"
)
"""What stands behind a quotation of which we say that it should not have been said."""
_OURS: Final = re.compile(r"我们|我方|本店|我店|我司|我校|我院|我局|我行|我公司|小编|客服")
_CLAUSE: Final = re.compile(r"[^,，。!?！？;；\n]+")
_CLAUSE_END: Final = re.compile(r"[,，。!?！？;；\n]")


@dataclass(frozen=True)
class Said:
    """The original text and the customer's words: asks whether a span is somebody else's."""

    original: str
    customer: str

    @cached_property
    def cited(self) -> tuple[Span, ...]:
        """Spans in quotation marks that are the customer's words, or are told of somebody."""
        return tuple(_cited(self.original, self.customer))

    @cached_property
    def topics(self) -> tuple[Span, ...]:
        return tuple(match.span() for match in _TOPIC.finditer(self.original))

    def is_cited(self, span: Span) -> bool:
        return inside(span, self.cited)

    @property
    def disowned(self) -> Iterator[Span]:
        """Yield the clauses in which we say what we never say."""
        for clause in _CLAUSE.finditer(self.original):
            if _DISOWNED.search(self.original, clause.start(), clause.end() - 1):
                yield clause.span()

    def is_topic(self, span: Span) -> bool:
        """Tell whether it stands in a #topic#, which is a name and nobody's words."""
        return inside(span, self.topics)

    def is_told(self, start: int) -> bool:
        """Tell whether somebody else is named in the clause before a quotation as who tells it."""
        return bool(_REPORTED.search(_CLAUSE_END.split(self.original[:start])[-1]))

    def is_reported(self, start: int) -> bool:
        """Tell whether the clause before `start` tells what others say, or what we never say."""
        clause = _CLAUSE_END.split(self.original[:start])[-1]
        told = list(_REPORTED.finditer(clause))
        return bool(
            (told and not _OURS.search(clause, told[-1].end())) or _NOT_SAID.search(clause)
        )


def quotes(text: str) -> bool:
    """Tell whether something stands in quotation marks; else the customer's words play no part."""
    return _QUOTES.search(text) is not None


def _cited(original: str, customer: str) -> Iterator[Span]:
    said = Said(original, customer)
    for match in _QUOTES.finditer(original):
        theirs, inner = plain(customer).text, plain(match.group()).text
        before, after = match.span()
        told = _QUOTED.search(original[:before]) or _SPOKEN.match(original, after)
        others = told or _TAKEN_BACK.match(original, after) or said.is_told(before)
        if (inner and inner in theirs) or others or said.is_reported(before):
            yield before, after


def in_sentence(text: Plain, place: int, words: tuple[str, ...]) -> bool:
    """Tell whether one of the words stands in the sentence around `place` of the plain text."""
    first, last = text.sentence(place)
    return any(text.text.find(each, first, last) >= 0 for each in words)
