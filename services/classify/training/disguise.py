"""Copies of rows as people write who do not want to be found: both classes alike.

What the canonical form undoes by itself (symbols, width, script, drawings) needs no copy. What it
cannot undo is learnt: homophones, pinyin, initials, characters that changed places.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from shared.text.normalise import Tables
from shared.text.sounds import LETTERS

Kind = Literal["homophone", "pinyin", "initials", "swap"]

KINDS: Final[tuple[Kind, ...]] = ("homophone", "pinyin", "initials", "swap")
DRAWN: Final[tuple[Kind, ...]] = (*KINDS, "initials")
"""Initials leave least of a word, so they are seen twice as often."""
LEAST_SHARE: Final = 0.15
MOST_SHARE: Final = 0.45
"""How much of a text is disguised: from a word or two to nearly half."""
FEWEST: Final = 5
"""A character rarer than this in the texts at hand is nobody's idea of a homophone."""


@dataclass(frozen=True, slots=True, eq=False)
class Homophones:
    """For each syllable the characters that are said so, and how often each is chosen."""

    members: Mapping[int, tuple[tuple[str, ...], NDArray[np.float64]]]
    tables: Tables

    @classmethod
    def of(cls, texts: Sequence[str], tables: Tables) -> "Homophones":
        """Return the homophones among the characters of canonical texts."""
        said: dict[int, list[tuple[str, float]]] = defaultdict(list)
        for character, count in sorted(Counter("".join(texts)).items()):
            unit = _unit(character, tables)
            if unit > LETTERS and count >= FEWEST:
                said[unit].append((character, count**0.5))
        members = {}
        for unit, each in said.items():
            weight = np.array([often for _, often in each])
            members[unit] = (tuple(name for name, _ in each), weight / weight.sum())
        return cls(members, tables)


def disguised(text: str, homophones: Homophones, kind: Kind | None = None) -> str:
    """Return a canonical text in disguise; the same text is always disguised alike."""
    seed = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:8]
    random = np.random.default_rng(int.from_bytes(seed, "big"))
    chosen = kind or DRAWN[int(random.integers(len(DRAWN)))]
    characters = list(text)
    spoken = [_unit(each, homophones.tables) for each in characters]
    share = random.uniform(LEAST_SHARE, MOST_SHARE)
    hidden = (random.random(len(characters)) < share) & (np.array(spoken, np.int64) > LETTERS)
    places = np.flatnonzero(hidden).tolist()
    if chosen == "swap":
        return _swapped(characters, spoken, places)
    for place in places:
        characters[place] = _written(spoken[place], chosen, homophones, random)
    return "".join(characters)


def _written(unit: int, kind: Kind, homophones: Homophones, random: Generator) -> str:
    syllable = homophones.tables.syllables[unit - LETTERS - 1]
    if kind == "homophone" and unit in homophones.members:
        names, weights = homophones.members[unit]
        return names[int(random.choice(len(names), p=weights))]
    return syllable[0] if kind == "initials" else syllable


def _swapped(characters: list[str], spoken: list[int], places: list[int]) -> str:
    done = -1
    for place in places:
        if place > done and place + 1 < len(spoken) and spoken[place + 1] > LETTERS:
            pair = characters[place : place + 2]
            characters[place : place + 2] = pair[::-1]
            done = place + 1
    return "".join(characters)


def _unit(character: str, tables: Tables) -> int:
    code = ord(character)
    return int(tables.sounds[code]) if code < len(tables.sounds) else 0
