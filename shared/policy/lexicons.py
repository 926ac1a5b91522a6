"""Words of a pack by what they are a sign of: phrases, patterns, and longer harmless words."""

import re
from collections.abc import Iterator
from functools import lru_cache

from pydantic import Field, model_validator

from shared.policy.gate.plain import Plain, plain
from shared.policy.gate.same import Same
from shared.policy.phrases import Span, flat_forms, inside, pattern, places
from shared.policy.rules import Rules

_GAP = re.compile(r"(\.\{\d*,\d+\})(?!\?)")
_SHORT = r"\1?"


class Lexicon(Rules):
    """A family of words. Phrases are found through disguise; patterns read the plain text."""

    id: str
    title: str = ""
    phrases: tuple[str, ...] = ()
    patterns: tuple[str, ...] = Field((), description="regular expressions over the plain text")
    unless: tuple[str, ...] = Field((), description="longer words in which a hit is harmless")
    across: bool = Field(False, description="a hit may reach over a comma")
    rewordings: dict[str, str] = Field(default_factory=dict, description="phrase -> better words")

    @model_validator(mode="after")
    def _readable(self) -> "Lexicon":
        for each in self.patterns:
            try:
                re.compile(each)
            except re.error as error:
                message = f"pattern {each!r}: {error}"
                raise ValueError(message) from error
        return self

    def found(self, text: Plain) -> Iterator[Span]:
        """Yield where the words stand, as spans of what was written."""
        yield from _found(Same(self), Same(text))

    def search(self, text: Plain) -> Iterator[Span]:
        """Yield the same, looking for it now."""
        harmless: tuple[Span, ...] | None = None
        for looked_for in self._looked_for():
            place = 0
            while (hit := looked_for.search(text.text, place)) is not None:
                # what is refused may hide a hit that begins inside it
                place = hit.start() + 1
                if not self.across and text.crosses_break(*hit.span()):
                    continue
                if harmless is None:
                    harmless = tuple(places(text, self.unless))
                if not _spared(hit.span(), harmless):
                    yield text.span(*hit.span())
                    place = max(hit.end(), place)

    def first(self, text: Plain) -> Span | None:
        """Return the first place, if there is one."""
        return next(self.found(text), None)

    def _looked_for(self) -> Iterator[re.Pattern[str]]:
        forms = flat_forms(self.phrases)
        if forms:
            yield pattern(forms)
        if self.patterns:
            yield _joined(self.patterns)


@lru_cache(maxsize=512)
def _found(lexicon: Same[Lexicon], text: Same[Plain]) -> tuple[Span, ...]:
    """Many rules ask the same words of one text."""
    return tuple(lexicon.it.search(text.it))


def _spared(hit: Span, harmless: tuple[Span, ...]) -> bool:
    """Tell whether a hit is part of a harmless word, or a pattern's hit holds one."""
    return inside(hit, harmless) or any(inside(each, (hit,)) for each in harmless)


@lru_cache(maxsize=256)
def _joined(patterns: tuple[str, ...]) -> re.Pattern[str]:
    """Return one pattern of all; its gaps are as short as they can be, to stay in one clause."""
    return re.compile("|".join(f"(?:{_GAP.sub(_SHORT, each)})" for each in patterns))


@lru_cache(maxsize=2048)
def plain_of(text: str) -> Plain:
    """Return the plain form; the many rules that look at one input ask for the same."""
    return plain(text)
