"""`zhishou up`: the command and its options."""

import asyncio
import sys
import webbrowser
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from services.cli.up import Standing


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(epilog="Example: zhishou up --stream crisis.jsonl --speed 100x --ephemeral")(up)


def up(
    context: typer.Context,
    *,
    stream: Annotated[
        Path | None, typer.Option(help="Play this raw stream (JSONL) instead of invented people.")
    ] = None,
    speed: Annotated[str, typer.Option(help='How fast the stream plays: "20x", "max".')] = "1x",
    max_gap: Annotated[
        float, typer.Option(min=0, help="Longest recorded pause kept, seconds.")
    ] = 10.0,
    seed: Annotated[int, typer.Option(help="Same seed, same invented people and texts.")] = 1,
    rate: Annotated[
        float | None, typer.Option(min=0, help="Invented items per second on average.")
    ] = None,
    data_dir: Annotated[
        Path | None, typer.Option(help="Private directory for everything that is kept.")
    ] = None,
    ephemeral: Annotated[bool, typer.Option(help="Keep nothing: all is gone at the end.")] = False,
    port: Annotated[
        int | None,
        typer.Option(
            min=0, max=65535, help="Port of the console; 8750 or a free one if left out."
        ),
    ] = None,
    accounts: Annotated[
        Path | None, typer.Option(help="Register of real accounts (YAML); no mock platform then.")
    ] = None,
    nats_url: Annotated[str, typer.Option(help="Use this NATS instead of the embedded.")] = "",
    redis_url: Annotated[
        str, typer.Option(help="Use this Valkey or Redis instead of the embedded.")
    ] = "",
    durable: Annotated[
        bool,
        typer.Option("--durable", help="Sync every write of the log: a power cut loses none."),
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Say where everything is as one line of JSON.")
    ] = False,
    open_browser: Annotated[
        bool, typer.Option("--open/--no-open", help="Open the console in the browser.")
    ] = True,
) -> None:
    """Run the whole system on this machine, with a simulated platform unless told otherwise."""
    from services.cli.up import UpOptions
    from services.cli.up import up as run
    from shared.platforms.mock.lines import parse_speed
    from shared.runtime.clock import SystemClock

    parse_speed(speed)  # a mistake is told before anything starts
    environment: Mapping[str, str] = context.obj or {}
    options = UpOptions(
        data_dir=data_dir,
        ephemeral=ephemeral,
        stream=stream,
        speed=speed,
        max_gap=max_gap,
        seed=seed,
        rate=rate,
        port=port,
        accounts=accounts,
        nats_url=nats_url,
        redis_url=redis_url,
        durable=durable or environment.get("ZHISHOU_DURABLE", "") in {"1", "true"},
        environment=environment,
    )

    def say(standing: "Standing") -> None:
        for line in (standing.json(),) if as_json else standing.lines():
            typer.echo(line)
        sys.stdout.flush()
        if open_browser and sys.stdout.isatty() and has_screen(environment, sys.platform):
            webbrowser.open(standing.sign_in or standing.console)

    asyncio.run(run(options, say=say, report=_report, monotonic=SystemClock().monotonic))


def _report(line: str) -> None:
    typer.echo(f"zhishou: {line}", err=True)


def has_screen(environment: Mapping[str, str], platform: str) -> bool:
    """Tell whether a browser would open a window, not take over this terminal."""
    return platform == "darwin" or any(
        environment.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY")
    )
