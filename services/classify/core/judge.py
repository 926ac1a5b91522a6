"""The whole judgement of a batch, from canonical texts to verdicts, as one pure function."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import repeat
from typing import Final

import numpy as np
from numpy.typing import NDArray

from services.classify.core import evidence, rules, scores, spelling
from services.classify.core.features import Features, Seen, extract
from services.classify.core.hashes import gram_hashes
from services.classify.core.lexicon import HAZARD, STATUTORY, Lexicon
from services.classify.core.needs import Found, Segmenter, Signer, TermFinder
from services.classify.core.privacy import FEWEST_DIGITS, PersonalData, personal_data
from services.classify.core.stance import stance_of_terms, stances
from services.classify.core.stretches import SPEAKS, stretches
from services.classify.core.verdict import INDEX, Bar, Judgement, decide
from shared.contracts.ids import token
from shared.contracts.verdicts import Label, Verdict
from shared.policy.cascade import UNHEARD, Hearing
from shared.text.normalise import Canonical, Tables
from shared.text.sounds import initials, sounds

SHINGLE: Final = 3
_ZERO, _NINE = ord("0"), ord("9")
NO_TEXT: Final = "no_text"
"""There is nothing to read: a picture, a voice, characters without a shape. A person must look."""

_made: Final = tuple.__new__
"""A named tuple of its parts, without the call in Python that its own name is."""


@dataclass(frozen=True)
class Judge:
    """Everything a verdict depends on; equal judges give equal verdicts."""

    lexicon: Lexicon
    finder: TermFinder
    segmenter: Segmenter
    signer: Signer
    tables: Tables
    weights: scores.Weights | None
    bars: tuple[Bar, ...]
    model: str
    degraded: tuple[str, ...]
    hearing: Hearing = UNHEARD
    """How far what a text alone says of a rumour is to be heard."""

    @cached_property
    def stance_of_terms(self) -> NDArray[np.int64]:
        return stance_of_terms(self.lexicon)

    @cached_property
    def columns(self) -> NDArray[np.int64]:
        """Return which columns of the model are labels."""
        names = () if self.weights is None else self.weights.labels
        return np.flatnonzero([isinstance(each, Label) for each in names])

    @cached_property
    def places(self) -> NDArray[np.int64]:
        """Return where these stand among all labels."""
        names = () if self.weights is None else self.weights.labels
        return np.array([INDEX[each] for each in names if isinstance(each, Label)], np.int64)


@dataclass(frozen=True, eq=False)
class Batch:
    """One batch under judgement: what was found in it so far."""

    judge: Judge
    texts: Canonical

    @cached_property
    def found(self) -> Found:
        return self.judge.finder.find(self.texts.texts)

    @cached_property
    def entries(self) -> Found:
        lexicon = self.judge.lexicon
        return lexicon.entries(lexicon.on_words(self.found, self.texts, self.words))

    @cached_property
    def says(self) -> str:
        """Return a digit for each text: what it does with what it passes on, if it does."""
        return stances(self.found, self.judge.stance_of_terms, len(self.texts))

    @cached_property
    def words(self) -> NDArray[np.int64]:
        return self.judge.segmenter.lengths(self.texts.texts)

    @cached_property
    def personal(self) -> dict[int, list[PersonalData]]:
        codes, count = self.texts.codes, len(self.texts)
        digits = self.texts.owner[(codes >= _ZERO) & (codes <= _NINE)]
        some = np.flatnonzero(np.bincount(digits, minlength=count) >= FEWEST_DIGITS).tolist()
        found = {index: list(personal_data(self.texts.texts[index])) for index in some}
        return {index: hits for index, hits in found.items() if hits}

    @cached_property
    def tally(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        return rules.tally(self.entries, self.judge.lexicon, len(self.texts))

    @cached_property
    def features(self) -> Features:
        weights, category_of = self.judge.weights, self.judge.lexicon.category_of
        row_of = None if weights is None else weights.rows
        heard = sounds(self.texts, self.judge.tables)
        letters = initials(heard.units, self.judge.tables)
        seen = Seen(self.words, self.entries, heard, letters)
        wide = weights is not None and weights.wide
        return extract(self.texts, seen, category_of, row_of, wide=wide)

    @cached_property
    def says_something(self) -> NDArray[np.bool_]:
        """Return which texts hold more than blanks and marks; the rest is not judged."""
        speaks = SPEAKS.take(np.minimum(self.texts.codes, len(SPEAKS) - 1))
        return np.bincount(self.texts.owner[speaks], minlength=len(self.texts)) > 0

    @cached_property
    def beliefs(self) -> NDArray[np.int64]:
        """Text x label probabilities in millionths; `other` is what the rest leaves."""
        weights = self.judge.weights
        believed = rules.beliefs(*self.tally)
        if weights is not None:
            places, columns = self.judge.places, self.judge.columns
            model = scores.probabilities(scores.scores(self.features, weights), weights)
            offensive = model[:, weights.labels.index(scores.OFFENSIVE)]
            by_model = rules.shared_out(places, model[:, columns], offensive)
            if scores.MATTER in weights.labels:
                matter, displeased = (
                    model[:, weights.labels.index(each)]
                    for each in (scores.MATTER, scores.DISPLEASED)
                )
                by_model = rules.grieved(places, by_model, matter * displeased // scores.MILLION)
            believed[:, places] = rules.settled(places, by_model, believed[:, places])
        for index, hits in self.personal.items():
            believed[index, INDEX[Label.PRIVACY]] = max(each.millionths for each in hits)
        believed[~self.says_something] = 0
        other = INDEX[Label.OTHER]
        believed[:, other] = 0
        believed[:, other] = scores.MILLION - believed.max(axis=1)
        return believed

    @cached_property
    def by_law(self) -> NDArray[np.bool_]:
        """Return which texts the law has somebody look at; a complaint is looked at anyway."""
        strong = self.tally[1]
        named: NDArray[np.bool_] = strong[:, STATUTORY].sum(axis=1) > 0
        return named

    @cached_property
    def judgement(self) -> Judgement:
        decided, abstained = decide(self.beliefs, self.judge.bars)
        complains = decided[:, INDEX[Label.COMPLAINT]]
        in_danger = (self.tally[1][:, HAZARD] > 0) & decided[:, INDEX[Label.OTHER]]
        return Judgement(decided, abstained | (self.by_law & ~complains) | in_danger)

    @cached_property
    def anger(self) -> list[int]:
        marks = self.texts.owner[self.texts.codes == ord("!")]
        loud = np.bincount(marks, minlength=len(self.texts))
        abuse = self.beliefs[:, INDEX[Label.ABUSE]]
        angry: list[int] = rules.anger(*self.tally, loud, abuse).tolist()
        return angry

    @cached_property
    def signatures(self) -> list[str]:
        hashes, places = gram_hashes(self.texts, SHINGLE)
        starts = np.searchsorted(places, self.texts.starts)
        return self.judge.signer.sign(hashes, starts)

    @cached_property
    def reasons(self) -> dict[int, str]:
        """Return for each text why the labels decided for it hold, as a verdict spells it."""
        decided, weights = self.judgement.decided, self.judge.weights
        found = [
            evidence.by_terms(self.entries, self.judge.lexicon, decided),
            evidence.by_form(self.personal, decided),
            evidence.by_duty(self.entries, self.judge.lexicon, decided),
        ]
        if weights is not None:
            places, columns = self.judge.places, self.judge.columns
            wanted = np.zeros((len(self.texts), len(weights.labels)), np.bool_)
            wanted[:, columns] = decided[:, places]
            pushing = stretches(self.texts, self.words, self.features, weights, wanted)
            of_labels = np.zeros(len(weights.labels), np.int64)
            of_labels[columns] = places
            found.append(evidence.by_model(pushing, of_labels))
        return evidence.reasons(evidence.together(*found), self.texts)


def judge_batch(judge: Judge, texts: Canonical) -> list[Verdict]:
    """Return one verdict a text; pure, and the same whatever else is in the batch."""
    if not len(texts):
        return []
    batch, count = Batch(judge, texts), len(texts)
    columns: dict[str, Iterable[object]] = {
        "model": repeat(judge.model, count),
        "beliefs": spelling.numbers(batch.beliefs),
        "held": spelling.held(batch.judgement.decided),
        "abstained": batch.judgement.abstained.tolist(),
        "why": [batch.reasons.get(index, "") for index in range(count)],
        "anger": batch.anger,
        "signature": batch.signatures,
        "exact": [token("text", text) for text in texts.texts],
        "degraded": repeat(judge.degraded, count),
        "item_id": repeat("", count),
        "item_version": repeat("", count),
        "says": batch.says,
        "hearing": repeat(judge.hearing, count),
    }
    rows = zip(*(columns[name] for name in Verdict._fields), strict=True)
    verdicts = list(map(_made, repeat(Verdict), rows))
    for index, text in enumerate(texts.texts):
        if not text:
            verdicts[index] = unread(judge)
    return verdicts


def unread(judge: Judge) -> Verdict:
    """Return the verdict on nothing: no label is denied, and somebody is asked."""
    degraded = (*judge.degraded, NO_TEXT)
    return Verdict(model=judge.model, abstained=True, degraded=degraded, hearing=judge.hearing)
