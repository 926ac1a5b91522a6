"""Attacks on people: how well they are told, who is flagged by mistake, what disguise costs."""

from collections.abc import Mapping
from typing import Final

import numpy as np

from services.classify.evaluation.figures import (
    EVEN,
    bar_for_flagged,
    bar_for_recall,
    macro_f1,
    surest_accuracy,
)
from services.classify.evaluation.judged import OFFENSIVE, Judged, Sets
from services.classify.evaluation.twin import Twin
from services.classify.training.data import read_set

ATTACK_RECALL: Final = 0.8
FALSE_POSITIVES: Final = 0.05
GIVEN: Final = "offensive"


def hand_labelled(sets: Sets, twin: Twin | None) -> dict[str, float]:
    """Return the figures of COLD's rows that people labelled."""
    judged = sets.get("cold_hand")
    if judged is None:
        return {}
    truth, belief = judged.truth(GIVEN), judged.belief(*OFFENSIVE)
    fine = judged.meta("fine")
    attacks = np.char.startswith(fine, "attack")
    bar = bar_for_recall(belief[attacks], ATTACK_RECALL)
    f1 = macro_f1(truth, judged.decided(*OFFENSIVE))
    found = {
        "cold_hand_macro_f1": f1,
        "anti_bias_flagged": float((belief[fine == "anti_bias"] >= bar).mean()),
        "cold_hand_surest_80": surest_accuracy(truth, belief),
    }
    if twin is not None:
        peer = twin.believe([row.text for row in judged.rows])
        peer_bar = bar_for_recall(peer[attacks], ATTACK_RECALL)
        found["twin_cold_hand_macro_f1"] = macro_f1(truth, peer >= EVEN)
        found["cold_hand_ratio"] = f1 / found["twin_cold_hand_macro_f1"]
        found["twin_anti_bias_flagged"] = float((peer[fine == "anti_bias"] >= peer_bar).mean())
        found["twin_cold_hand_surest_80"] = surest_accuracy(truth, peer)
    return found


def disguised(sets: Sets, twin: Twin | None) -> dict[str, float]:
    """Return what eight disguises of the same rows cost, both classes disguised alike."""
    both = sets.all_of("cold", "cold_evade")
    if both is None:
        return {}
    clean, evaded = _with_ids(sets, both["cold"]), both["cold_evade"]
    bases = evaded.meta("base")
    places = np.array([clean[base] for base in bases if base in clean])
    plain = both["cold"].of(np.isin(np.arange(len(both["cold"].rows)), places))
    whole = macro_f1(plain.truth(GIVEN), plain.decided(*OFFENSIVE))
    kinds = evaded.meta("perturbation")
    after = {
        kind: macro_f1(
            evaded.truth(GIVEN)[kinds == kind], evaded.decided(*OFFENSIVE)[kinds == kind]
        )
        for kind in sorted(set(kinds.tolist()))
    }
    losses = {f"evasion_loss_{kind}": 100 * (whole - f1) for kind, f1 in after.items()}
    mean = float(np.mean(list(after.values())))
    found = {
        "evasion_clean_macro_f1": whole,
        "evasion_loss_mean": 100 * (whole - mean),
        "evasion_loss_worst": max(losses.values()),
        "evasion_macro_f1": mean,
        **losses,
    }
    if twin is not None:
        peer = twin.believe([row.text for row in plain.rows]) >= EVEN
        found["twin_evasion_clean_macro_f1"] = macro_f1(plain.truth(GIVEN), peer)
        found["evasion_against_clean_twin"] = 100 * (mean - found["twin_evasion_clean_macro_f1"])
    return found


def _with_ids(sets: Sets, judged: Judged) -> Mapping[str, int]:
    rows = read_set(sets.folder, "cold", "dev")
    return {row.id: place for place, row in enumerate(rows[: len(judged.rows)])}


def cloaked(sets: Sets, twin: Twin | None) -> dict[str, float]:
    """Return how much disguised toxic text is caught where 5 % of clean harmless text is flagged.

    Beside it how much harmless text is flagged at the same bar once it is disguised too: who
    learns that odd spelling is toxic shows it there.
    """
    both = sets.all_of("cntp", "toxicn")
    if both is None:
        return {}
    toxic, clean = both["cntp"], both["toxicn"]
    harmless = ~clean.truth(GIVEN)
    bar = bar_for_flagged(clean.belief(*OFFENSIVE)[harmless], FALSE_POSITIVES)
    kinds = toxic.meta("perturbation")
    names = sorted(set(kinds.tolist()))
    caught = {
        f"cntp_recall_{name}": float((toxic.belief(*OFFENSIVE)[kinds == name] >= bar).mean())
        for name in names
    }
    found = {"cntp_recall_mean": float(np.mean(list(caught.values()))), **caught}
    cloak = sets.get("toxicloak")
    if cloak is not None:
        same = cloak.belief(*OFFENSIVE)[~cloak.truth(GIVEN)]
        found["cntp_disguised_harmless_flagged"] = float((same >= bar).mean())
    if twin is not None:
        peer = bar_for_flagged(twin.believe(_texts(clean.of(harmless))), FALSE_POSITIVES)
        believed = twin.believe(_texts(toxic))
        found["twin_cntp_recall_mean"] = float(
            np.mean([(believed[kinds == name] >= peer).mean() for name in names])
        )
    return found


def toxic(sets: Sets, twin: Twin | None) -> dict[str, float]:
    """Return the figure of the second hand-labelled set, from other places."""
    judged = sets.get("toxicn")
    if judged is None:
        return {}
    truth = judged.truth(GIVEN)
    found = {"toxicn_macro_f1": macro_f1(truth, judged.decided(*OFFENSIVE))}
    if twin is not None:
        found["twin_toxicn_macro_f1"] = macro_f1(truth, twin.believe(_texts(judged)) >= EVEN)
    return found


def _texts(judged: Judged) -> list[str]:
    return [row.text for row in judged.rows]
