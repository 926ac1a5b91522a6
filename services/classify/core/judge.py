"""The whole judgement of a batch, from canonical texts to verdicts, as one pure function."""

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from services.classify.core import rules, scores
from services.classify.core.features import Features, extract, gram_hashes, text_of
from services.classify.core.lexicon import CATEGORIES, LABEL_OF, Lexicon
from services.classify.core.needs import Found, Segmenter, Signer, TermFinder
from services.classify.core.privacy import FEWEST_DIGITS, PersonalData, personal_data
from services.classify.core.rules import LABELS
from services.classify.core.verdict import INDEX, Bar, Evidence, decide, reason, strongest
from shared.contracts.ids import token
from shared.contracts.verdicts import Label, Verdict
from shared.text.normalise import Canonical

SHINGLE: Final = 3
_ZERO, _NINE = ord("0"), ord("9")


@dataclass(frozen=True, slots=True)
class Judge:
    """Everything a verdict depends on; equal judges give equal verdicts."""

    lexicon: Lexicon
    finder: TermFinder
    segmenter: Segmenter
    signer: Signer
    weights: scores.Weights | None
    bars: tuple[Bar, ...]
    model: str
    degraded: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class _Batch:
    """One batch under judgement: what was found in it so far."""

    judge: Judge
    texts: Canonical

    @cached_property
    def entries(self) -> Found:
        return self.judge.lexicon.entries(self.judge.finder.find(self.texts.texts))

    @cached_property
    def features(self) -> Features:
        words = self.judge.segmenter.lengths(self.texts.texts)
        return extract(self.texts, words, self.entries, self.judge.lexicon.category_of)

    @cached_property
    def personal(self) -> dict[int, list[PersonalData]]:
        codes, count = self.texts.codes, len(self.texts)
        digits = text_of(self.texts)[(codes >= _ZERO) & (codes <= _NINE)]
        some = np.flatnonzero(np.bincount(digits, minlength=count) >= FEWEST_DIGITS).tolist()
        found = {index: list(personal_data(self.texts.texts[index])) for index in some}
        return {index: hits for index, hits in found.items() if hits}

    @cached_property
    def tally(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        return rules.tally(self.entries, self.judge.lexicon, len(self.texts))

    @cached_property
    def beliefs(self) -> NDArray[np.int64]:
        """Text x label probabilities in millionths; `other` is what the rest leaves."""
        judge = self.judge
        believed = rules.beliefs(self.entries, judge.lexicon, len(self.texts))
        if judge.weights is not None:
            model = scores.probabilities(
                scores.scores(self.features, judge.weights), judge.weights
            )
            for column, label in enumerate(judge.weights.labels):
                place = INDEX[label]
                believed[:, place] = rules.settled(label, model[:, column], believed[:, place])
        for index, hits in self.personal.items():
            believed[index, INDEX[Label.PRIVACY]] = max(each.millionths for each in hits)
        other = INDEX[Label.OTHER]
        believed[:, other] = 0
        believed[:, other] = scores.MILLION - believed.max(axis=1)
        return believed

    @cached_property
    def anger(self) -> list[int]:
        marks = text_of(self.texts)[self.texts.codes == ord("!")]
        loud = np.bincount(marks, minlength=len(self.texts))
        angry: list[int] = rules.anger(
            *self.tally, loud, self.beliefs[:, INDEX[Label.ABUSE]]
        ).tolist()
        return angry

    @cached_property
    def signatures(self) -> list[str]:
        hashes, places = gram_hashes(self.texts, SHINGLE)
        starts = np.searchsorted(places, self.texts.starts)
        return self.judge.signer.sign(hashes, starts)

    def evidence(self, index: int, decided: tuple[Label, ...]) -> list[Evidence]:
        """Return why these labels hold for one text."""
        wanted = set(decided) - {Label.OTHER}
        if not wanted:
            return []
        found = [*self._terms(index, wanted), *self._by_model(index, wanted)]
        if Label.PRIVACY in wanted:
            found += [
                Evidence(Label.PRIVACY, hit.start, hit.end, "rule", hit.millionths / 1e6, hit.rule)
                for hit in self.personal.get(index, ())
            ]
        return strongest(found)

    def _terms(self, index: int, wanted: set[Label]) -> list[Evidence]:
        hits, lexicon = self.entries, self.judge.lexicon
        first, last = np.searchsorted(hits.text, (index, index + 1)).tolist()
        found = []
        for place in range(first, last):
            entry = int(hits.term[place])
            category = CATEGORIES[lexicon.category_of[entry]]
            label = LABEL_OF.get(category)
            if label in wanted and label is not None:
                weight = 1.0 if lexicon.strong[entry] else 0.5
                start, end = int(hits.start[place]), int(hits.end[place])
                found.append(Evidence(label, start, end, "lexicon", weight, category))
        return found

    def _by_model(self, index: int, wanted: set[Label]) -> list[Evidence]:
        """Return the stretches that push a label up most; at most one weighs as much as a term."""
        weights = self.judge.weights
        if weights is None:
            return []
        found = []
        for column, label in enumerate(weights.labels):
            if label not in wanted:
                continue
            parts = scores.contributions(self.features, index, column, weights)
            placed = np.flatnonzero((parts.end > parts.start) & (parts.ids > 0))
            best = placed[np.argsort(-parts.ids[placed], kind="stable")[:4]]
            found += [
                Evidence(
                    label, int(parts.start[at]), int(parts.end[at]), "model", _share(parts, at)
                )
                for at in best.tolist()
            ]
        return found


def _share(parts: Features, at: int) -> float:
    """Return the part of all upward push that one feature makes, to a thousandth."""
    total = int(parts.ids[parts.ids > 0].sum())
    return int(parts.ids[at]) * 1000 // total / 1000


def judge_batch(judge: Judge, texts: Canonical) -> list[Verdict]:
    """Return one verdict a text; pure, and the same whatever else is in the batch."""
    batch = _Batch(judge, texts)
    rows: list[list[int]] = batch.beliefs.tolist() if len(texts) else []
    return [_verdict(batch, index, row) for index, row in enumerate(rows)]


def _verdict(batch: _Batch, index: int, row: list[int]) -> Verdict:
    judge = batch.judge
    judgement = decide(row, judge.bars)
    canonical = batch.texts.texts[index]
    return Verdict(
        labels={label: value / 1e6 for label, value in zip(LABELS, row, strict=True)},
        decided=judgement.decided,
        abstained=judgement.abstained,
        reasons=tuple(
            reason(each, *batch.texts.span(index, each.start, each.end))
            for each in batch.evidence(index, judgement.decided)
        ),
        anger=batch.anger[index],
        signature=batch.signatures[index],
        exact=token("text", canonical) if canonical else "",
        model=judge.model,
        degraded=judge.degraded,
    )
