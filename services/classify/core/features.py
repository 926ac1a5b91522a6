"""One shared sparse space for all labels: hashed character grams and words, and named signs.

Everything is integer arithmetic on the code points of a whole batch, so the features of a text
are the same on every machine and in every batch.
"""

from math import isqrt
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from services.classify.core.hashes import (
    BITS,
    Hashes,
    Ints,
    bucket,
    gram_hashes,
    pair_hashes,
    run_hashes,
    word_hashes,
)
from services.classify.core.needs import Found
from shared.text.normalise import Canonical
from shared.text.sounds import Sounds

HASHED: Final = 1 << BITS
CATEGORIES: Final = 64
"""Room for lexicon categories; each has two slots, for one hit and for several."""
SIGNS: Final = HASHED + 2 * CATEGORIES
SIZE: Final = SIGNS + 64
GRAMS: Final = (1, 2)
LONGER: Final = (3, 4)
"""Runs that only weights of the wide space know, beside words that follow each other."""
WIDE_BITS: Final = 24
WIDE: Final = SIZE + (1 << WIDE_BITS)
"""The space of such weights: what is longer lies behind all else."""
MARKS: Final = "?!。,:@#[【/~"
"""The order is part of the model's format."""
_SLOT_OF: Final = np.zeros(max(map(ord, MARKS)) + 2, np.int64)
"""1 + the place in MARKS of a character, 0 for others; the last entry stands for all beyond."""
_SLOT_OF[[ord(mark) for mark in MARKS]] = range(1, len(MARKS) + 1)
_LENGTHS: Final = np.array([6, 12, 25, 50, 100, 200])
SOUND_GRAMS: Final = (1, 2, 3)
INITIAL_GRAMS: Final = (4, 5)
SHARE_BITS: Final = 16
SHORT: Final = 20
"""Of a text longer than this every feature counts less, by the root of how much longer it is."""
_LONGEST: Final = 4096
_SHARES: Final = np.array(
    [
        min(1 << SHARE_BITS, isqrt((SHORT << 2 * SHARE_BITS) // max(length, 1)))
        for length in range(_LONGEST + 1)
    ]
)
_SPREAD: Final = 0x9E3779B1
_WINDOW_BITS: Final = 9
"""A text has 150 features; with fewer slots too many share one, with more they are too far apart."""
_SALTS: Final = {"sound": 0x51, "initial": 0x1717, "pair": 0x9A1}


class Units(NamedTuple):
    """What a feature can begin and end with, at [start, end) of its own text.

    First the characters of a batch, then its syllables, then for each text a place that is nowhere.
    """

    text: Ints
    start: Ints
    end: Ints


class Marks(NamedTuple):
    """All that was seen in a batch, kind by kind: the id of a feature, its first and its last unit."""

    ids: Ints
    first: Ints
    last: Ints


class Features(NamedTuple):
    """The features of all texts, end to end; an id occurs once a text.

    Text `i` has those from `offsets[i]` to `offsets[i + 1]`. `rows` are those of the weights they
    have; of features alone there are none. `shares` say of each text how much one feature of it
    counts (scale 2^16). Each is one of the `marks`, at its `place` there; where it stands in its
    text is asked of few.
    """

    rows: NDArray[np.int32]
    offsets: Ints
    shares: Ints
    place: Ints
    marks: Marks
    units: Units

    @property
    def ids(self) -> Ints:
        return self.marks.ids.take(self.place)

    def spans(self, which: Ints) -> tuple[Ints, Ints]:
        """Return start and end of some features in their own texts."""
        place = self.place.take(which)
        first, last = self.marks.first.take(place), self.marks.last.take(place)
        return self.units.start.take(first), self.units.end.take(last)


class Seen(NamedTuple):
    """What was found in a batch: word lengths that tile its texts, entries, sounds and initials."""

    words: Ints
    hits: Found
    heard: Sounds
    letters: Ints


def extract(
    batch: Canonical,
    seen: Seen,
    category_of: Ints,
    row_of: NDArray[np.int32] | None = None,
    *,
    wide: bool = False,
) -> Features:
    """Return the features of a batch from what was seen in it; of the `wide` space, longer ones too.

    With `row_of` (feature to row of the weights, 0 for none), only those that weigh anything. They
    come text by text, of equal ones the first.
    """
    parts = [
        *_grams(batch),
        *_words(batch, seen.words),
        *_categories(batch, seen.hits, category_of),
        *_signs(batch, len(batch.codes) + len(seen.heard.units)),
        *_sounds(seen.heard, seen.letters, len(batch.codes)),
        *(_longer(batch, seen.words) if wide else ()),
    ]
    marks = Marks(*(np.concatenate(column) for column in zip(*parts, strict=True)))
    units = _units(batch, seen.heard)
    keys = marks.ids if row_of is None else row_of.take(marks.ids)
    some = np.arange(len(keys)) if row_of is None else np.flatnonzero(keys != 0)
    text = units.text.take(marks.first.take(some))
    order = np.argsort(text, kind="stable")
    text, place = text.take(order), some.take(order)
    keys = keys.take(place)
    once = firsts(text, keys)
    return Features(
        (np.zeros(0) if row_of is None else keys.take(once)).astype(np.int32, copy=False),
        np.searchsorted(text.take(once), np.arange(len(batch) + 1)),
        shares(np.diff(batch.starts)),
        place.take(once),
        marks,
        units,
    )


def shares(lengths: Ints) -> Ints:
    """Return how much each feature counts in texts of these lengths (scale 2^16).

    A petition of four hundred characters has ten times the features of a remark, and would
    otherwise be ten times as sure.
    """
    return _SHARES.take(np.minimum(lengths, _LONGEST))


def firsts(text: Ints, keys: NDArray[np.signedinteger]) -> Ints:
    """Return where each pair of text and key stands for the first time; texts are in order.

    Each text has some slots side by side, and a key one of them by its last bits. All are written down from
    the last to the first, so the first of a slot stays, and those like it go. The rest, which
    shares it by chance, has its turn again, in slots of all texts. Sorting takes four times as long.
    """
    left = np.arange(len(text) - 1, -1, -1, dtype=np.int32)
    slot = text[::-1] << _WINDOW_BITS
    slot += keys[::-1] & (1 << _WINDOW_BITS) - 1
    slots = int(text[-1]) + 1 << _WINDOW_BITS if len(text) else 0
    stays = np.ones(len(text), np.bool_)
    while len(left):
        owner = np.empty(slots, np.int32)
        owner[slot] = left
        winner = owner.take(slot)
        beaten = np.flatnonzero(winner != left)
        left, winner = left.take(beaten), winner.take(beaten)
        stays[left] = keys.take(left) != keys.take(winner)
        left = left.take(np.flatnonzero(stays.take(left)))
        slots = 1 << len(left).bit_length() + 2
        slot = (text.take(left) * _SPREAD + keys.take(left)) & slots - 1
    return np.flatnonzero(stays)


def offsets_of(sizes: Ints) -> Ints:
    """Return where each of some stretches begins that lie end to end, and where the last ends."""
    return np.concatenate((np.zeros(1, np.int64), np.cumsum(sizes)))


def _units(batch: Canonical, heard: Sounds) -> Units:
    within = np.arange(len(batch.codes)) - batch.starts.take(batch.owner)
    nowhere = np.zeros(len(batch), np.int64)
    return Units(
        np.concatenate((batch.owner, heard.text, np.arange(len(batch)))),
        np.concatenate((within, heard.start, nowhere)),
        np.concatenate((within + 1, heard.end, nowhere)),
    )


def _grams(batch: Canonical) -> list[Marks]:
    parts = []
    for size in GRAMS:
        hashes, places = gram_hashes(batch, size)
        parts.append(Marks(bucket(hashes), places, places + size - 1))
    return parts


def _words(batch: Canonical, lengths: Ints) -> list[Marks]:
    """Return words of two or more characters."""
    ends = np.cumsum(lengths)
    longer = np.flatnonzero(lengths > 1)
    ends = ends.take(longer)
    starts = ends - lengths.take(longer)
    return [Marks(bucket(word_hashes(batch, starts, ends)), starts, ends - 1)]


def _longer(batch: Canonical, lengths: Ints) -> list[Marks]:
    """Return longer runs of characters, and words that follow each other."""
    runs = [(*gram_hashes(batch, size), size) for size in LONGER]
    ends = np.cumsum(lengths)
    starts = ends - lengths
    owner = batch.owner.take(starts)
    first = np.flatnonzero(owner[:-1] == owner[1:])
    start, end = starts.take(first), ends.take(first + 1)
    pairs = word_hashes(batch, start, end)
    return [
        *(Marks(_beyond(hashes), places, places + size - 1) for hashes, places, size in runs),
        Marks(_beyond(pairs), start, end - 1),
    ]


def _beyond(hashes: Hashes) -> Ints:
    return SIZE + bucket(hashes, WIDE_BITS)


def _sounds(heard: Sounds, letters: Ints, before: int) -> list[Marks]:
    """Return runs of syllables, runs of their initials, and pairs in any order."""
    units, begin = heard.units.astype(np.uint64), letters.astype(np.uint64)
    found = [
        *(
            (run_hashes(units, heard.text, size, _SALTS["sound"] + size), size)
            for size in SOUND_GRAMS
        ),
        *(
            (run_hashes(begin, heard.text, size, _SALTS["initial"] + size), size)
            for size in INITIAL_GRAMS
        ),
        (pair_hashes(units, heard.text, _SALTS["pair"]), 2),
    ]
    return [
        Marks(bucket(hashes), places + before, places + (before + size - 1))
        for (hashes, places), size in found
    ]


def _categories(batch: Canonical, hits: Found, category_of: Ints) -> list[Marks]:
    category = category_of[hits.term]
    key = hits.text * CATEGORIES + category
    order = np.argsort(key, kind="stable")
    again = np.zeros(len(key), np.int64)
    again[order[1:]] = key[order[1:]] == key[order[:-1]]
    shift = batch.starts.take(hits.text)
    return [Marks(HASHED + 2 * category + again, shift + hits.start, shift + hits.end - 1)]


def _signs(batch: Canonical, before: int) -> list[Marks]:
    """Return what a text looks like from afar: its length, its marks, its digits."""
    count = len(batch)
    sizes = np.diff(batch.starts)
    length = np.minimum(np.searchsorted(_LENGTHS, sizes), len(_LENGTHS))
    slot = _SLOT_OF.take(np.minimum(batch.codes, len(_SLOT_OF) - 1))
    marks = np.flatnonzero(slot)
    cell = batch.owner.take(marks) * len(MARKS) + slot.take(marks) - 1
    often = np.bincount(cell, minlength=count * len(MARKS))
    some = np.flatnonzero(often)
    many = often.take(some) > 1
    full = np.flatnonzero(sizes)
    asks = full[batch.codes.take(batch.starts.take(full + 1) - 1) == ord("?")]
    text = np.concatenate((np.arange(count), some // len(MARKS), asks))
    ids = np.concatenate((length, 8 + 2 * (some % len(MARKS)) + many, np.full(len(asks), 40)))
    return [Marks(SIGNS + ids, text + before, text + before)]
