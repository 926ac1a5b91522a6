"""How good the served model is on labelled rows it never saw: the figures of `zhishou evaluate`."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import precision_recall_curve, precision_recall_fscore_support

from services.classify.training.data import Raw, read_set
from shared.contracts.verdicts import Label, Verdict

BINS: Final = 10
CHUNK: Final = 256
HIGH_PRECISION: Final = 0.9
SETS: Final[Mapping[str, Mapping[str, tuple[Label, ...]]]] = {
    "cold_hand": {"offensive": (Label.ABUSE, Label.HATE)},
    "cold": {"offensive": (Label.ABUSE, Label.HATE)},
    "cold_evade": {"offensive": (Label.ABUSE, Label.HATE)},
    "swsr": {"hate_gender": (Label.HATE,)},
    "toxirewrite": {"offensive": (Label.ABUSE, Label.HATE)},
    "fz12345": {"complaint": (Label.COMPLAINT,), "inquiry": (Label.QUESTION,)},
    "asap_sample": {"negative": (Label.COMPLAINT,)},
    "sos1k": {"self_harm": (Label.SELF_HARM,)},
    "chineseharm": {
        "gambling": (Label.GAMBLING,),
        "porn": (Label.SEXUAL,),
        "fraud": (Label.FRAUD,),
    },
}
Figures = dict[str, float]


class Judging(Protocol):
    """What is being measured."""

    def judge(self, texts: Sequence[str]) -> list[Verdict]:
        """Return one verdict a text."""
        ...


@dataclass(frozen=True, slots=True)
class Report:
    """set -> label -> figure -> value, and how fast it went."""

    sets: dict[str, dict[str, Figures]]
    speed: Figures


def evaluate(judge: Judging, folder: Path, tell: Callable[[str], None]) -> Report:
    """Measure every dev set that is in `folder`."""
    sets: dict[str, dict[str, Figures]] = {}
    texts, seconds = 0, 0.0
    for name, columns in SETS.items():
        if not (folder / f"{name}.dev.jsonl.gz").is_file():
            continue
        rows = read_set(folder, name, "dev")
        began = time.process_time()
        verdicts = judged(judge, [row.text for row in rows])
        seconds += time.process_time() - began
        texts += len(rows)
        sets[name] = {given: _column(rows, verdicts, given, to) for given, to in columns.items()}
        tell(name)
    speed = {"texts": float(texts), "texts_per_cpu_second": round(texts / max(seconds, 1e-9), 1)}
    return Report(sets, speed)


def judged(judge: Judging, texts: Sequence[str]) -> list[Verdict]:
    """Judge any number of texts, batch by batch."""
    return [
        verdict
        for first in range(0, len(texts), CHUNK)
        for verdict in judge.judge(texts[first : first + CHUNK])
    ]


def _column(
    rows: Sequence[Raw], verdicts: Sequence[Verdict], given: str, to: tuple[Label, ...]
) -> Figures:
    pairs = [(row, each) for row, each in zip(rows, verdicts, strict=True) if given in row.labels]
    truth = np.array([bool(row.labels[given]) for row, _ in pairs])
    belief = np.array([max(each.labels.get(label, 0.0) for label in to) for _, each in pairs])
    decided = np.array([any(label in each.decided for label in to) for _, each in pairs])
    return figures(truth, belief, decided)


def figures(
    truth: NDArray[np.bool_], belief: NDArray[np.float64], decided: NDArray[np.bool_]
) -> Figures:
    """Return the usual figures of one yes-or-no column."""
    precision, recall, f1, _ = precision_recall_fscore_support(
        truth, decided, labels=[False, True], zero_division=0.0
    )
    curve_precision, curve_recall, _ = precision_recall_curve(truth, belief)
    reachable = curve_recall[curve_precision >= HIGH_PRECISION]
    measured = {
        "rows": float(len(truth)),
        "accuracy": float((truth == decided).mean()),
        "macro_f1": float(f1.mean()),
        "precision": float(precision[1]),
        "recall": float(recall[1]),
        "recall_at_p90": float(reachable.max(initial=0.0)),
        "ece": calibration_error(truth, belief),
        "decided_share": float(decided.mean()),
    }
    return {name: round(value, 4) for name, value in measured.items()}


def calibration_error(truth: NDArray[np.bool_], belief: NDArray[np.float64]) -> float:
    """Return the mean gap between what was believed and what was so, over ten equal bins."""
    place = np.minimum((belief * BINS).astype(np.int64), BINS - 1)
    gaps = (abs(belief[place == each].sum() - truth[place == each].sum()) for each in range(BINS))
    return float(sum(gaps) / len(truth))
