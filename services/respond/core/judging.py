"""What an account's pack makes of a verdict: which labels hold, how severe, is it for people."""

from functools import lru_cache
from typing import NamedTuple

from shared.contracts.verdicts import Label, Verdict
from shared.policy.model import Pack
from shared.policy.severity import severity
from shared.policy.weighing import Weight

LABEL_ORDER = {label: place for place, label in enumerate(Label)}
UNCLASSIFIED, NO_TEXT = "unclassified", "no_text"
ALWAYS = frozenset({UNCLASSIFIED, NO_TEXT})
"""What nobody and nothing has read is for people, whatever the rules say."""
DUTIES = (" statutory_", " hazard")
"""How the reasons for which somebody must look are spelt in a verdict: the law, somebody in danger."""
TRACE = 0.15
"""From here on self-harm is near enough that somebody looks; ours."""


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


class Calm(NamedTuple):
    """What a verdict comes to that is no matter for anybody; `rated` is what is counted of it."""

    decided: tuple[Label, ...]
    severity: int
    rated: tuple[str, ...]


def judge(verdict: Verdict, pack: Pack) -> Judgement:
    """Apply the pack's own thresholds (per mille; else classify's decision) and case labels.

    No rule of a pack keeps people from somebody at risk or in danger, nor from what the law has them
    look at.
    """
    decided = _decided(verdict, pack) if pack.thresholds else verdict.decided
    judged = _judged(pack, decided, verdict.anger, verdict.abstained, verdict.degraded)
    if not judged.opens_case and verdict.abstained and _must_be_seen(verdict):
        return judged._replace(opens_case=True)
    return judged


def depends_on_more(verdict: Verdict, pack: Pack) -> bool:
    """Tell whether more counts of this verdict than what holds, the anger and the doubt."""
    return bool(pack.thresholds) or (verdict.abstained and not pack.abstain_opens_case)


def _must_be_seen(verdict: Verdict) -> bool:
    on_duty = any(each in verdict.why for each in DUTIES)
    return on_duty or verdict.labels.get(Label.SELF_HARM, 0.0) >= TRACE


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
        or not ALWAYS.isdisjoint(degraded)
        or Label.SELF_HARM in decided
    )
    return Judgement(decided, weight.value, opens)


def unclassified() -> Verdict:
    """Return what holds for an item whose verdict did not come in time (invariant 14)."""
    return Verdict(abstained=True, model="", degraded=(UNCLASSIFIED,))


def in_order(labels: set[Label]) -> tuple[Label, ...]:
    """Return the labels in the order of the label list."""
    return tuple(sorted(labels, key=LABEL_ORDER.__getitem__))


def _decided(verdict: Verdict, pack: Pack) -> tuple[Label, ...]:
    kept = pack.thresholds.keys() - {Label.SELF_HARM}
    held = {label for label in verdict.decided if label not in kept}
    held |= {
        label
        for label, least in pack.thresholds.items()
        if round(verdict.labels.get(label, 0.0) * 1000) >= least and label in verdict.labels
    }
    return in_order(held)
