"""The features of many texts as one sparse matrix, by the very code that serves."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from services.classify.adapters.lexicon_files import LEXICON_DIR, load_lexicon
from services.classify.adapters.segments import RjiebaSegmenter
from services.classify.adapters.terms import AhoCorasickFinder
from services.classify.core.features import HASHED, SHARE_BITS, SIZE, WIDE, Features, Seen, extract
from services.classify.core.lexicon import CATEGORIES, Lexicon
from shared.errors import UserError
from shared.text.normalise import Tables, normalise
from shared.text.sounds import initials, sounds

CHUNK = 512


@dataclass(frozen=True, slots=True, eq=False)
class Matrix:
    """Text x feature over the `known` features only, and which texts name a group.

    What a text has counts as much as one feature of it does where it serves; what it has not, nothing.
    """

    values: csr_matrix
    known: NDArray[np.int64]
    named: NDArray[np.bool_]
    """Which features are categories or signs, not hashed ones."""
    groups: NDArray[np.bool_]
    own: NDArray[np.bool_]
    """Which features our own rows and terms have."""
    usual: NDArray[np.bool_]
    """Which features are known without the terms that stand `aside`, which say nothing of labels."""
    aside: NDArray[np.bool_]
    """Which features those terms have."""
    space: int
    """How many features there could be."""


class Extractor:
    """Turns texts into feature ids."""

    def __init__(self, tables: Tables, *, wide: bool = False) -> None:
        lexicon = load_lexicon(LEXICON_DIR, tables)
        if lexicon is None:
            raise UserError("no term lists", where=str(LEXICON_DIR), fix="restore the folder")
        self.lexicon: Lexicon = lexicon
        self.tables = tables
        self._wide = wide
        self._finder = AhoCorasickFinder(lexicon.terms)
        self._segmenter = RjiebaSegmenter()

    @property
    def space(self) -> int:
        """Return how many features there could be."""
        return WIDE if self._wide else SIZE

    def presence(self, texts: Sequence[str]) -> csr_matrix:
        """Return text x feature: how much it counts where the text has it."""
        ids, sizes, counting = [], [], []
        for first in range(0, len(texts), CHUNK):
            known, _ = self._features(texts[first : first + CHUNK])
            ids.append(known.ids.astype(np.int32))
            sizes.append(np.diff(known.offsets))
            counting.append(known.shares)
        columns = np.concatenate(ids)
        many = np.concatenate(sizes)
        starts = np.concatenate((np.zeros(1, np.int64), np.cumsum(many)))
        counted = np.repeat(np.concatenate(counting) / (1 << SHARE_BITS), many).astype(np.float32)
        return csr_matrix((counted, columns, starts), shape=(len(texts), self.space))

    def wholes(self, terms: Sequence[str], shortest: int) -> NDArray[np.int64]:
        """Return the features that are the whole of a term, if it has so many characters.

        Categories and signs are none of them.
        """
        found = [np.zeros(0, np.int64)]
        for first in range(0, len(terms), CHUNK):
            known, lengths = self._features(terms[first : first + CHUNK])
            start, end = known.spans(np.arange(len(known.place)))
            length = np.repeat(lengths, np.diff(known.offsets))
            is_whole = (start == 0) & (end == length) & (length >= shortest)
            found.append(known.ids[is_whole & ~_is_named(known.ids)])
        return np.concatenate(found)

    def _features(self, texts: Sequence[str]) -> tuple[Features, NDArray[np.int64]]:
        """Return what some texts have, and how many characters each of them has."""
        batch = normalise(texts, self.tables)
        words = self._segmenter.lengths(batch.texts)
        found = self.lexicon.on_words(self._finder.find(batch.texts), batch, words)
        hits = self.lexicon.entries(found)
        heard = sounds(batch, self.tables)
        seen = Seen(words, hits, heard, initials(heard.units, self.tables))
        known = extract(batch, seen, self.lexicon.category_of, wide=self._wide)
        return known, np.diff(batch.starts)

    def matrix(
        self,
        texts: Sequence[str],
        own: NDArray[np.bool_],
        *,
        fewest: int,
        bare: NDArray[np.bool_] | None = None,
        aside: NDArray[np.bool_] | None = None,
    ) -> Matrix:
        """Return the features of at least `fewest` texts; each of our `own` counts thrice.

        What is `bare` is a term and no text: all its features are kept, but for categories and
        signs, of which it has none.
        """
        none = np.zeros(len(texts), np.bool_)
        no_text, apart = (none if each is None else each for each in (bare, aside))
        whole = _unsigned(self.presence(texts), no_text)
        has = whole.sign()
        counting = np.where(no_text, fewest, 1 + 2 * own) * ~apart
        counts = has.T @ counting.astype(np.float32)
        beyond = has.T @ apart.astype(np.float32)
        known = np.flatnonzero((counts >= fewest) | (beyond > 0))
        ours = has.T @ ((own | no_text) & ~apart).astype(np.float32)
        slur = HASHED + 2 * CATEGORIES.index("slur")
        groups = np.asarray(whole[:, slur : slur + 2].sum(axis=1)).ravel() > 0
        values = csr_matrix(whole[:, known])
        return Matrix(
            values,
            known,
            _is_named(known),
            groups,
            ours[known] > 0,
            counts[known] >= fewest,
            beyond[known] > 0,
            self.space,
        )


def _is_named(features: NDArray[np.int64] | NDArray[np.int32]) -> NDArray[np.bool_]:
    """Tell which features are categories or signs."""
    named: NDArray[np.bool_] = (features >= HASHED) & (features < SIZE)
    return named


def _unsigned(values: csr_matrix, chosen: NDArray[np.bool_]) -> csr_matrix:
    """Return the features without categories and signs of the chosen texts."""
    row = np.repeat(np.arange(values.shape[0]), np.diff(values.indptr))
    values.data[chosen[row] & _is_named(values.indices)] = 0.0
    values.eliminate_zeros()
    return values
