"""Learn again how hostile replies are worded: `python -m tests.tone --data DIR`.

From our own rows (tests/data/gate) and, for what insults look like, the training part of the set
toxirewrite (Apache-2.0; DIR holds toxirewrite.train.jsonl.gz). What is written is whole numbers.
"""

import argparse
import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression

from shared.policy.gate.plain import PAUSES, marked
from shared.policy.gate.tone import LONGEST

ROOT = Path(__file__).resolve().parents[1]
OWN = ROOT / "tests" / "data" / "gate"
WRITTEN = ROOT / "shared" / "policy" / "gate" / "tone_weights.py"
KEPT = 3600
SCALE = 20
WIDEST = 96
WEIGHTS = {"disaster": 5.0, "clean": 4.0, "toxic": 0.4, "polite": 4.0}
HEAD = '''"""How much each piece of a text speaks for hostility (above 0) or against it.

Written by `python -m tests.tone`; do not edit. A line is a weight and the pieces that have it.
"""

from typing import Final

_LINES: Final = """
{lines}
"""

WEIGHT_OF: Final = {{
    piece: int(line.split()[0])
    for line in _LINES.strip().splitlines()
    for piece in line.split()[1:]
}}
'''


def own_rows(pattern: str) -> Iterator[str]:
    """Yield the texts of our own sets."""
    for file in sorted(OWN.glob(pattern)):
        for line in file.read_text(encoding="utf-8").splitlines():
            if not line.startswith("@"):
                yield line


def rewrites(directory: Path) -> Iterator[tuple[str, str]]:
    """Yield insults and their polite rewrites."""
    with gzip.open(directory / "toxirewrite.train.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            yield row["text"], row["meta"]["polite"]


def learn(directory: Path, disasters: str = "disasters*.txt") -> dict[str, int]:
    """Return the weights of the pieces that matter most, in whole numbers.

    There is no bias: a text of which nothing is known is not hostile.
    """
    insults, polite = zip(*rewrites(directory), strict=True)
    rows = {
        "disaster": list(own_rows(disasters)),
        "clean": list(own_rows("clean_*.txt")),
        "toxic": list(insults),
        "polite": list(polite),
    }
    texts = [marked(text).text for kind in rows.values() for text in kind]
    hostile = [kind in {"disaster", "toxic"} for kind, each in rows.items() for _ in each]
    weight = [WEIGHTS[kind] for kind, each in rows.items() for _ in each]
    counter = CountVectorizer(
        analyzer="char", ngram_range=(1, LONGEST), binary=True, min_df=2, lowercase=False
    )
    found = counter.fit_transform(texts)
    pieces = counter.get_feature_names_out()
    words = np.array([_is_word(each) for each in pieces])
    model = LogisticRegression(C=1.0, max_iter=500, fit_intercept=False)
    model.fit(found[:, words], hostile, sample_weight=weight)
    pieces, exact = pieces[words], model.coef_[0]
    whole = np.rint(exact * SCALE).astype(int)
    best = np.argsort(-np.abs(exact), kind="stable")[:KEPT]
    return {str(pieces[at]): int(whole[at]) for at in best if whole[at]}


def write(weights: dict[str, int]) -> None:
    """Write the module, pieces of one weight together."""
    lines = []
    for value in sorted(set(weights.values())):
        line = f"{value}"
        for piece in sorted(each for each, weight in weights.items() if weight == value):
            if _width(line) + _width(piece) + 1 > WIDEST:
                lines.append(line)
                line = f"{value}"
            line += f" {piece}"
        lines.append(line)
    WRITTEN.write_text(HEAD.format(lines="\n".join(lines)), encoding="utf-8")


def _is_word(piece: str) -> bool:
    return bool(set(piece) - set(PAUSES + " ")) and not any(char.isascii() for char in piece)


def _width(text: str) -> int:
    return sum(1 + (not char.isascii()) for char in text)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--disasters", default="disasters*.txt")
    asked = parser.parse_args()
    write(learn(asked.data, asked.disasters))
