"""Turns of speech of our own as the shortest of rows: words that few whole rows can bring along.

A row teaches a few dozen words and how they stand together; a list of a few hundred turns of speech
teaches what a label sounds like in places we wrote no rows about. Lists for judging (`lexicon/`)
teach too, and those of `terms/` do nothing else.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from services.classify.adapters.lexicon_files import LEXICON_DIR, read_list
from services.classify.core.lexicon import LABEL_OF, parse
from services.classify.core.scores import DISPLEASED, MATTER
from services.classify.training.data import Kind, Row
from shared.contracts.verdicts import Label

TERMS_DIR: Final = Path(__file__).parent / "terms"
BARE: Final = "terms"
"""The source of such rows: they have no length, no marks and no form to learn from."""
STRONG_WEIGHT: Final = 8.0
HINT_WEIGHT: Final = 2.0
REST_WEIGHT: Final = 4.0
"""What a term says by not being in a label's list."""
FAIR_WEIGHT: Final = 20.0
"""Words of those who argue against prejudice stand in many rows that a machine marked as attacks."""
ATTACKS: Final = frozenset({Label.ABUSE, Label.HATE})
"""Learnt from tens of thousands of arguments: only lists that name them speak of them."""
FAIR: Final = dict.fromkeys(sorted(ATTACKS), False)
TAUGHT: Final[Mapping[str, Mapping[Label, bool]]] = {
    name: {label: True} for name, label in LABEL_OF.items() if label not in ATTACKS
} | {
    "counter_speech": {Label.COUNTER_SPEECH: True} | FAIR,
    "displeased": {Label.COMPLAINT: True, Label.PRAISE: False},
    "everyday": {},
    "factual": {},
    "fair": FAIR,
    "insult": {},
    "matters": {Label.COMPLAINT: True},
    "news": {Label.COMPLAINT: False},
    "pleased": {Label.COMPLAINT: False, Label.PRAISE: True},
    "weary": {Label.SELF_HARM: False},
}
"""What the terms of a list say; of every other label they say faintly that it does not hold."""
BESIDE: Final[Mapping[str, Mapping[str, bool]]] = {
    "complaint": {MATTER: True, DISPLEASED: True},
    "displeased": {MATTER: True, DISPLEASED: True},
    "pleased": {MATTER: True, DISPLEASED: False},
    "matters": {MATTER: True},
    "praise": {MATTER: True},
    "question": {MATTER: True},
    "suggestion": {MATTER: True},
    "day": {MATTER: False},
    "goods": {MATTER: True},
    "goods_displeased": {MATTER: True, DISPLEASED: True},
    "goods_pleased": {MATTER: True, DISPLEASED: False},
    "grumbles": {MATTER: False},
}
"""What the terms of a list say of the sums beside the labels; all others are about no matter. What
is in no other list says nothing of labels."""
UNTAUGHT: Final = ATTACKS | {Label.OTHER, Label.PRIVACY}
WEIGHT_OF: Final = {
    "fair": FAIR_WEIGHT, "goods": 4.0, "goods_displeased": 4.0, "goods_pleased": 4.0,
    "grumbles": 16.0,
}  # fmt: skip


@dataclass(slots=True)
class _Term:
    taught: dict[Label, bool]
    weight: float
    speaks: bool = False
    """Of labels; else only of what stands beside them."""
    beside: dict[str, bool] = field(default_factory=lambda: {MATTER: False})


def term_files(folder: Path = TERMS_DIR, kind: Kind = "permissive") -> list[Path]:
    """Return the lists of a folder that weights of a kind learn from, in a fixed order."""
    lists = sorted(folder.glob("*.txt"))
    return [path for path in lists if kind == "permissive" or path.stem in TAUGHT]


def term_rows(folder: Path = TERMS_DIR, kind: Kind = "permissive") -> list[Row]:
    """Return one row a term; last those that say nothing of labels. Raises UserError."""
    terms: dict[str, _Term] = {}
    paths = [*term_files(LEXICON_DIR), *term_files(folder, kind)]
    for path in sorted(paths, key=lambda each: each.stem not in TAUGHT):
        name = path.stem
        if name in TAUGHT or name in BESIDE:
            for text, is_strong in _listed(path):
                weight = WEIGHT_OF.get(name, STRONG_WEIGHT) if is_strong else HINT_WEIGHT
                found = terms.setdefault(text, _Term({}, weight))
                if name in TAUGHT:
                    found.weight, found.speaks = max(found.weight, weight), True
                for label, holds in TAUGHT.get(name, {}).items():
                    found.taught[label] = found.taught.get(label, False) or holds
                for column, holds in BESIDE.get(name, {}).items():
                    found.beside[column] = found.beside.get(column, False) or holds
    return [_row(text, term) for text, term in terms.items()]


def _listed(path: Path) -> Iterator[tuple[str, bool]]:
    yield from parse(read_list(path), str(path)).items()


def _row(text: str, term: _Term) -> Row:
    silent = UNTAUGHT | term.taught.keys() if term.speaks else frozenset(Label)
    rest = {label: False for label in Label if label not in silent}
    known = rest | term.taught
    return Row(text, known, BARE, term.weight, tuple(rest), REST_WEIGHT, term.beside)
