"""Phrases of a pack found in a text through disguise, longer harmless words beating them."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from shared.policy.gate.plain import Plain, plain

Span = tuple[int, int]


@lru_cache(maxsize=512)
def flat_forms(written: tuple[str, ...]) -> tuple[str, ...]:
    """Return the words as plain text has them, longest first; done once for a pack, not a text."""
    return tuple(sorted({plain(each).text for each in written}, key=_longest))


@lru_cache(maxsize=256)
def pattern(forms: tuple[str, ...]) -> re.Pattern[str]:
    """Return what finds any of the forms. A single letter or digit between does not hide one."""
    return re.compile("|".join(map(_found_as, forms)))


def _found_as(form: str) -> str:
    """Letters alone are a word of their own: between letters of other words they mean nothing."""
    if form.isascii() and form.isalpha():
        return rf"(?<![a-z]){form}(?![a-z])"
    return "[0-9a-z]?".join(map(re.escape, form))


def places(text: Plain, words: Iterable[str]) -> Iterator[Span]:
    """Yield where the words stand in the plain text, none across the end of a clause."""
    for flat in flat_forms(tuple(words)):
        start = text.text.find(flat)
        while flat and start >= 0:
            if not text.crosses_break(start, start + len(flat)):
                yield start, start + len(flat)
            start = text.text.find(flat, start + 1)


def inside(span: Span, spans: Sequence[Span]) -> bool:
    """Tell whether `span` lies within one of `spans`."""
    return any(first <= span[0] and span[1] <= last for first, last in spans)


def first_hit(text: Plain, phrases: tuple[str, ...], unless: tuple[str, ...]) -> Span | None:
    """Return the span, in the original, of the first phrase that is not part of a harmless word."""
    forms = flat_forms(phrases)
    if not forms:
        return None
    harmless: tuple[Span, ...] | None = None
    for hit in pattern(forms).finditer(text.text):
        if text.crosses_break(*hit.span()) or _within_number(text.text, hit):
            continue
        if harmless is None:
            harmless = tuple(places(text, unless))
        if not inside(hit.span(), harmless):
            return text.span(*hit.span())
    return None


def _within_number(text: str, hit: re.Match[str]) -> bool:
    """Tell whether the hit is a piece of a longer number: 12345 is no part of 1234567."""
    before, after = text[: hit.start()][-1:], text[hit.end() :][:1]
    found = hit.group()
    return (found[0].isdigit() and before.isdigit()) or (found[-1].isdigit() and after.isdigit())


def _longest(word: str) -> tuple[int, str]:
    return (-len(word), word)
