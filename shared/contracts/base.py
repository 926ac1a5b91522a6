"""What every fact has in common: immutable, tagged, versioned, aware of time zones."""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Self, TypeVar

from msgspec import to_builtins
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
        made = type(self).__new__(type(self))
        _set(made, "__dict__", {**self.__dict__, **(update or {})})
        named = self.__pydantic_fields_set__
        _set(made, "__pydantic_fields_set__", named.union(update) if update else named)
        _set(made, "__pydantic_extra__", None)
        _set(made, "__pydantic_private__", None)
        return made


Built = TypeVar("Built", bound=Frozen)


def built(kind: type[Built], values: dict[str, object]) -> Built:
    """Return a value of parts that are valid already; what is not named has its default.

    For what is made once an item or case; `model_construct` walks every field for its default and
    takes six times as long.
    """
    names, defaults = _shape(kind)
    made = kind.__new__(kind)
    _set(made, "__dict__", {**defaults, **values})
    _set(made, "__pydantic_fields_set__", names)
    _set(made, "__pydantic_extra__", None)
    _set(made, "__pydantic_private__", None)
    return made


_set = object.__setattr__


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
    spelt: str = to_builtins(time if time.tzinfo is UTC else time.astimezone(UTC))
    return spelt if time.microsecond else f"{spelt[:-1]}.000000Z"
