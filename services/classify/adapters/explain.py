"""Explaining one verdict: what each label's probability is made of, and what would turn it."""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from services.classify.core.explaining import Pull, bias, pulls, without
from services.classify.core.judge import Batch, Judge, judge_batch
from services.classify.core.scores import OFFENSIVE
from services.classify.core.verdict import INDEX, Bar
from shared.contracts.verdicts import Label, Verdict
from shared.text.normalise import Canonical, normalise

MOST_CUTS: Final = 6
ATTACKS: Final = (Label.ABUSE, Label.HATE)
Span = tuple[int, int]


class Flip(NamedTuple):
    """Without these stretches of the text the label turns; `belief` is what is then believed."""

    cut: tuple[Span, ...]
    belief: float


class Explanation(NamedTuple):
    """One label of one text. Places are in the original text; `pulls` are the strongest first."""

    label: Label
    belief: float
    bar: Bar
    decided: bool
    bias: int
    pulls: tuple[Pull, ...]
    flip: Flip | None


def explain(judge: Judge, text: str, labels: Sequence[Label] = ()) -> list[Explanation]:
    """Explain these labels, or those that hold or come within reach of their bars.

    Nothing is estimated: every turn was judged. For abuse and hate the pulls are those of an attack
    of either kind, which is what their probability follows.
    """
    texts = normalise([text], judge.tables)
    [verdict] = judge_batch(judge, texts)
    batch = Batch(judge, texts)
    return [
        _explained(batch, texts, verdict, text, label)
        for label in labels or _within_reach(judge, verdict)
    ]


def _within_reach(judge: Judge, verdict: Verdict) -> list[Label]:
    believed = verdict.labels
    return [
        label
        for label in Label
        if label in verdict.decided
        or 2_000_000 * believed.get(label, 0.0) >= judge.bars[INDEX[label]].doubt
    ]


def _explained(
    batch: Batch, texts: Canonical, verdict: Verdict, text: str, label: Label
) -> Explanation:
    weights, column = batch.judge.weights, _column(batch.judge, label)
    moved: tuple[Pull, ...] = ()
    start = 0
    if weights is not None and column is not None and text:
        moved = tuple(_placed(texts, pulls(batch.features, weights, 0, column)))
        start = bias(weights, column)
    decided = label in verdict.decided
    return Explanation(
        label=label,
        belief=verdict.labels.get(label, 0.0),
        bar=batch.judge.bars[INDEX[label]],
        decided=decided,
        bias=start,
        pulls=moved,
        flip=_turned(
            batch.judge,
            text,
            label,
            _cuts(verdict, moved, label, decided=decided),
            decided=decided,
        ),
    )


def _column(judge: Judge, label: Label) -> int | None:
    names = () if judge.weights is None else judge.weights.labels
    name = OFFENSIVE if label in ATTACKS and OFFENSIVE in names else label
    return names.index(name) if name in names else None


def _placed(texts: Canonical, found: Sequence[Pull]) -> Iterator[Pull]:
    for each in found:
        if each.end > each.start:
            place = int(texts.origin[each.start]), int(texts.origin[each.end - 1]) + 1
            yield each._replace(start=place[0], end=place[1])
        else:
            yield each


def _cuts(verdict: Verdict, moved: Sequence[Pull], label: Label, *, decided: bool) -> list[Span]:
    """Return what to cut, in this order: what speaks most for the label, or against it."""
    spans: list[Span] = []
    if decided:
        spans += [(each.start, each.end) for each in verdict.reasons if each.label == label]
    spans += [
        (each.start, each.end)
        for each in moved
        if each.end > each.start and (each.weight > 0) == decided
    ]
    chosen: list[Span] = []
    for start, end in spans:
        if all(end <= first or last <= start for first, last in chosen):
            chosen.append((start, end))
    return chosen[:MOST_CUTS]


def _turned(
    judge: Judge, text: str, label: Label, cuts: Sequence[Span], *, decided: bool
) -> Flip | None:
    """Return the first of growing cuts that turns the label, without what was cut for nothing."""

    def after(chosen: Sequence[Sequence[Span]]) -> list[Verdict]:
        return judge_batch(
            judge, normalise([without(text, each) for each in chosen], judge.tables)
        )

    growing = [tuple(cuts[: count + 1]) for count in range(len(cuts))]
    found = next(
        (
            (cut, verdict)
            for cut, verdict in zip(growing, after(growing), strict=True)
            if (label in verdict.decided) != decided
        ),
        None,
    )
    if found is None:
        return None
    cut, verdict = found
    for each in cut[:-1]:
        fewer = tuple(span for span in cut if span != each)
        [less] = after([fewer])
        if (label in less.decided) != decided:
            cut, verdict = fewer, less
    return Flip(tuple(sorted(cut)), verdict.labels.get(label, 0.0))
