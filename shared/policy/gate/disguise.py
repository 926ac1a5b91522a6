"""Where the phrases of the taboo families stand in a text, whatever they are dressed up as.

Written, with a letter or digit put in between, with a character drawn apart (矢口道), or only heard.
"""

from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise, product
from typing import Final, NamedTuple

from ahocorasick_rs import AhoCorasick

from shared.policy.gate.heard import at_once, heard, sound_of
from shared.policy.gate.plain import Plain, plain
from shared.policy.gate.same import Same
from shared.policy.model import Pack, Taboo

_MOST_FORMS: Final = 16
_FILLER: Final = frozenset("0123456789abcdefghijklmnopqrstuvwxyz")
_LONGEST_FILLER: Final = 2


class Hit(NamedTuple):
    """A phrase of family number `family` at [start, end) of the plain text."""

    family: int
    start: int
    end: int
    phrase: str


class _Form(NamedTuple):
    family: int
    phrase: str


class Disguises:
    """All forms of all phrases of a pack, each searched for in one pass."""

    def __init__(
        self, taboos: tuple[Taboo, ...], split: dict[str, str], by_sound: tuple[str, ...]
    ) -> None:
        written: dict[str, list[_Form]] = {}
        sounding: dict[str, list[_Form]] = {}
        for number, taboo in enumerate(taboos):
            for phrase, forms in _spellings(taboo, split):
                for form in forms:
                    written.setdefault(form, []).append(_Form(number, phrase))
                sound = sound_of(phrase) if taboo.category in by_sound else ""
                if sound:
                    sounding.setdefault(sound, []).append(_Form(number, phrase))
        written.pop("", None)
        self._written, self._sounding = list(written.values()), list(sounding.values())
        self._by_form = AhoCorasick(list(written)) if written else None
        self._by_sound = AhoCorasick(list(sounding)) if sounding else None

    def find(self, text: Plain) -> Iterator[Hit]:
        """Yield what was found, of overlapping finds of a family the longest."""
        found = sorted({*self._seen(text), *self._heard(text)}, key=_longest_first)
        taken: list[Hit] = []
        for hit in found:
            if not any(
                hit.family == other.family and hit.start < other.end and other.start < hit.end
                for other in taken
            ):
                taken.append(hit)
        yield from sorted(taken, key=lambda hit: hit.start)

    def _seen(self, text: Plain) -> Iterator[Hit]:
        if self._by_form is None:
            return
        places = [at for at, char in enumerate(text.text) if char not in _FILLER]
        bare = "".join(text.text[at] for at in places)
        for source, where in ((text.text, range(len(text.text))), (bare, places)):
            for which, start, end in self._by_form.find_matches_as_indexes(
                source, overlapping=True
            ):
                spots = where[start:end]
                if all(after - before <= _LONGEST_FILLER for before, after in pairwise(spots)):
                    for family, phrase in self._written[which]:
                        yield Hit(family, spots[0], spots[-1] + 1, phrase)

    def _heard(self, text: Plain) -> Iterator[Hit]:
        if self._by_sound is None:
            return
        sounds = at_once(text)
        if sounds is not None and not self._by_sound.find_matches_as_indexes(sounds):
            return
        told = heard(text)
        for which, start, end in self._by_sound.find_matches_as_indexes(
            told.text, overlapping=True
        ):
            if start in told.begins and end in told.begins:
                first, last = told.origin[start], told.origin[end - 1] + 1
                for family, phrase in self._sounding[which]:
                    if _resembles(text.text[first:last], phrase):
                        yield Hit(family, first, last, phrase)


def disguises(pack: Pack) -> Disguises:
    """Return the search for a pack; built once."""
    return _built(Same(pack.taboos), Same(pack.gate.split), pack.gate.by_sound)


@lru_cache(maxsize=64)
def _built(
    taboos: Same[tuple[Taboo, ...]], split: Same[dict[str, str]], by_sound: tuple[str, ...]
) -> Disguises:
    return Disguises(taboos.it, split.it, by_sound)


def _spellings(taboo: Taboo, split: dict[str, str]) -> Iterator[tuple[str, set[str]]]:
    """Yield each phrase with its own spellings, then those of phrases the family does not name."""
    for phrase in taboo.phrases:
        forms = {phrase, *taboo.variants.get(phrase, ())}
        yield phrase, {each for form in forms for each in _drawn(plain(form).text, split)}
    for phrase, variants in taboo.variants.items():
        if phrase not in taboo.phrases:
            yield "", {plain(each).text for each in variants}


def _drawn(form: str, split: dict[str, str]) -> Iterator[str]:
    """Yield the form as written, and with characters drawn apart."""
    parts = {whole: drawn for drawn, whole in split.items()}
    ways = [(char, parts[char]) if char in parts else (char,) for char in form]
    for count, chosen in enumerate(product(*ways)):
        if count == _MOST_FORMS:
            return
        yield "".join(chosen)


def _resembles(found: str, phrase: str) -> bool:
    """Short phrases must share a character with what was written, or be spelt in letters."""
    return (
        len(phrase) > 3  # noqa: PLR2004  four syllables are hardly met by chance
        or any(char in phrase for char in found)
        or found.isascii()
    )


def _longest_first(hit: Hit) -> tuple[int, int, str]:
    return (hit.start - hit.end, hit.start, hit.phrase)
