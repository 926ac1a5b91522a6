"""Two pictures of how far the model's probabilities can be trusted, as SVG.

Reliability: of what was believed to hold with about p, how much did hold. Abstaining: how often the
model is right on the share of rows that it is surest of.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from jinja2 import Environment, StrictUndefined

from services.classify.evaluation.figures import BINS, EVEN, Belief, Truth
from services.classify.evaluation.judged import Judging, Sets
from services.classify.evaluation.measure import LEAST_ROWS, SETS

STEPS: Final = 20
TEMPLATE: Final = Path(__file__).parent / "curves.svg.jinja"
RELIABILITY: Final = "reliability.svg"
ABSTAINING: Final = "abstaining.svg"


class Point(NamedTuple):
    """A place in a panel, both from 0 to 1, and how much of the rows stands behind it."""

    x: float
    y: float
    share: float


class Panel(NamedTuple):
    """One curve with its name."""

    name: str
    rows: int
    points: tuple[Point, ...]


def reliability(truth: Truth, belief: Belief) -> tuple[Point, ...]:
    """Return (mean belief, share that holds, share of rows) of each of ten bins that is not empty."""
    place = np.minimum((belief * BINS).astype(np.int64), BINS - 1)
    inside = [place == each for each in range(BINS)]
    return tuple(
        Point(float(belief[each].mean()), float(truth[each].mean()), float(each.mean()))
        for each in inside
        if each.any()
    )


def abstaining(truth: Truth, belief: Belief) -> tuple[Point, ...]:
    """Return (share answered, accuracy on it, share answered), the surest rows first."""
    order = np.argsort(-np.abs(belief - EVEN), kind="stable")
    right = np.cumsum(((belief >= EVEN) == truth)[order])
    counts = [max(1, len(truth) * step // STEPS) for step in range(1, STEPS + 1)]
    return tuple(
        Point(count / len(truth), float(right[count - 1]) / count, count / len(truth))
        for count in counts
    )


def draw(judge: Judging, folder: Path, out: Path) -> list[Path]:
    """Draw both pictures from the dev sets in `folder`; return the files. Raises OSError."""
    columns = list(_columns(Sets(judge, folder)))
    if not columns:
        return []
    out.mkdir(parents=True, exist_ok=True)
    return [
        _picture(out / RELIABILITY, judge, "believed", "held", columns, diagonal=True),
        _picture(out / ABSTAINING, judge, "share answered", "right", columns, diagonal=False),
    ]


def _columns(sets: Sets) -> Iterator[tuple[str, Truth, Belief]]:
    """Yield the columns with enough rows of both kinds to draw a curve through."""
    for name, labels in SETS.items():
        judged = sets.get(name)
        if judged is None:
            continue
        for given, to in labels.items():
            spoken = judged.of(np.array([given in row.labels for row in judged.rows]))
            if len(spoken.rows) >= LEAST_ROWS and 0 < spoken.truth(given).sum() < len(spoken.rows):
                yield f"{name}: {given}", spoken.truth(given), spoken.belief(*to)


def _picture(
    file: Path,
    judge: Judging,
    x: str,
    y: str,
    columns: list[tuple[str, Truth, Belief]],
    *,
    diagonal: bool,
) -> Path:
    curve = reliability if diagonal else abstaining
    panels = [Panel(name, len(truth), curve(truth, belief)) for name, truth, belief in columns]
    template = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    ).from_string(TEMPLATE.read_text(encoding="utf-8"))
    drawn = template.render(
        panels=panels,
        x=x,
        y=y,
        diagonal=diagonal,
        floor=0.0 if diagonal else 0.5,
        model=judge.model,
    )
    file.write_text(drawn + "\n", encoding="utf-8")
    return file
