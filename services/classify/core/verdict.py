"""From probabilities and hits to a verdict: what is decided, what needs a person, and why."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from services.classify.core.rules import LABELS
from services.classify.core.scores import MILLION
from shared.contracts.verdicts import Label, Reason

HARMS: Final = (
    Label.ABUSE, Label.HATE, Label.SEXUAL, Label.VIOLENCE, Label.GAMBLING, Label.SPAM,
    Label.FRAUD, Label.SELF_HARM, Label.PRIVACY,
)  # fmt: skip
INDEX: Final = {label: place for place, label in enumerate(LABELS)}
MILDER: Final = 150_000
"""By how much counter speech must outweigh: who quotes an insult to reject it is not abusing."""


class Bar(NamedTuple):
    """Decided from `decide` on; in [`doubt`, `decide`) a person is asked. In millionths."""

    decide: int
    doubt: int


DEFAULT_BARS: Final[dict[Label, Bar]] = {
    label: Bar(700_000, 600_000) if label in HARMS else Bar(500_000, 500_000) for label in LABELS
} | {
    Label.SELF_HARM: Bar(600_000, 250_000),
    Label.COMPLAINT: Bar(350_000, 350_000),
    Label.OTHER: Bar(MILLION + 1, MILLION + 1),
}


class Judgement(NamedTuple):
    """The labels that hold, and whether a person must look."""

    decided: tuple[Label, ...]
    abstained: bool


def decide(belief: Sequence[int], bars: Sequence[Bar]) -> Judgement:
    """Return what follows from one text's probabilities (millionths, in the order of LABELS).

    Counter speech raises the bar of abuse and hate, and what falls between the two bars goes to
    a person. `other` holds when nothing else does.
    """
    answered = belief[INDEX[Label.COUNTER_SPEECH]] >= bars[INDEX[Label.COUNTER_SPEECH]].decide
    decided: list[Label] = []
    doubtful = False
    for label, value, bar in zip(LABELS, belief, bars, strict=True):
        shielded = answered and label in {Label.ABUSE, Label.HATE}
        if value >= bar.decide + (MILDER if shielded else 0):
            decided.append(label)
        elif value >= bar.doubt:
            doubtful = True
    return Judgement(tuple(decided) or (Label.OTHER,), doubtful)


class Evidence(NamedTuple):
    """A reason before its span is mapped to the original: [start, end) of the canonical text."""

    label: Label
    start: int
    end: int
    source: str
    weight: float
    rule: str | None = None


MOST_REASONS: Final = 3


def strongest(evidence: Sequence[Evidence]) -> list[Evidence]:
    """Return at most three reasons a label, the weightiest first, without overlaps."""
    kept: dict[Label, list[Evidence]] = {}
    for each in sorted(evidence, key=lambda one: (-one.weight, one.start, -one.end)):
        chosen = kept.setdefault(each.label, [])
        apart = all(each.end <= other.start or other.end <= each.start for other in chosen)
        if apart and len(chosen) < MOST_REASONS:
            chosen.append(each)
    return [each for label in LABELS for each in kept.get(label, ())]


def reason(evidence: Evidence, start: int, end: int) -> Reason:
    """Return the reason at [start, end) of the original text."""
    source = evidence.source
    return Reason(
        label=evidence.label,
        start=start,
        end=end,
        source="model" if source == "model" else "rule" if source == "rule" else "lexicon",
        weight=evidence.weight,
        rule=evidence.rule,
    )
