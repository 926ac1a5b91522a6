"""`zhishou chaos`: kills processes between named steps of a real run and counts every promise."""

import asyncio
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

RECORDED_REACH_SECONDS = 10.0
"""A recorded stream may never bring a process to some of the steps; another is taken then."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("chaos", epilog="Example: zhishou chaos --kills 50 --seed 7 --json")(chaos)


def chaos(
    context: typer.Context,
    kills: Annotated[int, typer.Option(min=1, help="how many processes are killed")] = 10,
    seed: Annotated[int, typer.Option(help="same seed, same people, same kills")] = 1,
    stream: Annotated[
        Path | None, typer.Option(help="play this raw stream (JSONL) instead of invented people")
    ] = None,
    speed: Annotated[str, typer.Option(help='how fast the stream plays: "20x"')] = "1x",
    emit_journal: Annotated[
        Path | None, typer.Option(help="keep the evidence in this directory, to count it again")
    ] = None,
    again: Annotated[
        Path | None, typer.Option("--recount", help="kill nobody: count this evidence again")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="print the figures as JSON")] = False,
) -> None:
    """Kill processes between named steps of a real run; prove that no promise was broken.

    Everything runs on this machine: servers, services, two candidates to lead, a simulated
    platform, scripted people, a pager's receiver. All figures are counted from the platform's own
    journal, from the pages that came and from the log. Exit code 1: a promise was broken.
    """
    from services.cli.chaos.evidence import read
    from services.cli.chaos.report import readable, recount
    from shared.observability.logging import configure_logging

    configure_logging("chaos", level="error", log_format="console")
    with _evidence(emit_journal, again) as directory:
        if again is None:
            environment: Mapping[str, str] = context.obj or {}
            _run(kills, seed, stream, speed, environment, directory)
        report = recount(directory)
        typer.echo(
            json.dumps(report, ensure_ascii=False)
            if as_json
            else readable(report, read(directory))
        )
    if report["broken"]:
        raise typer.Exit(1)


@contextmanager
def _evidence(kept: Path | None, again: Path | None) -> Iterator[Path]:
    from services.cli.chaos.evidence import prepare

    if again is not None:
        yield again
    elif kept is not None:
        prepare(kept)
        yield kept
    else:
        with TemporaryDirectory(prefix="zhishou-chaos-") as place:
            yield Path(place)


def _run(
    kills: int,
    seed: int,
    stream: Path | None,
    speed: str,
    environment: Mapping[str, str],
    directory: Path,
) -> None:
    from services.cli.chaos.plan import Plan, Times
    from services.cli.chaos.run import Run
    from shared.platforms.mock.lines import open_stream, parse_speed

    parse_speed(speed)
    if stream is not None:
        next(open_stream(stream), None)
    times = Times() if stream is None else Times(reach=RECORDED_REACH_SECONDS)
    plan = Plan(
        kills=kills,
        seed=seed,
        stream=stream,
        speed=speed,
        environment=environment,
        times=times,
    )
    asyncio.run(Run(plan, directory, lambda line: typer.echo(f"chaos: {line}", err=True)).go())
