"""Says something new each time: a seeded walk through a grammar, with the tricks of evaders."""

import re
from collections import deque
from functools import cache
from importlib.resources import files
from random import Random  # noqa: TID251 - a seeded generator is handed in
from typing import Final

import yaml

EVASIVE: Final = {"abuse": 0.5, "spam": 0.6, "gambling": 0.8}
"""How often a theme is written so that word lists miss it."""

DISGUISES: Final = {
    "废物": ("废勿", "费物", "fei物"),
    "蠢货": ("春货", "蠢huo"),
    "垃圾": ("辣鸡", "拉圾", "LJ"),
    "脑残": ("脑惨", "nao残", "NC"),
    "贱人": ("贝戋人", "建人"),
    "骗子": ("骗孑", "片子"),
    "恶心": ("饿心", "e心"),
    "微信": ("薇❤", "威信", "V信"),
    "兼职": ("兼zhi", "尖职"),
    "刷单": ("唰单", "刷亘"),
    "彩票": ("彩piao", "采票"),
    "百家乐": ("百佳乐", "BJL"),
    "发票": ("發票", "发漂"),
}
WEDGES: Final = ("\u200b", " ", "·", "*", "…", "｜")
TRIES: Final = 12
REMEMBERED: Final = 20_000
MOST_CHARS: Final = 138

_SLOT = re.compile(r"\{(\w+)\}")


class Phrases:
    """One voice of many; never repeats what it said lately."""

    def __init__(self, dice: Random) -> None:
        self._dice = dice
        self._themes, self._parts = _grammar()
        self._lately: deque[str] = deque(maxlen=REMEMBERED)
        self._said: set[str] = set()

    def say(self, theme: str) -> str:
        """Return a text on a theme."""
        text = self._fill(theme)
        for _ in range(TRIES):
            if text not in self._said:
                break
            text = self._fill(theme)
        self._remember(text)
        return text

    def _fill(self, theme: str) -> str:
        text = self._dice.choice(self._themes[theme])
        while _SLOT.search(text):
            text = _SLOT.sub(lambda slot: self._dice.choice(self._parts[slot[1]]), text)
        if self._dice.random() < EVASIVE.get(theme, 0.0):
            text = self._disguise(text)
        return text[:MOST_CHARS].strip(" ，")

    def _disguise(self, text: str) -> str:
        for plain, disguises in DISGUISES.items():
            if plain in text:
                text = text.replace(plain, self._dice.choice((*disguises, self._wedge(plain))))
        return text

    def _wedge(self, word: str) -> str:
        return self._dice.choice(WEDGES).join(word)

    def _remember(self, text: str) -> None:
        if len(self._lately) == REMEMBERED:
            self._said.discard(self._lately[0])
        self._lately.append(text)
        self._said.add(text)


@cache
def _grammar() -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    raw = files("shared.platforms.mock").joinpath("grammar.yaml").read_text(encoding="utf-8")
    parts: dict[str, list[str]] = yaml.safe_load(raw)
    themes: dict[str, list[str]] = parts.pop("themes")  # type: ignore[assignment]
    return themes, parts
