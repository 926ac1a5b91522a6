"""Which rows teach which label: a label that a row does not speak of is unknown, not absent."""

import gzip
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from shared.contracts.verdicts import Label
from shared.errors import UserError

Kind = Literal["permissive", "research"]

OWN_ROWS: Final = Path(__file__).parent / "rows" / "own.jsonl"
OWN_WEIGHT: Final = 6.0
PERMISSIVE: Final = ("cold", "swsr", "toxirewrite", "asap_sample")
RESEARCH: Final = ("fz12345", "toxicn", "chineseharm", "sos1k")
GOOD_STARS: Final = 4
BACKGROUND: Final = frozenset(
    {
        Label.COMPLAINT, Label.PRAISE, Label.RUMOUR, Label.SPAM, Label.FRAUD, Label.GAMBLING,
        Label.SELF_HARM, Label.VIOLENCE, Label.BOOKING, Label.SUGGESTION,
    }
)  # fmt: skip
"""What people who argue about groups on Weibo hardly ever do; such rows are weak negatives."""
BACKGROUND_WEIGHT: Final = 0.15


@dataclass(frozen=True, slots=True)
class Row:
    """One text, what is known of it, and how much it counts."""

    text: str
    known: Mapping[Label, bool]
    source: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Raw:
    """One line of a data set as it stands on disk."""

    text: str
    labels: Mapping[str, float | str]
    meta: Mapping[str, object]


def read_set(folder: Path, name: str, split: str) -> list[Raw]:
    """Return one split of a data set. Raises UserError if it is not there or not readable."""
    path = folder / f"{name}.{split}.jsonl.gz"
    try:
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            rows = [json.loads(line) for line in lines]
            return [Raw(row["text"], row["labels"], row.get("meta") or {}) for row in rows]
    except (OSError, ValueError, KeyError) as error:
        raise UserError(
            "cannot read this data set", where=str(path), fix="give its folder with --data"
        ) from error


def digest(folder: Path, name: str, split: str) -> str:
    """Return the hash of a data set's file."""
    return hashlib.sha256((folder / f"{name}.{split}.jsonl.gz").read_bytes()).hexdigest()


def own_rows(path: Path = OWN_ROWS) -> list[Row]:
    """Return our own rows; every label is known of them."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [_own(row["text"], [Label(each) for each in row["labels"]]) for row in rows]


def training_rows(folder: Path, kind: Kind) -> list[Row]:
    """Return everything a model of this kind may learn from, in a fixed order."""
    rows = own_rows()
    for name in PERMISSIVE if kind == "permissive" else (*PERMISSIVE, *RESEARCH):
        for raw in read_set(folder, name, "train"):
            rows.extend(_rows(name, raw))
    return rows


def _own(text: str, labels: Sequence[Label]) -> Row:
    known: dict[Label, bool] = {each: each in labels for each in Label if each is not Label.OTHER}
    return Row(text, known, "own", OWN_WEIGHT)


def _rows(name: str, raw: Raw) -> Iterator[Row]:
    match name:
        case "cold":
            yield from _argument(raw, name, Label.ABUSE, "offensive")
        case "swsr":
            yield from _argument(raw, name, Label.HATE, "hate_gender")
        case "toxirewrite":
            yield from _rewritten(raw)
        case "asap_sample":
            yield _review(raw)
        case "fz12345":
            names = {Label.COMPLAINT: "complaint", Label.QUESTION: "inquiry"}
            yield Row(raw.text, {to: bool(raw.labels[given]) for to, given in names.items()}, name)
        case _:
            yield from _research(name, raw)


def _argument(raw: Raw, name: str, label: Label, given: str) -> Iterator[Row]:
    yield Row(raw.text, {label: bool(raw.labels[given])}, name)
    yield Row(raw.text, dict.fromkeys(BACKGROUND, False), f"{name}:background", BACKGROUND_WEIGHT)


def _rewritten(raw: Raw) -> Iterator[Row]:
    yield Row(raw.text, {Label.ABUSE: True}, "toxirewrite")
    for tone in ("neutral", "polite"):
        text = raw.meta.get(tone)
        if isinstance(text, str) and text != raw.text:
            yield Row(text, {Label.ABUSE: False, Label.HATE: False}, "toxirewrite")


def _review(raw: Raw) -> Row:
    bad = bool(raw.labels["negative"])
    stars = raw.meta.get("star")
    known = {Label.COMPLAINT: bad, Label.ABUSE: False, Label.HATE: False}
    if isinstance(stars, int | float):
        known[Label.PRAISE] = stars >= GOOD_STARS
    return Row(raw.text, known, "asap_sample")


def _research(name: str, raw: Raw) -> Iterator[Row]:
    names = {
        "toxicn": {Label.ABUSE: "offensive", Label.HATE: "hate"},
        "chineseharm": {
            Label.GAMBLING: "gambling", Label.FRAUD: "fraud", Label.SEXUAL: "porn",
            Label.ABUSE: "abuse", Label.SPAM: "illicit_ad",
        },
        "sos1k": {Label.SELF_HARM: "self_harm"},
    }[name]  # fmt: skip
    known = {to: bool(raw.labels[given]) for to, given in names.items() if given in raw.labels}
    yield Row(raw.text, known, name)
