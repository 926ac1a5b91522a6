"""What classify says of one version of one item: probabilities, reasons, and doubt."""

import re
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from functools import lru_cache
from typing import Final, Literal, NamedTuple, Self, cast

from pydantic import GetCoreSchemaHandler
from pydantic_core.core_schema import CoreSchema, simple_ser_schema

from shared.contracts.base import Frozen, built

MILLION: Final = 1_000_000


class Label(StrEnum):
    """The labels of the field; several may hold at once (architecture, section 3).

    Verdicts are written in this order: a new label comes last.
    """

    COMPLAINT = "complaint"
    QUESTION = "question"
    SUGGESTION = "suggestion"
    PRAISE = "praise"
    RUMOUR = "rumour"
    ABUSE = "abuse"
    HATE = "hate"
    SEXUAL = "sexual"
    VIOLENCE = "violence"
    GAMBLING = "gambling"
    SPAM = "spam"
    FRAUD = "fraud"
    SELF_HARM = "self_harm"
    PRIVACY = "privacy"
    BOOKING = "booking"
    CONCERN = "concern"
    COUNTER_SPEECH = "counter_speech"
    OTHER = "other"

    __hash__ = str.__hash__
    """An enum asks for its name first, in Python; labels are looked up several times an item."""

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: type["Label"], handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Write a label as the text it is: asking each for its value is half of writing a verdict."""
        return cast("CoreSchema", {**handler(source), "serialization": simple_ser_schema("str")})


LABELS: Final = tuple(Label)
"""To walk through an enum's own members takes three times as long."""
_SOURCES: Final = frozenset({"model", "lexicon", "rule"})


class Reason(Frozen):
    """Why a label: a span [start, end) of the original text, in code points; weight to 0.001."""

    label: Label
    start: int
    end: int
    source: Literal["model", "lexicon", "rule"]
    weight: float
    rule: str | None = None


class Verdict(NamedTuple):
    """The verdict of one model on one text. `degraded` names every missing part; never silent.

    Every item has one, and of nine in ten only what was decided is ever looked at, so it is a plain
    tuple, and the rest is short text that is read when it is asked for: `beliefs` are probabilities in millionths
    in the order of `Label`, apart by spaces ("-", or nothing: not judged, which is not "no");
    `held` are the labels over their threshold, apart by commas; `why` are the reasons, apart by
    semicolons, each as `label start end source thousandths [rule]`. `abstained` asks for a person.
    `signature` is the MinHash of the canonical text (8 hex digits a value), `exact` the token of
    the canonical text; both serve near-duplicate clusters. `anger` is 0 to 100. In the log a
    verdict names its item and version (invariant 9); one on a bare text has none.
    `says` is a digit, what a text does with what it passes on: 1 denies it, 2 asks whether it is
    true, 4 is delighted, or their sum; "": nobody looked. `hearing` is how far its likelihood of a
    rumour is to be heard where reposts speak too; see `shared/policy/cascade.py`.
    """

    model: str
    beliefs: str = ""
    held: str = ""
    abstained: bool = False
    why: str = ""
    anger: int = 0
    signature: str = ""
    exact: str = ""
    degraded: tuple[str, ...] = ()
    item_id: str = ""
    item_version: str = ""
    says: str = ""
    hearing: tuple[int, ...] = ()

    @classmethod
    def of(
        cls,
        labels: Mapping[Label, float],
        *,
        model: str,
        decided: Sequence[Label] = (),
        reasons: Iterable[Reason] = (),
        abstained: bool = False,
        anger: int = 0,
        degraded: tuple[str, ...] = (),
    ) -> Self:
        """Return a verdict of probabilities by label."""
        return cls(
            model=model,
            beliefs=beliefs_of(labels),
            held=",".join(decided),
            abstained=abstained,
            why=why_of(reasons),
            anger=anger,
            degraded=degraded,
        )

    @property
    def labels(self) -> dict[Label, float]:
        """Return the probability of each label that was judged."""
        return believed(self.beliefs)

    @property
    def decided(self) -> tuple[Label, ...]:
        """Return the labels that hold, in the order of `Label`. Raises ValueError for none of ours."""
        return labels_of(self.held)

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Return why they hold. Raises ValueError for what is no reason."""
        return reasons_in(self.why)


@lru_cache(maxsize=4096)
def labels_of(held: str) -> tuple[Label, ...]:
    """Return the labels in `held`, apart by commas."""
    return tuple(map(Label, held.split(","))) if held else ()


_BELIEF: Final = r"(?:-|\d{1,7}+)"
_REASON: Final = (
    rf"(?:{'|'.join(Label)}) \d{{1,9}}+ \d{{1,9}}+ (?:model|lexicon|rule) \d{{1,9}}+(?: [^ ;]++)?"
)
_BELIEFS: Final = re.compile(rf"(?:{_BELIEF}(?: {_BELIEF})*+)?")
_WHY: Final = re.compile(rf"(?:{_REASON}(?:;{_REASON})*+)?")


def legible(beliefs: str, why: str) -> None:
    """Raise ValueError unless both can be read by whoever asks for them later."""
    if not _BELIEFS.fullmatch(beliefs) or not _WHY.fullmatch(why):
        raise ValueError("these are no probabilities, or no reasons")


def believed(beliefs: str) -> dict[Label, float]:
    """Return the probability of each label that was judged, of `Verdict.beliefs`."""
    parts = zip(LABELS, beliefs.split(), strict=False)
    return {label: int(part) / MILLION for label, part in parts if part != "-"}


def beliefs_of(labels: Mapping[Label, float]) -> str:
    """Return them as a verdict keeps them."""
    return " ".join(
        str(round(labels[each] * MILLION)) if each in labels else "-" for each in LABELS
    )


def reasons_in(why: str) -> tuple[Reason, ...]:
    """Return the reasons of `Verdict.why`. Raises ValueError for what is no reason."""
    return tuple(_read(part) for part in why.split(";")) if why else ()


def why_of(reasons: Iterable[Reason]) -> str:
    """Return them as a verdict keeps them."""
    return ";".join(map(_spelt, reasons))


def _spelt(reason: Reason) -> str:
    rule = f" {reason.rule}" if reason.rule else ""
    thousandths = round(reason.weight * 1000)
    return f"{reason.label} {reason.start} {reason.end} {reason.source} {thousandths}{rule}"


def _read(part: str) -> Reason:
    label, start, end, source, weight, *rule = part.split(" ")
    if source not in _SOURCES:
        raise ValueError(f"nobody gives reasons by the name of {source}")
    return built(
        Reason,
        {
            "label": Label(label),
            "start": int(start),
            "end": int(end),
            "source": source,
            "weight": int(weight) / 1000,
            "rule": rule[0] if rule else None,
        },
    )
