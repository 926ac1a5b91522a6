"""The classifier as others use it: load once, then judge batches."""

from collections.abc import Sequence
from pathlib import Path
from typing import Self

from services.classify.adapters.lexicon_files import LEXICON_DIR, load_lexicon
from services.classify.adapters.minhash import RensaSigner
from services.classify.adapters.segments import RjiebaSegmenter
from services.classify.adapters.terms import AhoCorasickFinder
from services.classify.adapters.weight_files import Loaded, load_weights
from services.classify.core.judge import Judge, judge_batch
from services.classify.core.lexicon import Lexicon, build
from services.classify.core.rules import LABELS
from services.classify.core.verdict import DEFAULT_BARS
from shared.contracts.verdicts import Verdict
from shared.text.normalise import Tables, normalise

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
        judge = _blind() if lexicon is None else _judge(lexicon, loaded, tables)
        return cls(judge, tables)

    @property
    def model(self) -> str:
        """Return the id of everything that verdicts depend on."""
        return self._judge.model

    def judge(self, texts: Sequence[str]) -> list[Verdict]:
        """Return one verdict a text, in order."""
        if "no_lexicon" in self._judge.degraded:
            return [_ask_a_person(self._judge) for _ in texts]
        return judge_batch(self._judge, normalise(texts, self._tables))


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
        weights=None if loaded is None else loaded.weights,
        bars=bars,
        model=model,
        degraded=tuple(degraded),
    )


def _blind() -> Judge:
    return Judge(
        lexicon=build({}),
        finder=AhoCorasickFinder(()),
        segmenter=RjiebaSegmenter(),
        signer=RensaSigner(),
        weights=None,
        bars=tuple(DEFAULT_BARS[label] for label in LABELS),
        model="none",
        degraded=("no_lexicon", "no_model"),
    )


def _ask_a_person(judge: Judge) -> Verdict:
    return Verdict(abstained=True, model=judge.model, degraded=judge.degraded)
