"""Which rows teach which label: a label that a row does not speak of is unknown, not absent."""

import gzip
import hashlib
import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, Literal
from zlib import crc32

from shared.contracts.verdicts import Label
from shared.errors import BROKEN_FILE, UserError

Kind = Literal["permissive", "research"]

OWN_ROWS: Final = Path(__file__).parent / "rows"
SECOND: Final = "second.jsonl"
"""Labels that a second reader gave blind: ids and labels without text."""
LATER: Final = "later.jsonl"
"""Rows written when the others were done, to measure by; nothing is learnt from them."""
OWN_WEIGHT: Final = 3.0
PERMISSIVE: Final = ("cold", "swsr", "toxirewrite", "asap_sample")
RUMOUR_SETS: Final = ("ced", "weibo17", "checked", "ltcr")
RESEARCH: Final = (
    "fz12345", "toxicn", "toxicloak", "state_toxicn", "chineseharm", "sos1k", "shopping", "waimai",
    "hotel", "smp2020", *RUMOUR_SETS,
)  # fmt: skip
"""CNTP is left out: it holds toxic rows only and would teach that odd spelling is toxic."""
ATTACK_SETS: Final = ("cold", "toxicn", "toxicloak", "cntp", "toxirewrite")
"""Every set whose rows say whether they are `offensive`; the twin learns from all of them."""
GOOD_STARS: Final = 4
WEIGHTS: Final[Mapping[str, float]] = {"swsr": 4.0, "toxicn": 4.0}
"""Sets whose rows count for more: people of other places marked these, and COLD's are many."""
OF_MANY: Final[Mapping[str, float]] = {
    "own": 1 / 3, "terms": 0.2, "chineseharm": 3.0, "sos1k": 3.0, "fz12345": 4.0, "ced": 2.0,
    "weibo17": 2.0,
}  # fmt: skip
"""How much more rows count for research: where rows of the very places are there, what we wrote to
stand for them steps back, and small sets are not to drown."""
AFAR: Final[Mapping[str, float]] = {"cold": 0.3, "swsr": 0.3}
"""How much what they mark counts for research: of what is an attack in other places, they tell
less than the rows that come from there."""
BACKGROUND: Final = frozenset(
    {
        Label.COMPLAINT, Label.PRAISE, Label.RUMOUR, Label.SPAM, Label.FRAUD, Label.GAMBLING,
        Label.SELF_HARM, Label.VIOLENCE, Label.BOOKING, Label.SUGGESTION,
    }
)  # fmt: skip
"""What people who argue about groups on Weibo hardly ever do; such rows are weak negatives."""
BACKGROUND_WEIGHT: Final = 0.08
BACKGROUND_STEP: Final = 4
"""Of so many such rows one is enough."""


@dataclass(frozen=True, slots=True)
class Row:
    """One text, what is known of it, and how much it counts."""

    text: str
    known: Mapping[Label, bool]
    source: str
    weight: float = 1.0
    guessed: Collection[Label] = ()
    """Labels that nobody looked for in this row: what is known of them counts little."""
    guessed_weight: float = BACKGROUND_WEIGHT
    beside: Mapping[str, bool] = field(default_factory=dict)
    """What a turn of speech says of the columns beside the labels."""
    base: str = ""
    """Which comment of its set it was made from, where a set disguises comments."""

    def weight_of(self, label: str) -> float:
        """Return how much this row counts for a label."""
        return self.guessed_weight if label in self.guessed else self.weight


@dataclass(frozen=True, slots=True)
class Raw:
    """One line of a data set as it stands on disk."""

    id: str
    text: str
    labels: Mapping[str, float | str]
    meta: Mapping[str, object]


def read_set(folder: Path, name: str, split: str) -> list[Raw]:
    """Return one split of a data set. Raises UserError if it is not there or not readable."""
    path = folder / f"{name}.{split}.jsonl.gz"
    try:
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            rows = [json.loads(line) for line in lines]
            return [
                Raw(row["id"], row["text"], row["labels"], row.get("meta") or {}) for row in rows
            ]
    except (*BROKEN_FILE, ValueError, KeyError) as error:
        raise UserError(
            "cannot read this data set", where=str(path), fix="give its folder with --data"
        ) from error


def read_stream(path: Path) -> list[dict[str, object]]:
    """Return the lines of a recorded stream. Raises UserError."""
    try:
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            return [json.loads(line) for line in lines]
    except (*BROKEN_FILE, ValueError) as error:
        raise UserError(
            "cannot read this stream", where=str(path), fix="restore the file"
        ) from error


def digest(folder: Path, name: str, split: str) -> str:
    """Return the hash of a data set's file."""
    return hashlib.sha256((folder / f"{name}.{split}.jsonl.gz").read_bytes()).hexdigest()


