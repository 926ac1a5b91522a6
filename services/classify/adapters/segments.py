"""Words by rjieba, the fast twin of jieba; a test holds both to the same cuts."""

from collections.abc import Sequence

import numpy as np
import rjieba
from numpy.typing import NDArray

BETWEEN = "\n"
"""No canonical text holds a line break, and a line break is always a word of its own."""


class RjiebaSegmenter:
    """Cuts with the dictionary that the package has loaded: one of our own costs a start 0.15 s.

    Nobody in a process that classifies adds words to it.
    """

    def words(self, text: str) -> list[str]:
        """Return the words of one text."""
        cut: list[str] = rjieba.cut(text, hmm=True)
        return cut

    def lengths(self, texts: Sequence[str]) -> NDArray[np.int64]:
        """Return the lengths of the words of all texts, end to end."""
        words = rjieba.cut(BETWEEN.join(texts), hmm=True)
        lengths = np.fromiter(map(len, words), np.int64, len(words))
        sizes = np.fromiter(map(len, texts), np.int64, len(texts)) + 1
        between = np.zeros(int(sizes.sum()), np.bool_)
        between[np.cumsum(sizes) - 1] = True
        words_only: NDArray[np.int64] = lengths[~between[np.cumsum(lengths) - lengths]]
        return words_only
