"""How soon rumours among cascades are told, by their posts and what reposts say."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from services.classify.core.cascade_lines import Cascade, Line, cascades_of
from services.classify.evaluation.judged import Sets
from services.classify.training.data import RUMOUR_SETS, Row, read_set, read_stream, rows_of
from services.classify.training.matrix import Extractor
from services.classify.training.train import rank_unseen
from shared.contracts.verdicts import Label
from shared.policy.cascade import MINUTES

STREAM: Final = "ced_events"
GIVEN: Final = "rumour"
EVEN: Final = 0.5


class Foretelling(Protocol):
    """What judges cascades as they grow."""

    def foretell(
        self, cascades: Sequence[Cascade], texts: Sequence[float] | None = None
    ) -> list[list[float]]:
        """Return for each cascade how likely it is a rumour at each of MINUTES."""
        ...


def accuracy(sets: Sets, judge: Foretelling, extractor: Extractor, kind: str) -> dict[str, float]:
    """Return the share of cascades told rightly at each time. Raises UserError.

    Research weights have learnt from most of these posts, so their texts are judged by a head that
    has seen none of them.
    """
    path = sets.folder / "streams" / f"{STREAM}.jsonl.gz"
    if not path.is_file():
        return {}
    lines = read_stream(path)
    truth = {str(each["event"]): _is_rumour(each) for each in lines if "event_label" in each}
    told = cascades_of(Line.model_validate(each) for each in lines)
    texts = _unseen(sets.folder, told, extractor) if kind == "research" else None
    beliefs = np.array(judge.foretell(told, texts))
    right = (beliefs >= EVEN) == np.array([[truth[each.event]] for each in told])
    return {
        f"cascade_accuracy_{minutes}": float(right[:, place].mean())
        for place, minutes in enumerate(MINUTES)
    }


def _is_rumour(line: dict[str, object]) -> bool:
    label = line["event_label"]
    return isinstance(label, dict) and bool(label[GIVEN])


def _unseen(folder: Path, told: Sequence[Cascade], extractor: Extractor) -> list[float]:
    ids, texts = {f"ced-{each.event}" for each in told}, {each.text for each in told}
    others: list[Row] = [
        row
        for name in RUMOUR_SETS
        for raw in read_set(folder, name, "train")
        if raw.id not in ids and raw.text not in texts
        for row in rows_of(name, raw)
    ]
    posts = [Row(each.text, {}, STREAM) for each in told]
    believed: NDArray[np.float64] = rank_unseen(Label.RUMOUR, others, posts, extractor)
    return [float(each) for each in believed]
