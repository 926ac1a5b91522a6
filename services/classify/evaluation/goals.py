"""What the figures must reach, and what they should: the table that steers all work on quality."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal


@dataclass(frozen=True, slots=True)
class Goal:
    """One measure; `must` by kind of weights. A kind without a bar is told all the same."""

    name: str
    words: str
    must: Mapping[str, float]
    aim: Mapping[str, float]
    better: Literal["more", "less"] = "more"
    twin: str = ""

    def reached(self, value: float, kind: str) -> bool | None:
        """Return whether the bar is met; None if this kind of weights has none."""
        bar = self.must.get(kind)
        if bar is None:
            return None
        return value >= bar if self.better == "more" else value <= bar


def _p(value: float) -> dict[str, float]:
    return {"permissive": value}


def _r(value: float) -> dict[str, float]:
    return {"research": value}


def _both(permissive: float, research: float) -> dict[str, float]:
    return {"permissive": permissive, "research": research}


GOALS: Final = (
    Goal("cold_hand_ratio", "COLD macro-F1, hand-labelled rows, ratio to the twin",
         _p(1.02), _p(1.05)),
    Goal("anti_bias_flagged", "anti-bias texts flagged, at attack recall .80",
         _p(0.45), _p(0.35), "less", "twin_anti_bias_flagged"),
    Goal("cold_hand_surest_80", "COLD accuracy on the surest 80 %",
         _p(0.88), _p(0.90), twin="twin_cold_hand_surest_80"),
    Goal("evasion_loss_mean", "evasion loss, points of macro-F1, mean of 8",
         _p(1.5), _p(1.0), "less"),
    Goal("evasion_loss_worst", "evasion loss, worst of 8", _p(3.5), _p(2.5), "less"),
    Goal("evasion_against_clean_twin", "disguised macro-F1 less the twin's clean one, points",
         _p(-1.5), _p(0.0)),
    Goal("cntp_recall_mean", "CNTP recall at 5 % false positives, mean of 8",
         _r(0.40), _r(0.50), twin="twin_cntp_recall_mean"),
    Goal("toxicn_macro_f1", "ToxiCN macro-F1", _r(0.775), _r(0.79), twin="twin_toxicn_macro_f1"),
    Goal("harm_classes_macro_f1", "six harm classes, macro-F1", _both(0.70, 0.92),
         _both(0.80, 0.94)),
    Goal("complaint_mix_macro_f1", "complaints in reviews, petitions and Weibo, macro-F1",
         _both(0.88, 0.94), _both(0.92, 0.95)),
    Goal("petitions_macro_f1", "12345 complaint / question / suggestion, macro-F1",
         _both(0.60, 0.68), _both(0.70, 0.75)),
    Goal("city_posts_complaints", "ordinary city posts decided complaint",
         _both(0.04, 0.04), _both(0.02, 0.02), "less"),
    Goal("self_harm_recall", "self-harm recall with 1 % of open Weibo flagged",
         _both(0.85, 0.97), _p(0.95)),
    Goal("rumour_auc_ced", "rumour by text alone, area under the curve, CED", _r(0.95), {}),
    Goal("rumour_auc_weibo17", "rumour by text alone, area under the curve, Weibo17",
         _r(0.92), {}),
    Goal("rumour_auc_left_out_worst", "rumour by text, worst left-out collection",
         _r(0.84), _r(0.88)),
    Goal("cascade_accuracy_15", "rumour accuracy on cascades at 15 min", _both(0.90, 0.95),
         _r(0.955)),
    Goal("cascade_accuracy_60", "rumour accuracy on cascades at 60 min", _both(0.92, 0.96),
         _r(0.965)),
    Goal("cascade_accuracy_1440", "rumour accuracy on cascades at 24 h", _both(0.95, 0.975),
         _r(0.98)),
    Goal("worst_ece", "worst calibration error over sources of 400 rows or more",
         _both(0.06, 0.06), _both(0.03, 0.03), "less"),
    Goal("speed_ratio", "texts a second, all heads, to one head of the twin",
         _both(0.8, 0.8), _both(2.0, 2.0)),
    Goal("single_p99_ms", "one text alone, 99th percentile, ms", _both(5.0, 5.0),
         _both(2.0, 2.0), "less"),
)  # fmt: skip


def table(measures: Mapping[str, float], kind: str) -> list[dict[str, object]]:
    """Return one row a goal; a measure that could not be taken says so with a null."""
    return [
        {
            "measure": goal.name,
            "words": goal.words,
            "value": measures.get(goal.name),
            "must": goal.must.get(kind),
            "aim": goal.aim.get(kind),
            "better": goal.better,
            "twin": measures.get(goal.twin),
            "reached": None
            if goal.name not in measures
            else goal.reached(measures[goal.name], kind),
        }
        for goal in GOALS
    ]


def markdown(rows: list[dict[str, object]]) -> str:
    """Return the table for the documentation."""
    lines = ["| measure | value | must reach | aim | twin | |", "|---|---|---|---|---|---|"]
    for row in rows:
        sign = "≥" if row["better"] == "more" else "≤"
        bars = [f"{sign} {row[each]:g}" if row[each] is not None else "–" for each in BARS]
        cells = [
            f"{row[each]:.4g}" if row[each] is not None else "–" for each in ("value", "twin")
        ]
        verdict = {True: "reached", False: "missed", None: "–"}[row["reached"]]  # type: ignore[index]
        lines.append(
            f"| {row['words']} | {cells[0]} | {bars[0]} | {bars[1]} | {cells[1]} | {verdict} |"
        )
    return "\n".join(lines)


BARS: Final = ("must", "aim")
