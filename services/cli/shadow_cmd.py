"""`zhishou shadow`: a candidate judges beside the live model, and nothing comes of it."""

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from services.cli.archive_cmds import DataDir
from shared.errors import TransientError, UserError

if TYPE_CHECKING:
    from services.classify.adapters.engine import Classifier
    from services.classify.shell.shadowing import Shadowing

MINUTES, ITEMS = 60.0, 1_000


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("shadow", epilog="Example: zhishou shadow --weights candidate --minutes 30")(
        shadow
    )


def shadow(
    context: typer.Context,
    weights: Annotated[Path, typer.Option("--weights", help="folder of the candidate")],
    minutes: Annotated[float, typer.Option(min=0.001, help="at most so long")] = MINUTES,
    items: Annotated[int, typer.Option(min=1, help="at most so many items")] = ITEMS,
    recording: Annotated[
        Path | None, typer.Option(help="compare on this recording instead of live traffic")
    ] = None,
    nats_url: Annotated[
        str | None, typer.Option(help="address of NATS; else ZHISHOU_NATS_URL")
    ] = None,
    data_dir: DataDir = None,
    as_json: Annotated[bool, typer.Option("--json", help="answer as JSON")] = False,
) -> None:
    """Judge live items with a candidate as well, compare, and act on nothing."""
    from services.classify.adapters.engine import Classifier
    from services.classify.shell.shadowing import Shadowing
    from services.cli.record import address
    from shared.observability.logging import configure_logging
    from shared.runtime.settings import default_data_dir
    from shared.runtime.text_tables import load_tables

    configure_logging("shadow", level="error", log_format="console")
    if not (weights / "manifest.json").is_file():
        raise UserError("no weights here", where=str(weights), fix="see `zhishou train`")
    tables = load_tables()
    running = Shadowing(Classifier.load(weights, tables))
    environment: Mapping[str, str] = context.obj or {}
    if recording is not None:
        _play(recording, running, Classifier.load(None, tables), items)
    else:
        where = data_dir or default_data_dir()
        named = None if data_dir else environment.get("ZHISHOU_NATS_URL")
        asyncio.run(_follow(address(nats_url, where, named), running, items, 60 * minutes))
    report = running.report()
    typer.echo(json.dumps(report, ensure_ascii=False) if as_json else readable(report))


async def _follow(url: str, running: "Shadowing", items: int, seconds: float) -> None:
    from services.cli.embedded.probes import reachable
    from shared.bus.nats_bus import NatsBus
    from shared.runtime.clock import SystemClock

    clock = SystemClock()
    try:
        await reachable(url, "--nats-url")
        bus = await NatsBus.connect(url, clock=clock, name="shadow", make=None)
        try:
            await running.follow(bus, clock, items=items, seconds=seconds)
        finally:
            await bus.close()
    except TransientError as error:
        raise UserError(f"the log does not answer: {error}", fix="is zhishou running?") from error


def _play(path: Path, running: "Shadowing", own: "Classifier", items: int) -> None:
    """Compare on a recording; a raw stream holds no verdicts, so the shipped model gives them."""
    from services.cli.replay.sources import Tally, fact_batches, raw_batches
    from shared.testing.recording import open_recording, read_lines

    recording = open_recording(path)
    lines = read_lines(recording)
    batches = (
        fact_batches(lines, Tally(), {}, None)
        if recording.of_facts
        else raw_batches(lines, Tally(), own.judge, lambda _start: [])
    )
    for batch in batches:
        running.take([each.fact for each in batch])
        if running.shadow.pairs >= items:
            return


def readable(report: Mapping[str, object]) -> str:
    """Return the figures for a person; differences by item and place, never by words."""
    live = ", ".join(cast("list[str]", report["live"])) or "nobody"
    head = (
        f"{report['candidate']} beside {live}: {report['items']} items,"
        f" {report['differing']} judged differently, {report['unpaired']} without a pair,"
        f" {report['texts_per_cpu_second']} texts/s"
    )
    lines = [head]
    figures = cast("Mapping[str, Mapping[str, float]]", report["labels"])
    for name, row in figures.items():
        if row["live_rate"] or row["candidate_rate"]:
            lines.append(
                f"{name:<16}agree {row['agreement']:.2%}  live {row['live_rate']:.2%}"
                f"  candidate {row['candidate_rate']:.2%}"
            )
    for each in cast("list[Mapping[str, object]]", report["differences"]):
        sides = (",".join(cast("list[str]", each[side])) or "-" for side in ("live", "candidate"))
        lines.append(f"{each['item_id']}  {' -> '.join(sides)}")
    return "\n".join(lines)
