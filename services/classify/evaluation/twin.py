"""The peer: plain scikit-learn, character 1-4-gram TF-IDF with one logistic regression a label."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from services.classify.training.data import ATTACK_SETS, read_set

FEWEST: Final = 2


class Twin:
    """One head for `offensive`, trained on every train row in the folder that speaks of it."""

    def __init__(self, folder: Path) -> None:
        """Train it. Raises UserError."""
        names = [name for name in ATTACK_SETS if (folder / f"{name}.train.jsonl.gz").is_file()]
        rows = [row for name in names for row in read_set(folder, name, "train")]
        self._grams = TfidfVectorizer(analyzer="char", ngram_range=(1, 4), min_df=FEWEST)
        self._head = LogisticRegression(solver="liblinear", random_state=0)
        values = self._grams.fit_transform([row.text for row in rows])
        self._head.fit(values, [bool(row.labels["offensive"]) for row in rows])

    def believe(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Return the probability that each text is offensive."""
        believed: NDArray[np.float64] = self._head.predict_proba(self._grams.transform(texts))[
            :, 1
        ]
        return believed
