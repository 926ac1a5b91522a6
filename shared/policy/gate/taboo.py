"""The taboo families of the pack, found through disguise, and spared where they mean no harm.

Spared are longer harmless words (尽可能), the customer's own words in quotation marks, what is
reported of others (您提到……可能……), and what we say we will not say (绝不会说"不知道").
"""

import re
from collections.abc import Iterator
from typing import Final

from shared.policy.gate.findings import GateContext, GateFinding, HistoryDigest
from shared.policy.gate.plain import Plain, plain
from shared.policy.model import Level, Pack, Taboo
from shared.policy.phrases import Span, flat_forms, inside, pattern, places

_QUOTES: Final = re.compile(r"“([^”]*)”|「([^」]*)」|『([^』]*)』|\"([^\"]*)\"|‘([^’]*)’")
_REPORTED: Final = re.compile(
    r"(?:您|有?网友|顾客|客户|用户|大家|网上|网络上|有人|当事人|发帖人|对方)"
    r"[^,,。!?!?;;\n]{0,8}?"
    r"(?:说|称|提到|提出|反映|所述|认为|觉得|问到|询问|提及|描述|留言|担心|怀疑|流传|传言)"
)
_NOT_SAID: Final = re.compile(
    r"(?:不会|不能|不可以|不应|不应该|不该|决不|绝不|杜绝|拒绝|避免|禁止|不得|从不|不允许|绝不会)"
    r"(?:再|对您|向您|客服|员工|工作人员|出现|使用|简单地?)*(?:用|说|以|回答|回复|使用|出现|讲|类似)"
    r"(?:类似|一句|过)*[“「『\"‘]?$"
)
_CLAUSE_END: Final = re.compile(r"[,,。!?!?;;\n]")


def check_taboos(
    text: Plain, context: GateContext, pack: Pack, history: HistoryDigest
) -> Iterator[GateFinding]:
    """Yield what the pack's families forbid, one finding a place, the longest phrase first."""
    del history
    cited = tuple(_cited(text.original, context.quoted))
    for taboo in pack.taboos:
        if taboo.phrases:
            yield from _family(text, taboo, cited)


def quotes(text: str) -> bool:
    """Tell whether something stands in quotation marks; else the customer's words play no part."""
    return _QUOTES.search(text) is not None


def _family(text: Plain, taboo: Taboo, cited: tuple[Span, ...]) -> Iterator[GateFinding]:
    harmless: tuple[Span, ...] | None = None
    for hit in pattern(_forms(taboo)).finditer(text.text):
        start, end = text.span(hit.start(), hit.end())
        if harmless is None:
            harmless = tuple(places(text, taboo.unless))
        if inside(hit.span(), harmless) or inside((start, end), cited):
            continue
        if taboo.spare_reported and _is_reported(text.original, start):
            continue
        yield GateFinding(
            category=taboo.category,
            level=_level(text, taboo, hit),
            start=start,
            end=end,
            rules=taboo.rules,
            reason=taboo.reason,
            suggestion=_rewording(taboo, hit.group()),
        )


def _level(text: Plain, taboo: Taboo, hit: re.Match[str]) -> Level:
    """Some characters meet by chance across a comma (很好,像……): worth a look, no more."""
    met = hit.group() in taboo.by_chance and text.crosses_break(hit.start(), hit.end())
    return "warn" if met else taboo.level


def _forms(taboo: Taboo) -> tuple[str, ...]:
    variants = tuple(each for known in taboo.variants.values() for each in known)
    return flat_forms((*taboo.phrases, *variants))


def _rewording(taboo: Taboo, found: str) -> str | None:
    for phrase in taboo.phrases:
        forms = flat_forms((phrase, *taboo.variants.get(phrase, ())))
        if pattern(forms).fullmatch(found):
            return taboo.rewordings.get(phrase)
    return None


def _cited(original: str, customer: str) -> Iterator[Span]:
    """Spans in quotation marks that are the customer's words, or are told of somebody."""
    for match in _QUOTES.finditer(original):
        said, inner = plain(customer).text, plain(match.group()).text
        before = original[: match.start()]
        if (
            inner and (inner in said or _is_reported(original, match.start()))
        ) or _NOT_SAID.search(before):
            yield match.span()


def _is_reported(original: str, start: int) -> bool:
    clause = _CLAUSE_END.split(original[:start])[-1]
    return bool(_REPORTED.search(clause) or _NOT_SAID.search(clause))
