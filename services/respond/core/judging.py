"""What an account's pack makes of a verdict: which labels hold, how severe, is it for people."""

from functools import lru_cache
from typing import NamedTuple

from shared.contracts.verdicts import Label, Verdict
from shared.policy.model import Pack
from shared.policy.severity import severity
from shared.policy.weighing import Weight

LABEL_ORDER = {label: place for place, label in enumerate(Label)}
UNCLASSIFIED = "unclassified"


HARMS = frozenset(
    {
        Label.ABUSE,
        Label.HATE,
        Label.SEXUAL,
        Label.VIOLENCE,
        Label.GAMBLING,
        Label.SPAM,
        Label.FRAUD,
    }
)
"""What is watched for copies even where it is no matter for a case."""
UNWEIGHED = Weight(0)


class Judgement(NamedTuple):
    """A verdict as this organisation reads it; `weight` is there once it has reached people."""

    decided: tuple[Label, ...]
    severity: int
    opens_case: bool
    weight: Weight = UNWEIGHED


def judge(verdict: Verdict, pack: Pack) -> Judgement:
    """Apply the pack's own thresholds (per mille; else classify's decision) and case labels."""
    decided = _decided(verdict, pack) if pack.thresholds else verdict.decided
    return _judged(pack, decided, verdict.anger, verdict.abstained, verdict.degraded)


@lru_cache(maxsize=4096)
def _judged(
    pack: Pack,
    decided: tuple[Label, ...],
    anger: int,
    abstained: bool,  # noqa: FBT001  a field
    degraded: tuple[str, ...],
) -> Judgement:
    """Verdicts differ in their probabilities; what counts of them comes again and again."""
    weight = severity(decided, anger, abstained=abstained)
    opens = (
        any(label in pack.case_labels for label in decided)
        or (abstained and pack.abstain_opens_case)
        or UNCLASSIFIED in degraded
    )
    return Judgement(decided, weight.value, opens)


def unclassified() -> Verdict:
    """Return what holds for an item whose verdict did not come in time (invariant 14)."""
    return Verdict(abstained=True, model="", degraded=(UNCLASSIFIED,))


def in_order(labels: set[Label]) -> tuple[Label, ...]:
    """Return the labels in the order of the label list."""
    return tuple(sorted(labels, key=LABEL_ORDER.__getitem__))


def _decided(verdict: Verdict, pack: Pack) -> tuple[Label, ...]:
    held = {label for label in verdict.decided if label not in pack.thresholds}
    held |= {
        label
        for label, least in pack.thresholds.items()
        if round(verdict.labels.get(label, 0.0) * 1000) >= least and label in verdict.labels
    }
    return in_order(held)
