"""`zhishou ingest|classify|respond|watchdog|archive run`: one service, for compose, Kubernetes, systemd."""

from importlib import import_module
from typing import Any

import typer

from services.cli.groups import group

SERVICES = ("ingest", "classify", "respond", "watchdog", "archive")


def register(app: typer.Typer) -> None:
    """Add a `run` to the group of every service."""
    for name in SERVICES:
        _add(group(app, name), name)


def _add(place: typer.Typer, name: str) -> None:
    @place.command(
        "run",
        help=f"Run the {name} service until SIGTERM or Ctrl-C; settings are ZHISHOU_* variables.",
        epilog=f"Example: ZHISHOU_NATS_URL=nats://10.0.0.5 zhishou {name} run",
    )
    def run() -> None:
        entry: Any = import_module(f"services.{name}.__main__")
        raise typer.Exit(entry.main())
