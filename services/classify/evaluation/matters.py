"""What people write about and who is in danger: complaints, questions, harms, self-harm."""

from pathlib import Path
from typing import Final

import numpy as np
from sklearn.metrics import f1_score

from services.classify.evaluation.figures import bar_for_flagged, macro_f1
from services.classify.evaluation.judged import Sets, judge_rows
from services.classify.training.data import Raw, read_stream
from shared.contracts.verdicts import Label

REVIEWS: Final = ("shopping", "waimai", "hotel")
OPEN_WEIBO: Final = "smp2020"
CITY_STREAM: Final = "fuzhou_weibo"
OPEN_FLAGGED: Final = 0.01
HARMS: Final = {
    "gambling": Label.GAMBLING, "porn": Label.SEXUAL, "abuse": Label.ABUSE,
    "fraud": Label.FRAUD, "illicit_ad": Label.SPAM,
}  # fmt: skip
PETITIONS: Final = {
    "complaint": Label.COMPLAINT, "inquiry": Label.QUESTION, "suggestion": Label.SUGGESTION,
}  # fmt: skip


def harms(sets: Sets) -> dict[str, float]:
    """Return how well five harms and none are told apart: the likeliest harm, if it is decided.

    Beside it the same with even odds for a bar: what the ranking alone is worth.
    """
    judged = sets.get("chineseharm")
    if judged is None:
        return {}
    columns = np.stack([judged.truth(given) for given in HARMS], axis=1)
    truth = np.where(columns.any(axis=1), columns.argmax(axis=1), len(HARMS))
    beliefs = np.stack([judged.belief(label) for label in HARMS.values()], axis=1)
    decided = np.stack([judged.decided(label) for label in HARMS.values()], axis=1)
    by_decision = np.where(
        decided.any(axis=1), np.where(decided, beliefs, -1.0).argmax(axis=1), len(HARMS)
    )
    best = beliefs.argmax(axis=1)
    by_odds = np.where(beliefs.max(axis=1) >= 1 / 2, best, len(HARMS))
    return {
        "harm_classes_macro_f1": float(f1_score(truth, by_decision, average="macro")),
        "harm_classes_macro_f1_even": float(f1_score(truth, by_odds, average="macro")),
    }


def complaints(sets: Sets) -> dict[str, float]:
    """Return how well complaints are told in reviews, petitions and open Weibo together."""
    found = sets.all_of(*REVIEWS, "fz12345", OPEN_WEIBO)
    if found is None:
        return {}
    truths = [found[name].truth("negative") for name in REVIEWS]
    truths.append(found["fz12345"].truth("complaint"))
    truths.append(np.zeros(len(found[OPEN_WEIBO].rows), np.bool_))
    decided = [found[name].decided(Label.COMPLAINT) for name in (*REVIEWS, "fz12345", OPEN_WEIBO)]
    return {
        "complaint_mix_macro_f1": macro_f1(np.concatenate(truths), np.concatenate(decided)),
        "open_weibo_complaints": float(decided[-1].mean()),
    }


def petitions(sets: Sets) -> dict[str, float]:
    """Return how well complaint, question and suggestion are told apart among petitions."""
    judged = sets.get("fz12345")
    if judged is None:
        return {}
    columns = np.stack([judged.truth(given) for given in PETITIONS], axis=1)
    some = columns.any(axis=1)
    beliefs = np.stack([judged.belief(label) for label in PETITIONS.values()], axis=1)
    truth, best = columns.argmax(axis=1)[some], beliefs.argmax(axis=1)[some]
    return {"petitions_macro_f1": float(f1_score(truth, best, average="macro"))}


def city_posts(sets: Sets) -> dict[str, float]:
    """Return how many ordinary posts about one city are taken for complaints."""
    path = sets.folder / "streams" / f"{CITY_STREAM}.jsonl.gz"
    if not path.is_file():
        return {}
    judged = judge_rows(sets.judge, _posts(path))
    return {"city_posts_complaints": float(judged.decided(Label.COMPLAINT).mean())}


def self_harm(sets: Sets) -> dict[str, float]:
    """Return how many cries for help are heard where 1 % of open Weibo is flagged."""
    both = sets.all_of("sos1k", OPEN_WEIBO)
    if both is None:
        return {}
    truth = both["sos1k"].truth("self_harm")
    bar = bar_for_flagged(both[OPEN_WEIBO].belief(Label.SELF_HARM), OPEN_FLAGGED)
    heard = both["sos1k"].belief(Label.SELF_HARM)[truth] >= bar
    return {"self_harm_recall": float(heard.mean()), "self_harm_bar": bar}


def _posts(path: Path) -> list[Raw]:
    return [Raw(str(line["id"]), str(line["text"]), {}, {}) for line in read_stream(path)]
