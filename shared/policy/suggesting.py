"""How an organisation's suggested replies speak: their tone, openings, and the words for matters."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from shared.contracts.operators import Slot
from shared.contracts.verdicts import Label
from shared.policy.gate.levels import Situation
from shared.policy.rules import Rules
from shared.policy.templates import TemplateError, check_template

Tone = Literal["formal", "polite", "warm"]
PARTS = ("opening", "closing")
LONGEST_WORD = 12


def _short(words: str) -> str:
    for each in words.split():
        if len(each) > LONGEST_WORD:
            message = f"{each}: a word for a matter has at most {LONGEST_WORD} characters"
            raise ValueError(message)
    return words


Words = Annotated[str, AfterValidator(_short)]
"""Words with blanks between them: hundreds of them stay readable."""


class ReplyTemplate(Rules):
    """An approved wording. `situation` and `labels` say when it is offered.

    A `holding` one says what is being done and claims nothing: it is right while nobody knows.
    """

    id: str
    labels: tuple[Label, ...] = ()
    slot: Slot = "answer"
    situation: Situation = "other"
    text: str
    approved_by: str
    channels: tuple[str, ...] = Field((), description="empty: all")
    tone: Tone = "polite"
    holding: bool = False
    severity_from: Annotated[int, Field(ge=0, le=100)] = 0

    @model_validator(mode="after")
    def _plain(self) -> "ReplyTemplate":
        try:
            check_template(self.text)
        except TemplateError as error:
            raise ValueError(str(error)) from error
        return self


class Suggesting(Rules):
    """What suggested replies are made of beside the wordings. Groups are merged by name."""

    tone: Tone = "polite"
    utc_offset_minutes: Annotated[int, Field(ge=-720, le=840)] = Field(
        480, description="the clock by which times are promised"
    )
    checked_by: str = Field("相关部门", description="who looks into it, in holding replies")
    position_labels: tuple[Label, ...] = Field(
        (), description="answered in substance only along a position (口径)"
    )
    position_severity: Annotated[int, Field(ge=0, le=101)] = Field(
        101, description="from this severity on, too; 101: never"
    )
    position_minutes: Annotated[int, Field(ge=1, le=60 * 24 * 7)] = Field(
        60, description="within which a position that was asked for is due"
    )
    openings: dict[Tone, tuple[str, ...]] = Field(default_factory=dict)
    closings: dict[Tone, tuple[str, ...]] = Field(default_factory=dict)
    things: dict[str, Words] = Field(
        default_factory=dict, description="what a matter is about: group -> words"
    )
    places: dict[str, Words] = Field(
        default_factory=dict, description="where: they name a matter beside what is wrong"
    )
    troubles: dict[str, tuple[str, ...]] = Field(
        default_factory=dict, description="what is wrong, in our word -> as people say it"
    )
    wishes: dict[str, tuple[str, ...]] = Field(
        default_factory=dict, description="what is asked for, in our word -> as people say it"
    )

    def __hash__(self) -> int:
        return hash((self.checked_by, *self.things, *self.places, *self.troubles, *self.wishes))
