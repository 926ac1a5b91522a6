"""`zhishou policy diff`: what differs between two packs, and what that changes for a recording."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.cli.groups import group

if TYPE_CHECKING:
    from services.cli.policy_files import FiledPack
    from services.respond.core.pairs import Pairs
    from services.respond.core.state import State
    from shared.contracts.facts import Stored
    from shared.policy.changes import Difference
    from shared.policy.model import Pack

SHOWN = 20


def register(app: typer.Typer) -> None:
    """Add the command to the group `policy`."""
    group(app, "policy").command(
        "diff", epilog="Example: zhishou policy diff company ./my-company --recording day.jsonl"
    )(policy_diff)


def policy_diff(
    first: Annotated[str, typer.Argument(help="a pack, by name or directory")],
    second: Annotated[str, typer.Argument(help="the other one")],
    recording: Annotated[
        Path | None, typer.Option(help="what changes for this recording: both packs decide it")
    ] = None,
    policies: Annotated[
        Path | None, typer.Option(help="directory of the packs (default: shipped ones)")
    ] = None,
    verdicts: Annotated[str, typer.Option(help="auto, recorded or compute")] = "auto",
    *,
    as_json: Annotated[bool, typer.Option("--json", help="answer as JSON")] = False,
) -> None:
    """Show which rules and values differ, with file and line, and which decisions with them."""
    from services.cli.policy_files import filed_pack
    from shared.policy.changes import differences

    ours, theirs = filed_pack(first, policies), filed_pack(second, policies)
    found = differences(ours.rules, theirs.rules)
    compared = _compared(recording, ours, theirs, verdicts) if recording else None
    if as_json:
        typer.echo(json.dumps(_body(ours, theirs, found, compared), ensure_ascii=False))
        return
    typer.echo("\n".join(_lines(ours, theirs, found, compared)))


@dataclass(frozen=True, slots=True)
class _Compared:
    """A recording as both packs decide it."""

    items: int
    pairs: "Pairs"


def _compared(recording: Path, ours: "FiledPack", theirs: "FiledPack", verdicts: str) -> _Compared:
    from services.cli.replay.engine import replay
    from services.cli.replay.installation import replayable
    from services.respond.core.outgoing import outgoing
    from services.respond.core.pairs import Decided, paired
    from services.respond.core.suggest import offered

    sides, items = [], 0
    with replayable(recording, warn=lambda line: typer.echo(line, err=True)) as file:
        for each in (ours, theirs):
            decided, stood = Decided(), list["State"]()

            def watch(
                state: "State",
                batch: "Sequence[Stored]",
                pack: "Pack" = each.rules,
                into: Decided = decided,
                last: "list[State]" = stood,
            ) -> None:
                into.take((), tuple(outgoing(state, batch, pack)))
                last[:] = [state]

            report = replay(file, pack=each.rules, verdicts=verdicts, watch=watch)
            decided.take(report.decisions)
            for state in stood:
                decided.offer(offered(state, each.rules))
            sides.append(decided)
            items = report.items
    return _Compared(items, paired(*sides))


def _name(pack: "FiledPack") -> str:
    return f"{pack.rules.name}@{pack.rules.content_hash()[:12]}"


def _where(ours: "FiledPack", theirs: "FiledPack", each: "Difference") -> str:
    return (ours if each.what == "removed" else theirs).where(each.path)


def _body(
    ours: "FiledPack",
    theirs: "FiledPack",
    found: tuple["Difference", ...],
    compared: _Compared | None,
) -> dict[str, object]:
    rules = [{**each._asdict(), "where": _where(ours, theirs, each)} for each in found]
    body: dict[str, object] = {"first": _name(ours), "second": _name(theirs), "rules": rules}
    if compared is not None:
        decisions: dict[str, object] = {
            kind: [each._asdict() for each in some]
            for kind, some in compared.pairs.differing.items()
        }
        head = {"items": compared.items, "cases": compared.pairs.cases}
        body["recording"] = {**head, "cases_changed": decisions.pop("cases"), **decisions}
    return body


def _lines(
    ours: "FiledPack",
    theirs: "FiledPack",
    found: tuple["Difference", ...],
    compared: _Compared | None,
) -> Iterator[str]:
    from services.cli.policy_lines import difference_line

    yield f"{_name(ours)} -> {_name(theirs)}: {len(found)} places differ"
    for each in found:
        yield difference_line(each, _where(ours, theirs, each))
    if compared is None:
        return
    first, second = compared.pairs.cases
    yield f"{compared.items} items: {first} -> {second} cases"
    for kind, some in compared.pairs.differing.items():
        yield f"{kind}: {len(some)} decided otherwise"
        for pair in some[:SHOWN]:
            yield f"  {pair.about}: {pair.first or 'nothing'} -> {pair.second or 'nothing'}"
        if len(some) > SHOWN:
            yield f"  and {len(some) - SHOWN} more; --json has all"
