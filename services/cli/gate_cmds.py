"""`zhishou gate` and `zhishou policy`: the checks of outgoing texts and the packs behind them."""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from services.cli.groups import group
from shared.errors import UserError

PackOption = Annotated[str, typer.Option("--pack", help="name of the pack, or a directory of it")]
PoliciesOption = Annotated[
    Path | None, typer.Option("--policies", help="directory of the packs (default: shipped ones)")
]
JsonOption = Annotated[bool, typer.Option("--json", help="answer as JSON")]


def register(app: typer.Typer) -> None:
    """Add both groups to the command line."""
    gate, policy = group(app, "gate"), group(app, "policy")
    gate.command("check", epilog='Example: echo "可能是" | zhishou gate check')(gate_check)
    policy.command("show", epilog="Example: zhishou policy show company")(policy_show)
    policy.command("lint", epilog="Example: zhishou policy lint")(policy_lint)
    policy.command("test", epilog="Example: zhishou policy test base")(policy_test)


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


def policy_show(
    pack: Annotated[str, typer.Argument(help="name of the pack")] = "company",
    policies: PoliciesOption = None,
    *,
    as_json: Annotated[  # noqa: ARG001  every reporting command takes it
        bool, typer.Option("--json", help="answer as JSON (it always does)")
    ] = False,
) -> None:
    """Print a pack as it holds after inheritance, with its content hash."""
    from shared.runtime.packs import read_pack

    rules = read_pack(policies or _shipped(), pack)
    body = {"hash": rules.content_hash(), "pack": rules.model_dump(mode="json")}
    typer.echo(json.dumps(body, ensure_ascii=False, indent=2))


def policy_lint(policies: PoliciesOption = None, *, as_json: JsonOption = False) -> None:
    """Load every pack; a mistake is named by file and line."""
    from shared.runtime.packs import read_packs

    hashes = {
        name: rules.content_hash() for name, rules in read_packs(policies or _shipped()).items()
    }
    if not hashes:
        where = str(policies or _shipped())
        raise UserError("no policy pack here", where=where, fix="name a directory with --policies")
    _report(hashes, as_json=as_json)


def policy_test(
    pack: Annotated[str, typer.Argument(help="name of the pack")] = "company",
    policies: PoliciesOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Run the pack's own cases (cases.jsonl, inherited ones too)."""
    from services.cli.gate_lines import failed_cases, read_cases
    from shared.runtime.packs import read_pack

    directory = policies or _shipped()
    rules = read_pack(directory, pack)
    cases = read_cases(directory, pack)
    failures = failed_cases(cases, rules)
    _report({"cases": len(cases), "failed": failures}, as_json=as_json)
    if failures:
        raise typer.Exit(1)


def _report(values: Mapping[str, object], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(values, ensure_ascii=False))
        return
    for name, value in values.items():
        typer.echo(f"{name}: {value}")


def _shipped() -> Path:
    from shared.runtime.settings import default_policies_dir

    return default_policies_dir()