def own_rows(folder: Path = OWN_ROWS) -> list[Row]:
    """Return our own rows by their ids; every label is known of them."""
    rows = [
        json.loads(line)
        for path in own_files(folder)
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    rows.sort(key=lambda row: str(row["id"]))
    return [own_row(row["text"], [Label(each) for each in row["labels"]]) for row in rows]


def later_rows(folder: Path = OWN_ROWS) -> list[Raw]:
    """Return the rows of our own that are kept for measuring; every label is known of them."""
    path = folder / LATER
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    rows = [json.loads(line) for line in lines]
    return [
        Raw(row["id"], row["text"], {each.value: each in row["labels"] for each in Label}, {})
        for row in rows
    ]


def own_files(folder: Path = OWN_ROWS) -> list[Path]:
    """Return the files of our own rows, in a fixed order."""
    return sorted(path for path in folder.glob("*.jsonl") if path.name not in {SECOND, LATER})


def names_of(folder: Path, kind: Kind) -> list[str]:
    """Return the sets that a model of this kind learns from, as far as they are there."""
    names = PERMISSIVE if kind == "permissive" else (*PERMISSIVE, *RESEARCH)
    return [name for name in names if (folder / f"{name}.train.jsonl.gz").is_file()]


Keep = Callable[[str, list[Raw]], list[Raw]]
"""Which rows of a named set are learnt from."""


def _all_of(_name: str, raws: list[Raw]) -> list[Raw]:
    return raws


def training_rows(
    folder: Path, kind: Kind, ours: Path = OWN_ROWS, keep: Keep = _all_of
) -> list[Row]:
    """Return everything a model of this kind may learn from. Raises UserError.

    The order is that of the ids, whatever the order of the lines.
    """
    names = names_of(folder, kind)
    if not names:
        raise UserError("no data set here", where=str(folder), fix="give the folder with --data")
    rows = [weighed(each, kind) for each in own_rows(ours)]
    for name in names:
        raws = sorted(keep(name, read_set(folder, name, "train")), key=lambda raw: raw.id)
        for raw in raws:
            rows.extend(weighed(each, kind) for each in rows_of(name, raw))
    return rows


def weighed(row: Row, kind: Kind) -> Row:
    """Return a row as it counts for a model of this kind."""
    if kind == "permissive":
        return row
    more = OF_MANY.get(row.source, 1.0)
    marked = more * AFAR.get(row.source, 1.0)
    return replace(row, weight=row.weight * marked, guessed_weight=row.guessed_weight * more)


def own_row(text: str, labels: Sequence[Label]) -> Row:
    """Return a row of which every label is known."""
    known: dict[Label, bool] = {each: each in labels for each in Label if each is not Label.OTHER}
    return Row(text, known, "own", OWN_WEIGHT)


def rows_of(name: str, raw: Raw) -> Iterator[Row]:
    """Yield what one line of a data set teaches."""
    match name:
        case "cold":
            yield from _argument(raw, name, Label.ABUSE, "offensive")
        case "swsr":
            yield from _argument(raw, name, Label.HATE, "hate_gender")
        case "toxirewrite":
            yield from _rewritten(raw)
        case "asap_sample" | "shopping" | "waimai" | "hotel":
            yield _review(name, raw)
        case "smp2020":
            yield Row(raw.text, dict.fromkeys((*OPEN_WEIBO, *SELDOM), False), name, guessed=SELDOM)
        case _:
            names = COLUMNS[name]
            known = {
                to: bool(raw.labels[from_]) for to, from_ in names.items() if from_ in raw.labels
            }
            base = str(raw.meta.get("base_id", ""))
            yield Row(raw.text, known, name, WEIGHTS.get(name, 1.0), base=base)


COLUMNS: Final[Mapping[str, Mapping[Label, str]]] = {
    "fz12345": {
        Label.COMPLAINT: "complaint", Label.QUESTION: "inquiry", Label.SUGGESTION: "suggestion",
    },
    "toxicn": {Label.ABUSE: "offensive", Label.HATE: "hate"},
    "toxicloak": {Label.ABUSE: "offensive"},
    "state_toxicn": {Label.HATE: "hate"},
    "chineseharm": {
        Label.GAMBLING: "gambling", Label.FRAUD: "fraud", Label.SEXUAL: "porn",
        Label.ABUSE: "abuse", Label.SPAM: "illicit_ad",
    },
    "sos1k": {Label.SELF_HARM: "self_harm"},
} | {name: {Label.RUMOUR: "rumour"} for name in RUMOUR_SETS}  # fmt: skip
OPEN_WEIBO: Final = (Label.COMPLAINT, Label.SELF_HARM, Label.GAMBLING, Label.FRAUD)
"""What people who tell of their day on Weibo hardly ever do."""
SELDOM: Final = (Label.SEXUAL, Label.SPAM)
"""What few of them do, so that it counts little."""


def _argument(raw: Raw, name: str, label: Label, given: str) -> Iterator[Row]:
    known = {label: bool(raw.labels[given])}
    if crc32(raw.id.encode()) % BACKGROUND_STEP == 0:
        known = dict.fromkeys(BACKGROUND, False) | known
    yield Row(raw.text, known, name, WEIGHTS.get(name, 1.0), BACKGROUND)


def _rewritten(raw: Raw) -> Iterator[Row]:
    yield Row(raw.text, {Label.ABUSE: True}, "toxirewrite")
    for tone in ("neutral", "polite"):
        text = raw.meta.get(tone)
        if isinstance(text, str) and text != raw.text:
            yield Row(text, {Label.ABUSE: False, Label.HATE: False}, "toxirewrite")


def _review(name: str, raw: Raw) -> Row:
    bad = bool(raw.labels["negative"])
    stars = raw.meta.get("star")
    known = {Label.COMPLAINT: bad}
    if isinstance(stars, int | float):
        known |= {Label.PRAISE: stars >= GOOD_STARS, Label.ABUSE: False, Label.HATE: False}
    return Row(raw.text, known, name)
