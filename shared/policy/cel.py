"""CEL behind one small door: a rule that cannot be understood fails when it is loaded.

A value that goes wrong at evaluation (a budget, an index) is an error, never "false".
"""

from collections.abc import Mapping
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
    "author.followers": "int",
    "author.from": "list",
    "author.earlier_cases": "int",
}
"""What a rule about a case may look at. Followers, earlier cases and `case.alike` (items with
nearly the same words in the last hour) are -1 when they are not known. `author.from` are the origins of the pack: press, authority, employee.
"""

_MAX_SOURCE = 2_000


class RuleError(ValueError):
    """The expression does not compile, is no condition, or failed on these values."""


class Condition:
    """A compiled, type-checked boolean expression over declared variables."""

    def __init__(self, source: str, variables: Mapping[str, str] = CASE_VARIABLES) -> None:
        if len(source) > _MAX_SOURCE:
            message = f"longer than {_MAX_SOURCE} characters"
            raise RuleError(message)
        types = {
            "int": cel.Type.INT,
            "bool": cel.Type.BOOL,
            "str": cel.Type.STRING,
            "list": cel.Type.List(cel.Type.STRING),
        }
        self._source = (source, tuple(variables.items()))
        environment = cel.NewEnv(variables={name: types[kind] for name, kind in variables.items()})
        try:
            self._expression = environment.compile(source)
        except RuntimeError as error:
            raise RuleError(_readable(str(error))) from error
        if self._expression.return_type() != cel.Type.BOOL:
            message = f"gives {self._expression.return_type().name()}, not true or false"
            raise RuleError(message)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Condition) and self._source == other._source

    def __hash__(self) -> int:
        return hash(self._source)

    def holds(self, values: Mapping[str, Value]) -> bool:
        """Return the result. Raises RuleError when the evaluation itself fails."""
        result = self._expression.eval(data=dict(values))
        if result.type() != cel.Type.BOOL:
            raise RuleError(_readable(str(result.value())))
        return bool(result.value())


def _readable(message: str) -> str:
    return message.removeprefix("INVALID_ARGUMENT: ").removesuffix(" [INVALID_ARGUMENT]")
