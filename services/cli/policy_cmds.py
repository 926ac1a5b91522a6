"""`zhishou policy`: look at packs, check inputs against their rules, and prove the rules."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.cli.gate_cmds import JsonOption, PoliciesOption
from services.cli.groups import group
from shared.errors import UserError

if TYPE_CHECKING:
    from datetime import date

    from shared.policy.checks.check import Labeller

NameArgument = Annotated[str, typer.Argument(help="name of the pack")]


def register(app: typer.Typer) -> None:
    """Add the group to the command line."""
    policy = group(app, "policy")
    policy.command(
        "check",
        epilog='Example: echo \'{"id":"1","input":{"kind":"post","text":"早","author":null}}\''
        " | zhishou policy check --pack base",
    )(check)
    policy.command("coverage", epilog="Example: zhishou policy coverage --json")(coverage)
    policy.command("show", epilog="Example: zhishou policy show company")(show)
    policy.command("lint", epilog="Example: zhishou policy lint")(lint)
    policy.command("test", epilog="Example: zhishou policy test base")(prove)
    policy.command("new", epilog="Example: zhishou policy new ours --inherits hotel")(new)
    policy.command("schema", epilog="Example: zhishou policy schema > pack.schema.json")(schema)


def check(
    file: Annotated[Path | None, typer.Argument(help="JSONL; standard input if absent")] = None,
    pack: Annotated[
        str, typer.Option("--pack", help="a pack; with variants: all of them; none: all packs")
    ] = "",
    rule: Annotated[str, typer.Option("--rule", help="only this rule, article or document")] = "",
    policies: PoliciesOption = None,
    *,
    variants: Annotated[bool, typer.Option(help="ask a pack's variants, too")] = True,
    model: Annotated[bool, typer.Option(help="judge texts with the shipped weights")] = True,
) -> None:
    """Evaluate inputs (JSONL), write verdict, rules, what is missing and where, line by line."""
    from services.cli.lines import batches
    from services.cli.policy_check_lines import Desk, written
    from shared.runtime.books import ALL, Shelf

    shelf = Shelf(policies or _shipped())
    desk = Desk(shelf, _today(), pack, rule, variants, _labeller() if model else None)
    book = shelf.book(pack or ALL, variants=variants)
    if rule and not book.only(rule).rules:
        fix = "`zhishou policy coverage` lists the rules"
        raise UserError(f"there is no rule {rule} in pack {book.name}", fix=fix)
    number, failed = 0, False
    for lines in batches(file):
        for raw in lines:
            number += 1
            if raw.strip():
                answer = desk.answer(raw, number)
                failed = failed or "error" in answer
                typer.echo(written(answer))
    if failed:
        raise typer.Exit(1)


def coverage(policies: PoliciesOption = None, *, as_json: JsonOption = False) -> None:
    """Print rule, check, cases and result for the whole catalogue, and what is not covered."""
    from services.cli.policy_coverage import covered, lines_of
    from shared.runtime.books import Shelf

    directory = policies or _shipped()
    report = covered(Shelf(directory), directory, _today())
    if as_json:
        typer.echo(json.dumps(report.body(), ensure_ascii=False))
    else:
        for line in lines_of(report):
            typer.echo(line)
    if report.failed:
        raise typer.Exit(1)


def show(
    pack: NameArgument = "company",
    policies: PoliciesOption = None,
    *,
    origins: Annotated[
        bool, typer.Option("--origins", help="one line a value, and the file it comes from")
    ] = False,
    as_json: Annotated[  # noqa: ARG001  every reporting command takes it
        bool, typer.Option("--json", help="answer as JSON (it always does)")
    ] = False,
) -> None:
    """Print a pack as it holds after inheritance, with its content hash."""
    from services.cli.policy_show import origin_lines
    from shared.policy.loader import load_with_places
    from shared.runtime.packs import all_sources

    rules, places = load_with_places(pack, all_sources(policies or _shipped()))
    if origins:
        for line in origin_lines(rules, places):
            typer.echo(line)
        return
    body = {"hash": rules.content_hash(), "pack": rules.model_dump(mode="json")}
    typer.echo(json.dumps(body, ensure_ascii=False, indent=2))


def lint(policies: PoliciesOption = None, *, as_json: JsonOption = False) -> None:
    """Load every pack; report mistakes, and dead, shadowed, conflicting, unowned, expired rules."""
    from services.cli.policy_lint import findings
    from shared.runtime.books import Shelf

    directory = policies or _shipped()
    shelf = Shelf(directory)
    hashes: dict[str, object] = {name: each.content_hash() for name, each in shelf.packs.items()}
    if not hashes:
        where = str(directory)
        raise UserError("no policy pack here", where=where, fix="name a directory with --policies")
    found = findings(shelf, directory, _today())
    if as_json:
        typer.echo(json.dumps({**hashes, "findings": [each.body() for each in found]}))
    else:
        for name, value in hashes.items():
            typer.echo(f"{name}: {value}")
        for each in found:
            typer.echo(str(each))
    if any(each.grave for each in found):
        raise typer.Exit(1)


def prove(
    pack: NameArgument = "company",
    policies: PoliciesOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Run the pack's own cases (cases.jsonl, checks.jsonl), inherited ones too."""
    from services.cli.gate_lines import failed_cases, read_cases
    from services.cli.policy_check_lines import run_cases
    from shared.runtime.books import Shelf

    directory = policies or _shipped()
    shelf = Shelf(directory)
    cases = read_cases(directory, pack)
    ruled = list(run_cases(shelf, directory, pack, _today()))
    failures = [
        *failed_cases(cases, shelf.pack(pack)),
        *(failed for _, kept, failed in ruled if not kept),
    ]
    if as_json:
        body = {"cases": len(cases) + len(ruled), "failed": failures}
        typer.echo(json.dumps(body, ensure_ascii=False))
    else:
        typer.echo(f"cases: {len(cases) + len(ruled)}")
        typer.echo(f"failed: {failures}")
    if failures:
        raise typer.Exit(1)


def new(
    name: Annotated[str, typer.Argument(help="name of the new pack: small letters and -")] = "",
    inherits: Annotated[str, typer.Option(help="the pack it stands on")] = "",
    organisation: Annotated[str, typer.Option(help="how the organisation calls itself")] = "",
    owner: Annotated[str, typer.Option(help="who answers for the rules")] = "",
    rumours: Annotated[
        str, typer.Option(help="clarify, report_up or hold_and_escalate; empty: as its parent")
    ] = "",
    policies: PoliciesOption = None,
) -> None:
    """Start a pack of your own: asks for what is not given, writes it, and loads it once."""
    from services.cli.policy_new import Answers, asked_for, start

    directory = policies or _shipped()
    given = Answers(name, inherits, organisation, owner, rumours)
    for line in start(asked_for(given, directory, typer.prompt, typer.echo), directory, _today()):
        typer.echo(line)


def schema(
    kind: Annotated[str, typer.Argument(help="pack, or a kind of input such as post")] = "pack",
) -> None:
    """Print the JSON Schema of a pack, for editors, or of one kind of input."""
    from services.cli.policy_show import schema_of

    typer.echo(json.dumps(schema_of(kind), ensure_ascii=False, indent=2))


def _labeller() -> "Labeller":
    """Return the shipped classifier, loaded when a text first needs it."""
    from services.cli.policy_labeller import LazyLabeller

    return LazyLabeller()


def _today() -> "date":
    from shared.runtime.clock import SystemClock

    return SystemClock().now().date()


def _shipped() -> Path:
    from shared.runtime.settings import default_policies_dir

    return default_policies_dir()
