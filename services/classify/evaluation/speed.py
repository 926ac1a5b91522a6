"""How fast all heads together are, against one head of plain scikit-learn in the same run."""

import time
from collections.abc import Callable, Sequence
from typing import Final

import numpy as np

from services.classify.evaluation.judged import CHUNK, Judging
from services.classify.evaluation.twin import Twin

ROUNDS: Final = 3
MOST_TEXTS: Final = 2048
SINGLES: Final = 1000
TAIL: Final = 0.99


def speed(judge: Judging, texts: Sequence[str], twin: Twin | None) -> dict[str, float]:
    """Return texts a CPU second in batches, and milliseconds for one text alone, both warm."""
    some = list(texts[:MOST_TEXTS])
    if not some:
        return {}
    ours: list[float] = []
    peers: list[float] = []
    for _ in range(ROUNDS):
        ours.append(_seconds(judge.judge, some))
        if twin is not None:
            peers.append(_seconds(twin.believe, some))
    rate = len(some) / min(ours)
    single = sorted(_single(judge, text) for text in some[:SINGLES])
    found = {
        "texts": float(len(some)),
        "texts_per_cpu_second": rate,
        "single_p50_ms": 1000 * single[len(single) // 2],
        "single_p99_ms": 1000 * single[int(TAIL * (len(single) - 1))],
    }
    if peers:
        found["twin_texts_per_cpu_second"] = len(some) / min(peers)
        found["speed_ratio"] = rate / found["twin_texts_per_cpu_second"]
    return found


def _seconds(judge: Callable[[Sequence[str]], object], texts: Sequence[str]) -> float:
    began = time.process_time()
    for first in range(0, len(texts), CHUNK):
        judge(texts[first : first + CHUNK])
    return max(time.process_time() - began, float(np.finfo(float).eps))


def _single(judge: Judging, text: str) -> float:
    """CPU time, for the tail of wall times is the machine's, not ours."""
    began = time.process_time()
    judge.judge([text])
    return time.process_time() - began
