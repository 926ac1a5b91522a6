"""What the verdict needs from text libraries, in the words of the verdict."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from shared.contracts.verdicts import Verdict
from shared.errors import PermanentError


class Found(NamedTuple):
    """Hits in order of place: which term, in which text, from where to where."""

    term: NDArray[np.int64]
    text: NDArray[np.int64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]


class TermFinder(Protocol):
    """Finds terms of a fixed list; of hits that overlap, the leftmost and then the longest."""

    def find(self, texts: Sequence[str]) -> Found:
        """Return every hit in every text. Places count within the text."""
        ...


class Segmenter(Protocol):
    """Cuts Chinese text into words."""

    def lengths(self, texts: Sequence[str]) -> NDArray[np.int64]:
        """Return the lengths of the words of all texts, end to end; they tile every text."""
        ...


class Signer(Protocol):
    """Makes signatures whose agreement estimates how much two texts share."""

    def sign(self, shingles: NDArray[np.uint64], starts: NDArray[np.int64]) -> list[str]:
        """Return one MinHash a text, 16 hex digits a value; "" where there are no shingles."""
        ...


class BatchJudge(Protocol):
    """Judges texts; the shell knows no more of the classifier."""

    @property
    def model(self) -> str:
        """Return the id of everything that verdicts depend on."""
        ...

    def judge(self, texts: Sequence[str]) -> list[Verdict]:
        """Return one verdict a text, in order. May raise on a text that is a bug of ours."""
        ...


class LastResort(Protocol):
    """Judges texts where they can do no harm, not even to each other."""

    async def judge(self, texts: Sequence[str]) -> Sequence[Verdict | PermanentError]:
        """Return the verdict on each, or why it cannot be judged here either."""
        ...
