"""Sets of labelled rows with what the served model says of them, as arrays."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from services.classify.training.data import Raw, read_set
from shared.contracts.verdicts import Label, Verdict

CHUNK: Final = 256
OFFENSIVE: Final = (Label.ABUSE, Label.HATE)
_PLACE: Final = {label: place for place, label in enumerate(Label)}


class Judging(Protocol):
    """What is being measured."""

    @property
    def model(self) -> str:
        """Return the id of everything that verdicts depend on."""
        ...

    def judge(self, texts: Sequence[str]) -> list[Verdict]:
        """Return one verdict a text."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """Rows, and text x label beliefs and decisions in the order of Label."""

    rows: list[Raw]
    beliefs: NDArray[np.float64]
    decisions: NDArray[np.bool_]
    abstained: NDArray[np.bool_]

    def belief(self, *labels: Label) -> NDArray[np.float64]:
        """Return how much the likeliest of these labels is believed."""
        columns: NDArray[np.float64] = self.beliefs[:, [_PLACE[each] for each in labels]]
        strongest: NDArray[np.float64] = columns.max(axis=1)
        return strongest

    def decided(self, *labels: Label) -> NDArray[np.bool_]:
        """Return where one of these labels is decided."""
        columns = self.decisions[:, [_PLACE[each] for each in labels]]
        some: NDArray[np.bool_] = np.logical_or.reduce(columns, axis=1)
        return some

    def truth(self, given: str) -> NDArray[np.bool_]:
        """Return a column of the rows' own labels."""
        return np.array([bool(row.labels[given]) for row in self.rows], np.bool_)

    def meta(self, name: str) -> NDArray[np.str_]:
        """Return a column of what else is told of the rows."""
        return np.array([str(row.meta.get(name, "")) for row in self.rows])

    def of(self, chosen: NDArray[np.bool_]) -> "Judged":
        """Return the chosen rows only."""
        rows = [row for row, take in zip(self.rows, chosen.tolist(), strict=True) if take]
        return Judged(rows, self.beliefs[chosen], self.decisions[chosen], self.abstained[chosen])


def judge_rows(judge: Judging, rows: list[Raw]) -> Judged:
    """Judge any number of rows, batch by batch."""
    verdicts = [
        verdict
        for first in range(0, len(rows), CHUNK)
        for verdict in judge.judge([row.text for row in rows[first : first + CHUNK]])
    ]
    beliefs = [[each.labels.get(label, 0.0) for label in Label] for each in verdicts]
    decisions = [[label in each.decided for label in Label] for each in verdicts]
    shape = (len(rows), len(Label))
    return Judged(
        rows,
        np.array(beliefs).reshape(shape),
        np.array(decisions, np.bool_).reshape(shape),
        np.array([each.abstained for each in verdicts], np.bool_),
    )


class Sets:
    """The dev sets of a folder, each judged once and only when it is asked for."""

    def __init__(self, judge: Judging, folder: Path) -> None:
        self.judge, self.folder = judge, folder
        self._kept: dict[str, Judged | None] = {}

    def get(self, name: str) -> Judged | None:
        """Return a judged set; None if the folder does not hold it. Raises UserError."""
        if name not in self._kept:
            there = (self.folder / f"{name}.dev.jsonl.gz").is_file()
            rows = read_set(self.folder, name, "dev") if there else []
            self._kept[name] = judge_rows(self.judge, rows) if rows else None
        return self._kept[name]

    def all_of(self, *names: str) -> dict[str, Judged] | None:
        """Return several sets; None if one is missing."""
        found = {name: each for name in names if (each := self.get(name)) is not None}
        return found if len(found) == len(names) else None
