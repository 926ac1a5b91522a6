"""A text made plain for matching, each character knowing where it stood in the original.

Full width becomes half, traditional simplified, and what is put between characters to hide a
word (blanks, zero-width, punctuation, symbols) goes, so that `或*许` and `或　许` read as 或许.
"""

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

_TRADITIONAL: Final = str.maketrans(
    {
        "許": "许",
        "無": "无",
        "奉": "奉",
        "絕": "绝",
        "絶": "绝",
        "對": "对",
        "發": "发",
        "燒": "烧",
        "說": "说",
        "這": "这",
        "樣": "样",
        "會": "会",
        "沒": "没",
        "腦": "脑",
        "麼": "么",
        "麽": "么",
        "淸": "清",
        "實": "实",
        "諾": "诺",
        "應": "应",
        "該": "该",
        "給": "给",
        "個": "个",
        "處": "处",
        "關": "关",
        "係": "系",
        "種": "种",
        "請": "请",
        "盡": "尽",
        "儘": "尽",
        "幾": "几",
        "來": "来",
        "還": "还",
        "進": "进",
        "問": "问",
        "題": "题",
        "瞭": "了",
        "們": "们",
        "從": "从",
        "將": "将",
        "確": "确",
        "認": "认",
        "為": "为",
        "於": "于",
        "與": "与",
    }
)
_KEPT: Final = frozenset("LN")
_CLAUSE_END: Final = frozenset("。!?;\n！？；…,，、:：")


@dataclass(frozen=True, slots=True)
class Plain:
    """`text` is plain; `origin[i]` is where its i-th character stood in `original`."""

    original: str
    text: str
    origin: tuple[int, ...]
    breaks: frozenset[int]
    """Places in `text` before which a clause ended."""

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the span of the original that [start, end) of the plain text came from."""
        return self.origin[start], self.origin[end - 1] + 1

    def crosses_break(self, start: int, end: int) -> bool:
        """Tell whether a clause ends inside [start, end)."""
        return any(place in self.breaks for place in range(start + 1, end))


@lru_cache(maxsize=64)
def plain(text: str) -> Plain:
    """Return the plain form. Only letters and digits stay; clause ends are remembered.

    Every check asks for it.
    """
    chars: list[str] = []
    origin: list[int] = []
    breaks: set[int] = set()
    for place, char in enumerate(text):
        if char in _CLAUSE_END:
            breaks.add(len(chars))
            continue
        for each in _flat(char):
            chars.append(each)
            origin.append(place)
    return Plain(text, "".join(chars), tuple(origin), frozenset(breaks))


@lru_cache(maxsize=4096)
def _flat(char: str) -> str:
    folded = unicodedata.normalize("NFKC", char).lower().translate(_TRADITIONAL)
    return "".join(each for each in folded if unicodedata.category(each)[0] in _KEPT)
