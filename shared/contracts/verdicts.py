"""What classify says of one version of one item: probabilities, reasons, and doubt."""

from enum import StrEnum
from typing import Literal, cast

from pydantic import GetCoreSchemaHandler
from pydantic_core.core_schema import CoreSchema, simple_ser_schema

from shared.contracts.base import Frozen, Probability


class Label(StrEnum):
    """The labels of the field; several may hold at once (architecture, section 3)."""

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

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: type["Label"], handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Write a label as the text it is: asking each for its value is half of writing a verdict."""
        return cast("CoreSchema", {**handler(source), "serialization": simple_ser_schema("str")})


class Reason(Frozen):
    """Why a label: a span [start, end) of the original text, in code points."""

    label: Label
    start: int
    end: int
    source: Literal["model", "lexicon", "rule"]
    weight: float
    rule: str | None = None


class Verdict(Frozen):
    """The verdict of one model on one text. `degraded` names every missing part; never silent.

    `labels` holds the probability of each label the model knows; a label that is absent was not
    judged, which is not "no". `decided` are those over their threshold. `abstained` asks for a
    person. `signature` is the MinHash of the canonical text (8 hex digits a value), `exact` the
    token of the canonical text; both serve near-duplicate clusters. `anger` is 0 to 100.
    """

    labels: dict[Label, Probability]
    decided: tuple[Label, ...] = ()
    abstained: bool = False
    reasons: tuple[Reason, ...] = ()
    anger: int = 0
    signature: str = ""
    exact: str = ""
    model: str
    degraded: tuple[str, ...] = ()
