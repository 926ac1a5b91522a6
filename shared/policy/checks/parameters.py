"""The parameters of a check as fields of a form: their shape, their limits, and how they are written."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final, Literal, cast

from shared.policy.checks.check import WORDS
from shared.policy.checks.registry import CHECKS, SWITCH

Shape = Literal["flag", "choice", "number", "word", "words", "lines", "pairs", "table"]
_ARROW: Final = re.compile(r"\s*[=＝]\s*")
_BETWEEN: Final = re.compile(r"\s*[、，,]\s*")
_SAID: Final[Mapping[str, object]] = {"是": True, "否": False, "无": None}


class UnreadableError(ValueError):
    """What stands in a field cannot be read as what the check expects there."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter. `words`: it names a family of words of the pack."""

    name: str
    shape: Shape
    required: bool
    default: str = ""
    about: str = ""
    least: float | None = None
    most: float | None = None
    choices: tuple[str, ...] = ()
    words: bool = False
    nullable: bool = False
    """Needed, and may be said to be nothing."""
    inner: str = ""
    """What stands in its lines: string, number, list, or anything."""

    def write(self, value: object) -> str:
        """Return a value as it is written into its field."""
        if value is None or value is False:
            return ""
        if value is True:
            return "1"
        if isinstance(value, Mapping):
            return "\n".join(f"{key} = {_cell(self.inner, each)}" for key, each in value.items())
        if isinstance(value, Sequence) and not isinstance(value, str):
            return "\n".join(self._line(each) for each in value)
        return str(value)

    def _line(self, value: object) -> str:
        if self.shape == "pairs" and isinstance(value, Sequence):
            return " = ".join(map(str, value))
        return _cell(self.inner, value)

    def read(self, said: str) -> object:
        """Return the value that was written. Raises UnreadableError."""
        if said.strip().startswith(SWITCH):
            return said.strip()
        if self.shape in {"lines", "pairs", "table"}:
            return self._many([each.strip() for each in said.splitlines() if each.strip()])
        if self.shape == "flag":
            return bool(said.strip())
        return _number(said) if self.shape == "number" else said.strip()

    def _many(self, lines: Sequence[str]) -> object:
        if self.shape == "lines":
            return [_inner(self.inner, each) for each in lines]
        if self.shape == "pairs":
            return [[_scalar(side) for side in _cut(each)] for each in lines]
        return {key: _inner(self.inner, each) for key, each in map(_cut, lines)}


def read_told(shape: str, said: str) -> object:
    """Return what a field of an input was told to hold; `无` is: nothing. Raises UnreadableError."""
    lines = [each.strip() for each in said.splitlines() if each.strip()]
    if lines == ["无"]:
        return None
    match shape:
        case "count":
            return _number(said)
        case "list":
            return [_scalar(each) for line in lines for each in _BETWEEN.split(line)]
        case "table":
            return {key: _scalar(each) for key, each in map(_cut, lines)}
        case "word":
            return said.strip()
        case _:
            return _scalar(said.strip())


def write_told(value: object) -> str:
    """Return what a field of an input holds as it is written."""
    if isinstance(value, Mapping):
        return "\n".join(f"{key} = {_cell('', each)}" for key, each in value.items())
    if isinstance(value, (list, tuple)):
        return "、".join(_cell("", each) for each in value) or "无"
    return value if isinstance(value, str) else _cell("", value)


@lru_cache(maxsize=256)
def parameters(check: str) -> tuple[Parameter, ...]:
    """Return the parameters of a check, in its own order. Raises KeyError for no check."""
    schema = CHECKS[check].model_json_schema()
    needed = frozenset(schema.get("required", ()))
    return tuple(
        _parameter(name, told, needed=name in needed)
        for name, told in schema.get("properties", {}).items()
    )


def read_all(check: str, said: Callable[[str], str]) -> tuple[dict[str, object], tuple[str, ...]]:
    """Return the parameters that were written, and the names of those nobody can read."""
    values: dict[str, object] = {}
    wrong = []
    for each in parameters(check):
        written = said(each.name)
        if written.strip() == each.default and not each.required:
            continue
        if written.strip() or each.shape == "flag":
            try:
                values[each.name] = each.read(written)
            except UnreadableError:
                wrong.append(each.name)
        elif each.nullable:
            values[each.name] = None
        elif each.required:
            wrong.append(each.name)
    return values, tuple(wrong)


def _parameter(name: str, told: Mapping[str, Any], *, needed: bool) -> Parameter:
    shape = next((each for each in told.get("anyOf", ()) if each["type"] != "null"), told)
    kind, inner = _shape(name, shape)
    made = Parameter(
        name=name,
        shape=kind,
        required=needed and kind != "flag",
        about=told.get("description", ""),
        least=shape.get("minimum"),
        most=shape.get("maximum"),
        choices=tuple(shape.get("enum", ())),
        words=name in WORDS,
        nullable=needed and shape is not told,
        inner=inner,
    )
    return replace(made, default=made.write(told.get("default")))


def _shape(name: str, told: Mapping[str, Any]) -> tuple[Shape, str]:
    if "enum" in told:
        return "choice", ""
    match told["type"]:
        case "boolean":
            return "flag", ""
        case "integer" | "number":
            return "number", ""
        case "array":
            inside = told["items"]
            return ("pairs", "") if "prefixItems" in inside else ("lines", inside.get("type", ""))
        case "object":
            inside = told["additionalProperties"]
            return "table", "" if inside is True else inside["type"]
        case _:
            return ("words" if name in WORDS else "word"), ""


def _cell(kind: str, value: object) -> str:
    """Return one value so that it is read as what it is: words that look like a number are quoted."""
    if kind == "array" and isinstance(value, Sequence):
        return "、".join(map(str, value))
    if isinstance(value, str):
        plain = kind == "string" or _scalar(value) == value
        return value if plain else json.dumps(value, ensure_ascii=False)
    word = next((word for word, said in _SAID.items() if value is said), "")
    return word or json.dumps(value, ensure_ascii=False)


def _inner(kind: str, said: str) -> object:
    if kind == "string":
        return said
    if kind == "array":
        return _BETWEEN.split(said)
    if kind in {"integer", "number"}:
        return _number(said)
    return _scalar(said)


def _cut(line: str) -> tuple[str, str]:
    parts = _ARROW.split(line, maxsplit=1)
    if len(parts) != 2 or not all(parts):  # noqa: PLR2004  one sign, two sides
        raise UnreadableError(line)
    return parts[0], parts[1]


def _number(said: str) -> float:
    try:
        told = float(said)
    except ValueError as error:
        raise UnreadableError(said) from error
    return int(told) if told.is_integer() else told


def _scalar(said: str) -> object:
    """Return yes, no, nothing, a number or a list that was written; else the words themselves."""
    if said in _SAID:
        return _SAID[said]
    try:
        return cast("object", json.loads(said))
    except ValueError:
        return said
