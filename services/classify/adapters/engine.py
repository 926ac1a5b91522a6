"""The classifier as others use it: load once, then judge batches."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Self

from services.classify.adapters.explain import Explanation, explain
from services.classify.adapters.lexicon_files import LEXICON_DIR, load_lexicon
from services.classify.adapters.minhash import RensaSigner
from services.classify.adapters.segments import RjiebaSegmenter
from services.classify.adapters.terms import AhoCorasickFinder
from services.classify.adapters.weight_files import Loaded, load_weights
from services.classify.core.cascade_lines import Cascade
from services.classify.core.judge import Judge, judge_batch
from services.classify.core.lexicon import Lexicon, build
from services.classify.core.rules import LABELS
from services.classify.core.scores import MILLION
from services.classify.core.stance import own_words, quotes, stances
from services.classify.core.verdict import DEFAULT_BARS
from shared.contracts.verdicts import Label, Verdict
from shared.policy.cascade import IN_FULL, MINUTES, QUARTER, Hearing, Spread, believed
from shared.text.normalise import Tables, normalise
from shared.text.readable import readable

UNKNOWN = 0.5
"""Even odds: what a text that was not judged says of a rumour."""
WEIGHTS_DIR = Path(__file__).parents[1] / "weights" / "permissive"


class Classifier:
    """Texts in, verdicts out; no clock, no network, no memory of earlier texts."""

    def __init__(self, judge: Judge, tables: Tables) -> None:
        self._judge = judge
        self._tables = tables

    @classmethod
    def load(
        cls, weights_dir: Path | None, tables: Tables, *, lexicon_dir: Path = LEXICON_DIR
    ) -> Self:
        """Return the classifier of these weights; `None` means those shipped.

        Without weights, terms and rules judge alone and every verdict says `no_model`. Without
        term lists nothing is decided and every verdict asks for a person and says `no_lexicon`.

        Raises:
            UserError: weights that are damaged or made for another version.
        """
        lexicon = load_lexicon(lexicon_dir, tables)
        loaded = load_weights(WEIGHTS_DIR if weights_dir is None else weights_dir)
        judge = _blind(tables) if lexicon is None else _judge(lexicon, loaded, tables)
        return cls(judge, tables)

    @property
    def model(self) -> str:
        """Return the id of everything that verdicts depend on."""
        return self._judge.model

    @property
    def degraded(self) -> tuple[str, ...]:
        """Return what is missing or does not fit, as every verdict says it."""
        return self._judge.degraded

    def judge(self, texts: Sequence[str]) -> list[Verdict]:
        """Return one verdict a text, in order."""
        if "no_lexicon" in self._judge.degraded:
            return [_ask_a_person(self._judge) for _ in texts]
        read = [readable(text) for text in texts]
        verdicts = judge_batch(self._judge, normalise(read, self._tables))
        if quoting := [place for place, text in enumerate(texts) if quotes(text)]:
            own = self._stances([own_words(texts[place]) for place in quoting])
            for place, says in zip(quoting, own, strict=True):
                verdicts[place] = verdicts[place]._replace(says=says)
        return verdicts

    def explain(self, text: str, labels: Sequence[Label] = ()) -> list[Explanation]:
        """Explain these labels, or those that hold or come near; nothing without term lists."""
        return [] if "no_lexicon" in self._judge.degraded else explain(self._judge, text, labels)

    def foretell(
        self, cascades: Sequence[Cascade], texts: Sequence[float] | None = None
    ) -> list[list[float]]:
        """Return for each cascade how likely it is a rumour at each of MINUTES.

        `texts` are what is believed of the posts by their texts alone; without it, they are judged.
        """
        hearing = IN_FULL
        if texts is None:
            verdicts = self.judge([each.text for each in cascades])
            texts = [each.labels.get(Label.RUMOUR, UNKNOWN) for each in verdicts]
            hearing = self._judge.hearing
        return [
            self._over_time(cascade, round(MILLION * text), hearing)
            for cascade, text in zip(cascades, texts, strict=True)
        ]

    def _over_time(self, cascade: Cascade, text: int, hearing: Hearing) -> list[float]:
        grown = [Spread()]
        for says in self._stances([each.text for each in cascade.reposts]):
            grown.append(grown[-1].told(int(says)))
        seconds = [each.seconds for each in cascade.reposts]
        count = {at: bisect_right(seconds, 60 * at) for at in MINUTES}
        spreads = [
            replace(grown[count[at]], early=count[QUARTER] if at >= QUARTER else None)
            for at in MINUTES
        ]
        return [
            believed(text, spread, cascade.followers, hearing=hearing) / MILLION
            for spread in spreads
        ]

    def _stances(self, texts: Sequence[str]) -> str:
        """Return a digit for each text: what it does with what it passes on."""
        found = self._judge.finder.find(normalise(texts, self._tables).texts)
        return stances(found, self._judge.stance_of_terms, len(texts))


def _judge(lexicon: Lexicon, loaded: Loaded | None, tables: Tables) -> Judge:
    if loaded is None:
        bars = tuple(DEFAULT_BARS[label] for label in LABELS)
        model, degraded = f"rules-{lexicon.digest[:12]}", ["no_model"]
    else:
        loaded.check_lexicon(lexicon.digest)
        bars, model = loaded.bars, loaded.model
        degraded = [] if loaded.tables_digest == tables.digest else ["text_tables"]
    return Judge(
        lexicon=lexicon,
        finder=AhoCorasickFinder(lexicon.terms),
        segmenter=RjiebaSegmenter(),
        signer=RensaSigner(),
        tables=tables,
        weights=None if loaded is None else loaded.weights,
        bars=bars,
        model=model,
        degraded=tuple(degraded),
        hearing=IN_FULL if loaded is None else loaded.hearing,
    )


def _blind(tables: Tables) -> Judge:
    return Judge(
        lexicon=build({}),
        finder=AhoCorasickFinder(()),
        segmenter=RjiebaSegmenter(),
        signer=RensaSigner(),
        tables=tables,
        weights=None,
        bars=tuple(DEFAULT_BARS[label] for label in LABELS),
        model="none",
        degraded=("no_lexicon", "no_model"),
    )


def _ask_a_person(judge: Judge) -> Verdict:
    return Verdict(abstained=True, model=judge.model, degraded=judge.degraded)
