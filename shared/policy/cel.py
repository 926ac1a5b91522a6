"""CEL behind one small door: a rule that cannot be understood fails when it is loaded.

A value that goes wrong at evaluation (a budget, an index) is an error, never "false".
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

from cel_expr_python import cel

Value = bool | int | str | list[str]

CASE_VARIABLES: Final[Mapping[str, str]] = {
    "case.severity": "int",
    "case.labels": "list",
    "case.private": "bool",
    "case.degraded": "bool",
    "case.topics": "list",
    "case.reopened": "int",
    "case.alike": "int",
    "case.coordinated": "bool",
    "case.rumour": "int",
    "case.reposts": "int",
    "case.reposters": "int",
    "author.followers": "int",
    "author.from": "list",
    "author.earlier_cases": "int",
}
"""What a rule about a case may look at. Followers, earlier cases and `case.alike` (items with
nearly the same words in the last hour) are -1 when they are not known, and so is `case.rumour` (how
likely it is one, by wording and spread, in thousandths) of what nobody suspects. `author.from` are the origins of the pack: press, authority, employee.
"""

_MAX_SOURCE = 2_000
_KNOWN_MOST = 1024
_COMPARED = r"(?:^|\(|&&|\|\|)\s*{name}\s*(?:<=|>=|==|!=|<|>)\s*(-?\d+)\s*(?=$|\)|&&|\|\|)"


class RuleError(ValueError):
    """The expression does not compile, is no condition, or failed on these values."""


class Condition:
    """A compiled, type-checked boolean expression over declared variables."""

    def __init__(self, source: str, variables: Mapping[str, str] = CASE_VARIABLES) -> None:
        if len(source) > _MAX_SOURCE:
            message = f"longer than {_MAX_SOURCE} characters"
            raise RuleError(message)
        self._source = (source, tuple(variables.items()))
        named = {name: kind for name, kind in variables.items() if name in source}
        try:
            self._asks, self._expression = tuple(named), _compiled(source, named)
        except RuntimeError:
            try:
                self._asks, self._expression = tuple(variables), _compiled(source, variables)
            except RuntimeError as error:
                raise RuleError(_readable(str(error))) from error
        self._told = [
            (name, _steps(source, name) if variables[name] == "int" else None)
            for name in self._asks
        ]
        self._known: dict[tuple[object, ...], bool] = {}
        if self._expression.return_type() != cel.Type.BOOL:
            message = f"gives {self._expression.return_type().name()}, not true or false"
            raise RuleError(message)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Condition) and self._source == other._source

    def __hash__(self) -> int:
        return hash(self._source)

    def holds(self, values: Mapping[str, Value]) -> bool:
        """Return the result. Raises RuleError when the evaluation itself fails.

        It sees only what it asks for, and a number that it only compares only as far as that
        goes, so most questions come again.
        """
        try:
            question = tuple([_told_apart(values[name], steps) for name, steps in self._told])
        except KeyError as missing:
            raise RuleError(f"nobody says what {missing} is") from missing
        answer = self._known.get(question)
        if answer is None:
            answer = self._evaluated([values[name] for name in self._asks])
            if len(self._known) >= _KNOWN_MOST:
                self._known.clear()
            self._known[question] = answer
        return answer

    def _evaluated(self, asked: Sequence[Value]) -> bool:
        result = self._expression.eval(data=dict(zip(self._asks, asked, strict=True)))
        if result.type() != cel.Type.BOOL:
            raise RuleError(_readable(str(result.value())))
        return bool(result.value())


def _steps(source: str, name: str) -> Sequence[int] | None:
    """Return the numbers a variable is compared with; None if the source does more with it."""
    found = re.findall(_COMPARED.format(name=re.escape(name)), source)
    return sorted({int(each) for each in found}) if len(found) == source.count(name) else None


def _told_apart(value: Value, steps: Sequence[int] | None) -> object:
    """Return what tells the values apart that the source tells apart."""
    if isinstance(value, list):
        return tuple(value)
    if steps is None or not isinstance(value, int):
        return value
    return bisect_left(steps, value) + bisect_right(steps, value)


def _compiled(source: str, variables: Mapping[str, str]) -> cel.Expression:
    return _environment(tuple(variables.items())).compile(source)


@lru_cache(maxsize=8)
def _environment(variables: tuple[tuple[str, str], ...]) -> cel.Env:
    types = {
        "int": cel.Type.INT,
        "bool": cel.Type.BOOL,
        "str": cel.Type.STRING,
        "list": cel.Type.List(cel.Type.STRING),
    }
    return cel.NewEnv(variables={name: types[kind] for name, kind in variables})


def _readable(message: str) -> str:
    return message.removeprefix("INVALID_ARGUMENT: ").removesuffix(" [INVALID_ARGUMENT]")
