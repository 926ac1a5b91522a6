"""BM25 over words in whole numbers: the same order on every machine (k1 = 1.2, b = 0.75)."""

from collections import Counter
from collections.abc import Sequence
from typing import Final, NamedTuple

_SCALE: Final = 10
_TWO: Final = 2


class Found(NamedTuple):
    """A text that shares `words` with what was asked; `covered` is per mille of its own weight."""

    place: int
    score: int
    words: int
    covered: int


class Ranking:
    """Texts, ranked by the words they share with a question."""

    def __init__(self, texts: Sequence[Sequence[str]]) -> None:
        self._counts = [Counter(words) for words in texts]
        self._lengths = [len(words) for words in texts]
        self._whole = max(1, sum(self._lengths))
        held = Counter(word for counts in self._counts for word in counts)
        self._weights = {word: _weight(len(texts), times) for word, times in held.items()}
        self._own = [max(1, sum(self._weights[word] for word in each)) for each in self._counts]
        self._where: dict[str, list[int]] = {}
        for place, counts in enumerate(self._counts):
            for word in counts:
                self._where.setdefault(word, []).append(place)

    def find(self, words: Sequence[str]) -> list[Found]:
        """Return what shares a word with the question, best first, earlier ones before equals."""
        scores: Counter[int] = Counter()
        shared: Counter[int] = Counter()
        words_shared: Counter[int] = Counter()
        for word in dict.fromkeys(words):
            for place in self._where.get(word, ()):
                scores[place] += self._score(word, place)
                shared[place] += self._weights[word]
                words_shared[place] += 1
        found = (
            Found(place, score, words_shared[place], 1000 * shared[place] // self._own[place])
            for place, score in scores.items()
        )
        return sorted(found, key=lambda each: (-each.score, each.place))

    def _score(self, word: str, place: int) -> int:
        """Weight * tf * 2.2 / (tf + 1.2 * (0.25 + 0.75 * length / average)), rounded down."""
        times, texts = self._counts[place][word], len(self._counts)
        above = self._weights[word] * times * 22 * self._whole
        below = 10 * times * self._whole + 3 * self._whole + 9 * self._lengths[place] * texts
        return above // below


def _weight(texts: int, holding: int) -> int:
    """Return log2(1 + (texts - holding + 1/2) / (holding + 1/2)) on a grid of 2^-10."""
    return _log2(2 * (texts - holding) + 1 + 2 * holding + 1, 2 * holding + 1)


def _log2(above: int, below: int) -> int:
    """Return the logarithm of a fraction of at least one, scaled by 2^10 and rounded down."""
    whole = 0
    while above >= _TWO * below:
        below *= _TWO
        whole += 1
    value = whole
    for _ in range(_SCALE):
        above, below = above * above, below * below
        bit = above >= _TWO * below
        below <<= bit
        value = (value << 1) | bit
        above, below = _shortened(above, below)
    return value


def _shortened(above: int, below: int) -> tuple[int, int]:
    """Keep 64 bits: more would change no digit of the result."""
    spare = max(0, below.bit_length() - 64)
    return above >> spare, below >> spare
