"""The command line `zhishou`: every module adds its own commands, nothing heavy is imported."""

from collections.abc import Mapping, Sequence
from importlib import import_module

import typer

MODULES = (
    "services.cli.up_cmd",
    "services.cli.run_cmds",
    "services.cli.classify_cmds",
    "services.cli.gate_cmds",
    "services.cli.replay_cmds",
    "services.cli.people_cmds",
    "services.cli.bench_cmd",
    "services.cli.openapi_cmd",
)
"""Each has `register(app)`. They import what they need inside their commands."""


def build() -> typer.Typer:
    """Return the whole command line."""
    app = typer.Typer(
        name="zhishou",
        help="值守: moderation and crisis response for official accounts.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        add_completion=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_top)
    for name in MODULES:
        import_module(name).register(app)
    return app


def run(arguments: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run one command line. Commands find `environment` as their context's object."""
    command = typer.main.get_command(build())
    try:
        command.main(list(arguments), prog_name="zhishou", obj=environment)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0


def _top() -> None:
    """值守: moderation and crisis response for official accounts."""
