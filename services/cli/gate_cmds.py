"""`zhishou gate`: the checks of outgoing texts."""

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from services.cli.groups import group

PackOption = Annotated[str, typer.Option("--pack", help="name of the pack, or a directory of it")]
PoliciesOption = Annotated[
    Path | None, typer.Option("--policies", help="directory of the packs (default: shipped ones)")
]
JsonOption = Annotated[bool, typer.Option("--json", help="answer as JSON")]


def register(app: typer.Typer) -> None:
    """Add the group to the command line."""
    gate = group(app, "gate")
    gate.command("check", epilog='Example: echo "可能是" | zhishou gate check')(gate_check)


def gate_check(
    file: Annotated[Path | None, typer.Argument(help="JSONL; standard input if absent")] = None,
    pack: PackOption = "company",
    policies: PoliciesOption = None,
    now: Annotated[
        datetime | None, typer.Option("--now", help="time of promises (default: the clock's)")
    ] = None,
) -> None:
    """Read outgoing texts (JSONL or plain lines), write their findings line by line."""
    from services.cli.gate_lines import check_line
    from services.cli.lines import batches
    from shared.runtime.clock import SystemClock
    from shared.runtime.packs import read_pack

    rules = read_pack(policies or _shipped(), pack)
    moment = now or SystemClock().now()
    number, failed = 0, False
    for lines in batches(file):
        for raw in lines:
            number += 1
            if raw.strip():
                answer = check_line(raw, number, rules, moment)
                failed = failed or "error" in answer
                typer.echo(json.dumps(answer, ensure_ascii=False))
    if failed:
        raise typer.Exit(1)


def _shipped() -> Path:
    from shared.runtime.settings import default_policies_dir

    return default_policies_dir()
