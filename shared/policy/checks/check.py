"""The shape of a check: its parameters are its fields, `run` is pure and answers three-valued."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar, Final, cast

from pydantic import Field

from shared.policy.checks.given import Given
from shared.policy.checks.outcome import Judgement, Outcome
from shared.policy.lexicons import Lexicon
from shared.policy.model import Pack
from shared.policy.rules import Rules

Count = Annotated[int, Field(ge=0)]
Amount = Annotated[float, Field(ge=0)]
Share = Annotated[float, Field(ge=0, le=1)]
Labeller = Callable[[str], Mapping[str, int]]
"""The classifier as checks see it: the labels it decides for a text, per mille, the surest first."""


WORDS: Final = frozenset(
    {"lexicon", "lexicons", "off", "on", "filler", "news", "hearsay", "stance", "soft", "talk"}
    | {"sounded", "controversy", "only_with", "unless_with", "in_text", "taboo"}
)
"""Parameters that name families of words of the pack."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One question to one rule: the input, what the rule answers with, and the pack's words."""

    given: Given
    verdict: Judgement
    pack: Pack
    reason: str = ""
    labeller: Labeller | None = None
    lexicons: Mapping[str, Lexicon] = field(default_factory=dict)


class Check(Rules, defer_build=True):
    """A parametrised check. What a rule of a pack writes under `params` becomes its fields."""

    name: ClassVar[str]

    def run(self, ask: Ask) -> Outcome:
        """Return what this check says of the input."""
        raise NotImplementedError

    def silent_without(self, told: Mapping[str, Any], pack: Pack) -> frozenset[str] | None:
        """Return the lexicons without whose words it misses, told this; None: it is to be asked."""
        del told, pack
        return None

    def lexicons_named(self) -> tuple[tuple[str, str], ...]:
        """Return parameter and name of every family of words this check looks for."""
        held = [(name, getattr(self, name)) for name in type(self).model_fields if name in WORDS]
        return tuple((name, each) for name, value in held for each in _flat(value) if each)


def _flat(value: object) -> Iterator[str]:
    yield from [value] if isinstance(value, str) else cast("Sequence[str]", value)


def by_name(*checks: type[Check]) -> dict[str, type[Check]]:
    """Return the checks by the name packs call them."""
    return {each.name: each for each in checks}


def listed(values: Sequence[Any]) -> object:
    """Return one thing as itself and several as a list, as the catalogue writes them."""
    return values[0] if len(values) == 1 else list(values)
