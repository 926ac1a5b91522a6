"""The figures of `zhishou evaluate`: of every set and label, and of every goal."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

import numpy as np

from services.classify.evaluation import cascades, matters, offence, rumours
from services.classify.evaluation.figures import Figures, figures
from services.classify.evaluation.judged import OFFENSIVE, Judged, Judging, Sets, judge_rows
from services.classify.evaluation.speed import speed
from services.classify.evaluation.twin import Twin
from services.classify.training.data import ATTACK_SETS, PERMISSIVE, RESEARCH, later_rows
from services.classify.training.matrix import Extractor
from shared.contracts.verdicts import Label
from shared.text.normalise import Tables

LEAST_ROWS: Final = 400
"""Below this many rows a calibration error is mostly chance."""
_ATTACK: Final = {"offensive": OFFENSIVE}
_RUMOUR: Final = {"rumour": (Label.RUMOUR,)}
_NEGATIVE: Final = {"negative": (Label.COMPLAINT,)}
SETS: Final[Mapping[str, Mapping[str, tuple[Label, ...]]]] = {
    "cold_hand": _ATTACK,
    "cold": _ATTACK,
    "cold_evade": _ATTACK,
    "toxirewrite": _ATTACK,
    "toxicn": _ATTACK | {"hate": (Label.HATE,)},
    "toxicloak": _ATTACK,
    "cntp": _ATTACK,
    "swsr": {"hate_gender": (Label.HATE,)},
    "state_toxicn": {"hate": (Label.HATE,)},
    "fz12345": {
        "complaint": (Label.COMPLAINT,),
        "inquiry": (Label.QUESTION,),
        "suggestion": (Label.SUGGESTION,),
    },
    "asap_sample": _NEGATIVE,
    "shopping": _NEGATIVE,
    "waimai": _NEGATIVE,
    "hotel": _NEGATIVE,
    "sos1k": {"self_harm": (Label.SELF_HARM,)},
    "chineseharm": {given: (label,) for given, label in matters.HARMS.items()},
    "ced": _RUMOUR,
    "checked": _RUMOUR,
    "weibo17": _RUMOUR,
    "ltcr": _RUMOUR,
}
OWN: Final = "own_later"
"""Rows of our own, written after those that teach."""
TAUGHT_ALIKE: Final = {"cold_hand": "cold", "cold_evade": "cold"}
"""Sets without rows to learn from, and the set whose rows they are like."""


class Measured(Judging, cascades.Foretelling, Protocol):
    """What is measured: it judges texts and cascades."""


@dataclass(frozen=True, slots=True)
class Report:
    """set -> label -> figure -> value; how fast it went; and all measures by name."""

    sets: dict[str, dict[str, Figures]]
    speed: Figures
    measures: Figures


def evaluate(
    judge: Measured, folder: Path, tell: Callable[[str], None], *, tables: Tables, peers: bool
) -> Report:
    """Measure everything that the sets in `folder` allow; without `peers`, no twin is trained."""
    sets = Sets(judge, folder)
    columns = {
        name: _figures(judged, to) for name, to in SETS.items() if (judged := sets.get(name))
    }
    if not columns:
        return Report({}, {}, {})
    columns[OWN] = _figures(judge_rows(judge, later_rows()), {each: (each,) for each in Label})
    tell(f"{len(columns)} sets")
    twin = _twin(folder) if peers else None
    measures: Figures = {}
    for part in (offence.hand_labelled, offence.disguised, offence.cloaked, offence.toxic):
        measures |= part(sets, twin)
    for told in (matters.harms, matters.complaints, matters.petitions, matters.city_posts,
                 matters.self_harm, rumours.by_text):  # fmt: skip
        measures |= told(sets)
        tell(told.__name__)
    kind = kind_of(judge)
    extractor = Extractor(tables, wide=kind == "research")
    if peers and kind == "research":
        measures |= rumours.across(sets, extractor)
    measures |= cascades.accuracy(sets, judge, extractor, kind)
    measures |= calibration(columns, kind)
    first = next((each for name in SETS if (each := sets.get(name))), None)
    fast = speed(judge, [] if first is None else [row.text for row in first.rows], twin)
    measures |= fast
    return Report(columns, _rounded(fast), _rounded(measures))


def kind_of(judge: Judging) -> str:
    """Return which kind of weights is being measured, as the model's id says it."""
    return judge.model.partition("-")[0]


def calibration(columns: Mapping[str, Mapping[str, Figures]], kind: str) -> Figures:
    """Return the worst calibration error, over sources like those learnt from and over all.

    A set of one class only has no calibration to speak of: nothing in it says how often not.
    """
    taught = PERMISSIVE if kind == "permissive" else (*PERMISSIVE, *RESEARCH)
    errors = {
        (name, label): row["ece"]
        for name, labels in columns.items()
        for label, row in labels.items()
        if row["rows"] >= LEAST_ROWS and 0 < row["positives"] < row["rows"]
    }
    known = [
        error for (name, _), error in errors.items() if TAUGHT_ALIKE.get(name, name) in taught
    ]
    found = {} if not known else {"worst_ece": max(known)}
    return found if not errors else found | {"worst_ece_of_all": max(errors.values())}


def _figures(judged: Judged, columns: Mapping[str, tuple[Label, ...]]) -> dict[str, Figures]:
    found = {}
    for given, to in columns.items():
        spoken = judged.of(np.array([given in row.labels for row in judged.rows]))
        if spoken.rows:
            told = figures(spoken.truth(given), spoken.belief(*to), spoken.decided(*to))
            abstained = round(float(spoken.abstained.mean()), 4)
            found[given] = told | {"abstained_share": abstained}
    return found


def _twin(folder: Path) -> Twin | None:
    there = [name for name in ATTACK_SETS if (folder / f"{name}.train.jsonl.gz").is_file()]
    return Twin(folder) if there else None


def _rounded(figures_by_name: Mapping[str, float]) -> Figures:
    return {name: round(value, 4) for name, value in figures_by_name.items()}
