"""What every fact has in common: immutable, tagged, versioned, aware of time zones."""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cached_property, lru_cache
from typing import Any, Final, Self, TypeVar

import msgspec
from pydantic import AwareDatetime, BaseModel, ConfigDict
from pydantic_core import PydanticUndefined

Time = AwareDatetime


class Frozen(BaseModel):
    """An immutable value; unknown keys are ignored so that a newer writer may add fields."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Return a copy with these values, which are valid already.

        It means what the library's own means, which takes five times as long: every case is
        changed several times while it opens, and such values have no private or further parts.
        """
        if deep or self.__pydantic_private__ is not None or self.__pydantic_extra__ is not None:
            return super().model_copy(update=update, deep=deep)
        named = self.__pydantic_fields_set__
        if update and not named.issuperset(update):
            named = named.union(update)
        return _made(type(self), {**self.__dict__, **(update or {})}, named)


Built = TypeVar("Built", bound=Frozen)


def built(kind: type[Built], values: dict[str, object]) -> Built:
    """Return a value of parts that are valid already; what is not named has its default.

    For what is made once an item or case; `model_construct` walks every field for its default and
    takes six times as long.
    """
    names, defaults = _shape(kind)
    return _made(kind, {**defaults, **values}, names)


_new = object.__new__
_set_values, _set_named, _set_extra, _set_private = (
    BaseModel.__dict__[part].__set__
    for part in (
        "__dict__",
        "__pydantic_fields_set__",
        "__pydantic_extra__",
        "__pydantic_private__",
    )
)
"""The four places of a model, found once: by name each is looked up anew, a third of the whole."""


def _made(kind: type[Built], values: dict[str, object], named: set[str]) -> Built:
    made = _new(kind)
    _set_values(made, values)
    _set_named(made, named)
    _set_extra(made, None)
    _set_private(made, None)
    return made


def spelt(value: Frozen) -> bytes:
    """Return a value as JSON, as its own `model_dump_json` spells it, in two fifths of the time.

    For what is written once a case. Not for what is left out, or spelt by a rule of its own.
    """
    return _spell(_parts(value))


def _parts(value: Frozen) -> dict[str, object]:
    """Return the fields of a value, without what it has worked out since."""
    parts = value.__dict__
    if worked_out := _worked_out(type(value)):
        parts = {**parts}
        for name in worked_out:
            parts.pop(name, None)
    return parts


_spell: Final = msgspec.json.Encoder(enc_hook=_parts).encode


@lru_cache(maxsize=256)
def _worked_out(kind: type[Frozen]) -> frozenset[str]:
    """Return the names under which a value keeps what it worked out."""
    held = {name: each for base in reversed(kind.__mro__) for name, each in vars(base).items()}
    return frozenset(name for name, each in held.items() if isinstance(each, cached_property))


@lru_cache(maxsize=64)
def _shape(kind: type[Frozen]) -> tuple[set[str], dict[str, object]]:
    """Return the names of all fields, and the defaults that are plain values."""
    fields = kind.model_fields.items()
    plain = {name: each.default for name, each in fields if not each.is_required()}
    return set(kind.model_fields), {k: v for k, v in plain.items() if v is not PydanticUndefined}


class FactBase(Frozen):
    """One line of the log. Subclasses pin `kind` and `version` as literals.

    Adding an optional field keeps the version; anything else makes a new class version and an
    upcast in `upcast.py`.
    """

    def cause(self) -> tuple[str, ...]:
        """Return what makes this fact itself; equal causes are one fact (see `subjects.py`)."""
        raise NotImplementedError

    def scope(self) -> tuple[str, str]:
        """Return (platform, account) for the subject; ("", "") for the organisation itself."""
        return ("", "")


def stamp(time: datetime) -> str:
    """Return `time` in UTC to the microsecond, the one spelling used inside ids and digests.

    It is what `isoformat` gives, which asks for the zone's offset in Python and takes ten times as long.
    """
    spelt: str = msgspec.to_builtins(time if time.tzinfo is UTC else time.astimezone(UTC))
    return spelt if time.microsecond else f"{spelt[:-1]}.000000Z"
