"""Rows for learning that repeat a row for measuring, whatever the spelling: they are not learnt.

Several collections draw on the same comments and disguise them, so that one comment stands among the
train rows of one and the dev rows of another. Who learns it by heart measures nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from services.classify.training.data import Raw, Row, read_set
from shared.text.normalise import Tables, normalise
from shared.text.sounds import sounds

KIN: Final = ("toxicn", "toxicloak", "state_toxicn", "toxirewrite")
"""Collections of the same comments."""
MEASURED: Final = ("toxicn", "cntp", "toxicloak", "state_toxicn")
BASE: Final = "base_id"
"""What is said to be made from one comment goes with it."""
SILENT: Final = b""
"""A text of drawings and marks sounds like every other such text."""
CHUNK: Final = 512


@dataclass(frozen=True, slots=True)
class Repeats:
    """How every row for measuring sounds."""

    heard: frozenset[bytes]
    tables: Tables

    @classmethod
    def of(cls, folder: Path, tables: Tables) -> Self:
        """Return what is measured in a folder. Raises UserError."""
        there = [name for name in MEASURED if (folder / f"{name}.dev.jsonl.gz").is_file()]
        texts = [raw.text for name in there for raw in read_set(folder, name, "dev")]
        return cls(frozenset(_heard(texts, tables)) - {SILENT}, tables)

    def without(self, name: str, raws: list[Raw]) -> list[Raw]:
        """Return the rows of a collection that repeat nothing that is measured."""
        if name not in KIN or not self.heard:
            return raws
        heard = _heard([raw.text for raw in raws], self.tables)
        said = [each in self.heard for each in heard]
        bases = {raw.meta.get(BASE) for raw, is_said in zip(raws, said, strict=True) if is_said}
        bases.discard(None)
        return [
            raw
            for raw, is_said in zip(raws, said, strict=True)
            if not is_said and raw.meta.get(BASE) not in bases
        ]


def comments(rows: Sequence[Row], tables: Tables) -> NDArray[np.int64]:
    """Return for each row which comment it is: in several collections and disguises it is one."""
    places = [place for place, row in enumerate(rows) if row.source in KIN]
    heard = _heard([rows[each].text for each in places], tables)
    named: dict[object, int] = {}
    links: list[tuple[int, int]] = []
    for place, sound in zip(places, heard, strict=True):
        row = rows[place]
        names: list[object] = [sound] if sound != SILENT else []
        names += [(row.source, row.base)] if row.base else []
        links += [(place, len(rows) + named.setdefault(name, len(named))) for name in names]
    size = len(rows) + len(named)
    one, other = np.array(links, np.int64).reshape(-1, 2).T
    joined = coo_matrix((np.ones(len(one)), (one, other)), shape=(size, size))
    _, comment = connected_components(joined, directed=False)
    found: NDArray[np.int64] = comment[: len(rows)].astype(np.int64)
    return found


def _heard(texts: Sequence[str], tables: Tables) -> Iterator[bytes]:
    for first in range(0, len(texts), CHUNK):
        batch = normalise(texts[first : first + CHUNK], tables)
        units, text, *_ = sounds(batch, tables)
        ends = np.searchsorted(text, np.arange(len(batch) + 1))
        yield from (units[start:end].tobytes() for start, end in pairwise(ends))
