"""Terms by one Aho-Corasick automaton over the whole batch."""

from collections.abc import Sequence
from itertools import chain

import numpy as np
from ahocorasick_rs import MATCHKIND_LEFTMOST_LONGEST, AhoCorasick

from services.classify.core.needs import Found

BETWEEN = "\n"
"""No canonical text holds a line break, so no hit reaches over the end of a text."""


class AhoCorasickFinder:
    """Leftmost-longest hits of a fixed list of canonical terms."""

    def __init__(self, terms: Sequence[str]) -> None:
        self._automaton = AhoCorasick(list(terms), matchkind=MATCHKIND_LEFTMOST_LONGEST)

    def find(self, texts: Sequence[str]) -> Found:
        """Return every hit in every text."""
        hits = self._automaton.find_matches_as_indexes(BETWEEN.join(texts))
        flat = np.fromiter(chain.from_iterable(hits), np.int64, 3 * len(hits))
        table = flat.reshape(-1, 3)
        sizes = np.fromiter(map(len, texts), np.int64, len(texts)) + 1
        starts = np.cumsum(sizes) - sizes
        text = np.searchsorted(starts, table[:, 1], side="right") - 1
        shift = starts[text]
        return Found(table[:, 0], text, table[:, 1] - shift, table[:, 2] - shift)
