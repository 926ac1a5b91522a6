"""Lists of insults beside the data sets: their terms speak alike, so that rare ones are known by the others.

A row teaches of an insult only what it says itself. A list says that a thousand insults are of one kind;
what all of them say together is learnt once a list, and added to the feature that is the whole
of a term: its characters, its word, its sounds. Weights that serve need no list.
"""

import hashlib
from pathlib import Path
from typing import Final

import numpy as np
from scipy.sparse import csr_matrix

from services.classify.adapters.lexicon_files import read_list
from services.classify.training.matrix import Extractor

FOLDER: Final = "lexicons"
LISTS: Final = (
    "toxicn_general", "toxicn_lgbt", "toxicn_racism", "toxicn_region", "toxicn_sexism",
    "sexhatelex", "konsheng_porn",
)  # fmt: skip
"""Lists of what people call each other; those of advertisements and arms say nothing of attacks."""
LOUDNESS: Final = 2.0
"""How much more a list counts than a feature of its own from the start."""
SHORTEST: Final = 2
"""One character is no term: it stands in words of every kind."""


def list_files(data: Path) -> list[Path]:
    """Return the lists that are there, in a fixed order."""
    paths = [data / FOLDER / f"{name}.txt" for name in LISTS]
    return [path for path in paths if path.is_file()]


def list_hashes(data: Path) -> dict[str, str]:
    """Return the hash of each list by its name in the folder; they have been read."""
    return {
        f"{FOLDER}/{path.name}": hashlib.sha256(path.read_bytes()).hexdigest()
        for path in list_files(data)
    }


def listed(data: Path, extractor: Extractor) -> csr_matrix | None:
    """Return feature x list: how loudly each that is the whole of a term speaks for its list.

    Nothing where no list is there. Raises UserError.
    """
    features: list[int] = []
    lists: list[int] = []
    paths = list_files(data)
    for place, path in enumerate(paths):
        terms = [line.strip() for line in read_list(path).splitlines()]
        whole = np.unique(extractor.wholes([each for each in terms if each], SHORTEST))
        features += whole.tolist()
        lists += [place] * len(whole)
    if not features:
        return None
    loud = np.full(len(features), LOUDNESS)
    return csr_matrix((loud, (features, lists)), shape=(extractor.space, len(paths)))
