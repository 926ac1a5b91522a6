"""What `policy show` and `policy schema` print: where values come from, and what editors need."""

from collections.abc import Iterator
from typing import Any

from shared.errors import UserError
from shared.policy.checks.kinds import KINDS
from shared.policy.checks.registry import CHECKS
from shared.policy.loader import Places
from shared.policy.model import Pack

_NAMES = ("id", "category", "label", "rule")


def origin_lines(pack: Pack, places: Places) -> Iterator[str]:
    """Yield every value that was written somewhere, and the file and line."""
    body = pack.model_dump(mode="json")
    holders = {path[:-1] for path in places if path}
    for path, where in sorted(places.items(), key=lambda each: [str(part) for part in each[0]]):
        if path not in holders:
            yield f"{_named(body, path)} = {_value(body, path)}  ({where})"


def schema_of(kind: str) -> dict[str, Any]:
    """Return the JSON Schema of a pack, its rules' parameters by check, or of an input.

    Raises:
        UserError: there is no such kind.
    """
    if kind == "pack":
        body = Pack.model_json_schema()
        body["$defs"]["Checks"] = {
            "description": "parameters by the name of the check",
            "properties": {
                name: each.model_json_schema() for name, each in sorted(CHECKS.items())
            },
        }
        return body
    if kind not in KINDS:
        known = ", ".join(sorted(KINDS))
        raise UserError(f"no kind of input {kind}", fix=f"choose pack or one of: {known}")
    return KINDS[kind].model_json_schema()


def _value(body: Any, path: tuple[str | int, ...]) -> object:  # noqa: ANN401  JSON
    for part in path:
        body = body[part]
    return body


def _named(body: Any, path: tuple[str | int, ...]) -> str:  # noqa: ANN401  JSON
    """Return the path with entries of lists by their ids."""
    written: list[str] = []
    for part in path:
        body = body[part]
        name = (
            next((body[key] for key in _NAMES if key in body), part)
            if isinstance(body, dict)
            else part
        )
        written.append(str(name if isinstance(part, int) else part))
    return ".".join(written)
