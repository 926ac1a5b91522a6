"""One shared sparse space for all labels: hashed character grams and words, and named signs.

Everything is integer arithmetic on the code points of a whole batch, so the features of a text
are the same on every machine and in every batch.
"""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from services.classify.core.needs import Found
from shared.text.normalise import Canonical

Ints = NDArray[np.int64]
Hashes = NDArray[np.uint64]

BITS: Final = 20
HASHED: Final = 1 << BITS
CATEGORIES: Final = 64
"""Room for lexicon categories; each has two slots, for one hit and for several."""
SIGNS: Final = HASHED + 2 * CATEGORIES
SIZE: Final = SIGNS + 64
GRAMS: Final = 3
_ODD: Final = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9], np.uint64)
_ROLL: Final = 0x100000001B3
_ROLL_BACK: Final = pow(_ROLL, -1, 1 << 64)
_MASK: Final = (1 << 64) - 1


class Features(NamedTuple):
    """Feature `ids` of all texts, end to end; each stands at [start, end) of its own text.

    Text `i` has those from `offsets[i]` to `offsets[i + 1]`; an id occurs once a text.
    """

    ids: Ints
    start: Ints
    end: Ints
    offsets: Ints


class _Part(NamedTuple):
    text: Ints
    ids: Ints
    start: Ints
    end: Ints


def gram_hashes(batch: Canonical, size: int) -> tuple[Hashes, Ints]:
    """Return (hash, place) of every run of `size` characters that lies in one text."""
    codes = batch.codes.astype(np.uint64)
    count = len(codes) - size + 1
    if count <= 0:
        return np.zeros(0, np.uint64), np.zeros(0, np.int64)
    total = np.full(count, size, np.uint64) * _ODD[2]
    for step in range(size):
        total = (total ^ (total >> np.uint64(29))) * _ODD[1] + codes[step : step + count]
    owner = text_of(batch)
    places = np.flatnonzero(owner[:count] == owner[size - 1 :])
    return _mixed(total[places]), places


def text_of(batch: Canonical) -> Ints:
    """Return for each character the text it belongs to."""
    return np.repeat(np.arange(len(batch), dtype=np.int64), np.diff(batch.starts))


def extract(batch: Canonical, words: Ints, hits: Found, category_of: Ints) -> Features:
    """Return the features of a batch; `words` are lengths that tile its texts."""
    parts = [
        *_grams(batch),
        *_words(batch, words),
        *_categories(hits, category_of),
        *_signs(batch),
    ]
    whole = _Part(*(np.concatenate(column) for column in zip(*parts, strict=True)))
    key = whole.text * SIZE + whole.ids
    _, first = np.unique(key, return_index=True)
    text = whole.text[first]
    offsets = np.searchsorted(text, np.arange(len(batch) + 1))
    return Features(whole.ids[first], whole.start[first], whole.end[first], offsets)


def _mixed(total: Hashes) -> Hashes:
    total = (total ^ (total >> np.uint64(32))) * _ODD[0]
    return total ^ (total >> np.uint64(29))


def _bucket(hashes: Hashes) -> Ints:
    return (hashes >> np.uint64(64 - BITS)).astype(np.int64)


def _grams(batch: Canonical) -> list[_Part]:
    owner = text_of(batch)
    parts = []
    for size in range(1, GRAMS + 1):
        hashes, places = gram_hashes(batch, size)
        text = owner[places]
        start = places - batch.starts[text]
        parts.append(_Part(text, _bucket(hashes), start, start + size))
    return parts


def _words(batch: Canonical, lengths: Ints) -> list[_Part]:
    """Return words of two or more characters, and pairs of neighbouring words."""
    ends = np.cumsum(lengths)
    starts = ends - lengths
    owner = text_of(batch)[starts] if len(starts) else starts
    hashes = _word_hashes(batch, starts, ends)
    shift = batch.starts[owner]
    single = np.flatnonzero(lengths > 1)
    pair = np.flatnonzero(owner[:-1] == owner[1:])
    both = _mixed(hashes[:-1] * _ODD[1] + hashes[1:])
    return [
        _Part(
            owner[single],
            _bucket(hashes[single]),
            (starts - shift)[single],
            (ends - shift)[single],
        ),
        _Part(owner[pair], _bucket(both[pair]), (starts - shift)[pair], (ends - shift)[pair + 1]),
    ]


def _word_hashes(batch: Canonical, starts: Ints, ends: Ints) -> Hashes:
    """Return a hash a word from one running sum: multiplication by an odd number undoes itself."""
    size = len(batch.codes) + 1
    up, down = np.full(size, _ROLL, np.uint64), np.full(size, _ROLL_BACK & _MASK, np.uint64)
    up[0] = down[0] = 1
    up, down = np.multiply.accumulate(up), np.multiply.accumulate(down)
    running = np.zeros(size, np.uint64)
    np.cumsum(batch.codes.astype(np.uint64) * up[:-1], out=running[1:])
    return _mixed((running[ends] - running[starts]) * down[starts] + _ODD[0])


def _categories(hits: Found, category_of: Ints) -> list[_Part]:
    category = category_of[hits.term]
    key = hits.text * CATEGORIES + category
    order = np.argsort(key, kind="stable")
    again = np.zeros(len(key), np.int64)
    again[order[1:]] = key[order[1:]] == key[order[:-1]]
    return [_Part(hits.text, HASHED + 2 * category + again, hits.start, hits.end)]


def _signs(batch: Canonical) -> list[_Part]:
    """Return what a text looks like from afar: its length, its marks, its digits."""
    texts = np.arange(len(batch), dtype=np.int64)
    sizes = np.diff(batch.starts)
    none = np.zeros(len(batch), np.int64)
    length = np.minimum(np.searchsorted(np.array([6, 12, 25, 50, 100, 200]), sizes), 6)
    parts = [_Part(texts, SIGNS + length, none, none)]
    owner = text_of(batch)
    for slot, mark in enumerate("?!。,:@#[【/~"):
        count = np.bincount(owner[batch.codes == ord(mark)], minlength=len(batch))
        some = np.flatnonzero(count)
        many = (count[some] > 1).astype(np.int64)
        zero = np.zeros(len(some), np.int64)
        parts.append(_Part(some, SIGNS + 8 + 2 * slot + many, zero, zero))
    last = batch.codes[batch.starts[1:] - 1] if len(batch.codes) else batch.codes[:0]
    asks = np.flatnonzero((last == ord("?")) & (sizes > 0)) if len(last) else none[:0]
    parts.append(_Part(asks, np.full(len(asks), SIGNS + 40), none[: len(asks)], none[: len(asks)]))
    return parts
