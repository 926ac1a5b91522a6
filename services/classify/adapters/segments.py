"""Words by rjieba, the fast twin of jieba; a test holds both to the same cuts."""

from collections.abc import Sequence
from itertools import chain

import numpy as np
import rjieba
from numpy.typing import NDArray


class RjiebaSegmenter:
    """Cuts with its own dictionary, so nobody else's added words change a verdict."""

    def __init__(self) -> None:
        self._jieba = rjieba.Jieba()

    def words(self, text: str) -> list[str]:
        """Return the words of one text."""
        cut: list[str] = self._jieba.cut(text, hmm=True)
        return cut

    def lengths(self, texts: Sequence[str]) -> NDArray[np.int64]:
        """Return the lengths of the words of all texts, end to end."""
        cut = self._jieba.cut
        words = chain.from_iterable(cut(text, hmm=True) for text in texts)
        return np.fromiter(map(len, words), np.int64)
