"""Lines of `gate check` and of a pack's own cases, as plain values in and out."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, ValidationError
from pydantic_core import from_json

from services.cli.lines import decoded, wrong
from shared.errors import UserError
from shared.policy.gate.check import gate
from shared.policy.gate.findings import GateContext, GateLevel
from shared.policy.gate.promises import promises
from shared.policy.loader import lineage
from shared.policy.model import Pack
from shared.runtime.packs import all_sources, folder_of


class Outgoing(BaseModel):
    """One text to check."""

    id: str | int = ""
    text: str
    context: GateContext = GateContext()


class Expectation(BaseModel):
    """What the gate must say of a case."""

    level: GateLevel
    categories: tuple[str, ...] = ()


class GateCase(Outgoing):
    """One case of a pack: a text and what the gate must say of it."""

    expect: Expectation


def check_line(
    raw: bytes, number: int, pack: Pack, now: datetime | None = None
) -> Mapping[str, object]:
    """Return the answer for one line; a bad line gets an error in its place."""
    try:
        asked = _parse(decoded(raw, number), number)
    except (UnicodeDecodeError, ValidationError) as error:
        return _bad(number, wrong(error))
    except ValueError as error:
        return _bad(number, str(error).splitlines()[0])
    context = asked.context if asked.context.now else asked.context.model_copy(update={"now": now})
    result = gate(asked.text, context, pack)
    return {
        "id": asked.id,
        "level": result.level,
        "findings": [_without_none(each) for each in result.findings],
        "promises": [
            each.model_dump(mode="json")
            for each in promises(asked.text, context.now, pack.gate.calendar, pack.zone)
        ],
        "units": result.units,
        "limit": result.limit,
        "unknown": [each.model_dump() for each in result.unknown],
    }


def read_cases(directory: Path, pack: str) -> list[GateCase]:
    """Return the cases of a pack and of those it inherits from. Raises UserError."""
    cases: list[GateCase] = []
    for name in lineage(pack, all_sources(directory)):
        file = folder_of(directory, name) / "cases.jsonl"
        lines = file.read_text(encoding="utf-8").splitlines() if file.is_file() else []
        for number, raw in enumerate(lines, start=1):
            try:
                cases.append(GateCase.model_validate_json(raw))
            except ValidationError as error:
                where = f"{file}:{number}"
                raise UserError(str(error).splitlines()[0], where=where, fix="mend it") from error
    return cases


def failed_cases(cases: Sequence[GateCase], pack: Pack) -> list[Mapping[str, object]]:
    """Return what came out differently."""
    failures: list[Mapping[str, object]] = []
    for case in cases:
        result = gate(case.text, case.context, pack)
        found = tuple(sorted({each.category for each in result.findings}))
        if (result.level, found) != (case.expect.level, tuple(sorted(case.expect.categories))):
            failures.append({"text": case.text, "level": result.level, "categories": found})
    return failures


def _bad(number: int, what: str) -> Mapping[str, object]:
    fix = 'write {"id": "...", "text": "..."} or a plain line of UTF-8 text'
    return {"error": {"line": number, "what": what, "fix": fix}}


def _parse(raw: str, number: int) -> Outgoing:
    asked = (
        Outgoing.model_validate(from_json(raw))
        if raw.lstrip().startswith("{")
        else Outgoing(text=raw)
    )
    return asked if asked.id != "" else asked.model_copy(update={"id": str(number)})


def _without_none(finding: BaseModel) -> dict[str, object]:
    body: dict[str, object] = json.loads(finding.model_dump_json(exclude_none=True))
    return body
