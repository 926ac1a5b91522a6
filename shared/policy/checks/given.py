"""The input of a check: what was told, what was told to be nothing, and what was not told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone, tzinfo
from typing import Any, Final

from pydantic import BaseModel, TypeAdapter, ValidationError

from shared.policy.checks.kinds import KINDS

_HERE: Final = timezone(timedelta(hours=8))
ABSENT: Final = object()
"""Not told at all. `None` is different: told that there is none."""
NOTHING: Final = (
    None,
    False,
    "",
    0,
    (),
    "none",
    "None",
    "null",
    "pending",
    "无",
    "rejected",
    "refused",
    "failed",
    "失败",
    "no",
)
_MOMENT: Final = TypeAdapter(datetime)


@dataclass(frozen=True, slots=True)
class Given:
    """One input of a known kind."""

    kind: str
    values: Mapping[str, Any]
    extra: tuple[str, ...] = ()
    unreadable: tuple[str, ...] = ()
    zone: tzinfo = _HERE

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> "Given":
        """Return the input, its texts written out; fields of a wrong shape count as not told."""
        kind = str(body.get("kind", ""))
        model = KINDS.get(kind)
        if model is None:
            return cls(kind, _written_out(body))
        told = {key: value for key, value in _written_out(body).items() if key != "kind"}
        read, unreadable = _read(model, told)
        extra = tuple(sorted(read.model_extra or ()))
        values = {key: getattr(read, key) for key in told if key in read.model_fields_set}
        return cls(kind, values, extra, unreadable)

    def at(self, zone: tzinfo) -> "Given":
        """Return the same input, its moments read as the clocks of the house show them."""
        return self if self.zone == zone else replace(self, zone=zone)

    def first(self, *names: str) -> Any:  # noqa: ANN401  the input's own values
        """Return the first of these fields that was told, else ABSENT."""
        return next((self.values[name] for name in names if name in self.values), ABSENT)

    def truth(self, *names: str) -> bool | None:
        """Tell whether the first told field holds something; None when none was told."""
        value = self.first(*names)
        return None if value is ABSENT else not empty(value)

    def number(self, *names: str) -> float | None:
        """Return the first told field as a number, if it is one; a list counts its entries."""
        value = self.first(*names)
        if isinstance(value, bool):
            return float(value)
        if isinstance(value, (list, tuple, dict)):
            return float(len(value))
        return float(value) if isinstance(value, (int, float)) else None

    def word(self, *names: str) -> str:
        """Return the first told field as a word, else an empty one."""
        value = self.first(*names)
        return str(value) if isinstance(value, (str, int, float)) else ""

    def many(self, *names: str) -> Sequence[Any]:
        """Return the first told field as a sequence, else an empty one."""
        value = self.first(*names)
        return value if isinstance(value, (list, tuple)) else ()

    def moment(self, *names: str) -> datetime | None:
        """Return the first told field as a moment, if it can be read as one."""
        return read_moment(self.first(*names), self.zone)

    @property
    def placeholder(self) -> bool:
        """Tell whether the text only stands for its length."""
        return "text_gen" in self.values


def empty(value: object) -> bool:
    """Tell whether a told value says that there is nothing."""
    if isinstance(value, (list, tuple, dict)):
        return not value
    return value in NOTHING


def read_moment(value: object, zone: tzinfo = _HERE) -> datetime | None:
    """Return a moment as the clocks of the zone show it; one that names no zone is of this place."""
    if not isinstance(value, str) or not value:
        return None
    try:
        moment = _MOMENT.validate_python(value)
        return (moment.astimezone(zone) if moment.tzinfo else moment).replace(tzinfo=None)
    except (ValidationError, OverflowError):
        return None


def _written_out(body: Mapping[str, Any]) -> dict[str, Any]:
    values = dict(body)
    for name in ("text", "title"):
        made = values.get(f"{name}_gen")
        if isinstance(made, Mapping) and name not in values:
            count = made.get("count")
            values[name] = str(made.get("char", "")) * (count if isinstance(count, int) else 0)
    return values


def _read(model: type[BaseModel], told: Mapping[str, Any]) -> tuple[BaseModel, tuple[str, ...]]:
    try:
        return model.model_validate(told), ()
    except ValidationError as error:
        wrong = tuple(sorted({str(each["loc"][0]) for each in error.errors()}))
        kept = {key: value for key, value in told.items() if key not in wrong}
        return model.model_validate(kept), wrong
