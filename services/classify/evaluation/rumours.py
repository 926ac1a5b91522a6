"""Whether posts worded like rumours are ranked above others, within and across collections."""

from typing import Final

import numpy as np
from sklearn.metrics import roc_auc_score

from services.classify.evaluation.judged import Sets
from services.classify.training.data import RUMOUR_SETS, Row, read_set, rows_of
from services.classify.training.matrix import Extractor
from services.classify.training.train import rank_unseen
from shared.contracts.verdicts import Label

GIVEN: Final = "rumour"


def by_text(sets: Sets) -> dict[str, float]:
    """Return the area under the curve of each collection, by the text of the post alone."""
    found = {}
    for name in RUMOUR_SETS:
        judged = sets.get(name)
        if judged is not None:
            area = roc_auc_score(judged.truth(GIVEN), judged.belief(Label.RUMOUR))
            found[f"rumour_auc_{name}"] = float(area)
    return found


def across(sets: Sets, extractor: Extractor) -> dict[str, float]:
    """Return the area for each collection by a head that learnt from the others alone."""
    names = [each for each in RUMOUR_SETS if (sets.folder / f"{each}.train.jsonl.gz").is_file()]
    if len(names) < len(RUMOUR_SETS):
        return {}
    known = {
        name: [
            row
            for split in ("train", "dev")
            for raw in read_set(sets.folder, name, split)
            for row in rows_of(name, raw)
        ]
        for name in names
    }
    areas = {}
    for left_out in names:
        others: list[Row] = [row for name in names if name != left_out for row in known[name]]
        belief = rank_unseen(Label.RUMOUR, others, known[left_out], extractor)
        truth = np.array([row.known[Label.RUMOUR] for row in known[left_out]])
        areas[f"rumour_auc_without_{left_out}"] = float(roc_auc_score(truth, belief))
    return {"rumour_auc_left_out_worst": min(areas.values()), **areas}
