"""The command line `zhishou`: every module adds its own commands, nothing heavy is imported."""

from collections.abc import Mapping, Sequence
from importlib import import_module

import typer
from typer.exceptions import TyperException

from shared.errors import UserError

MODULES = (
    "services.cli.up_cmd",
    "services.cli.run_cmds",
    "services.cli.classify_cmds",
    "services.cli.explain_cmd",
    "services.cli.gate_cmds",
    "services.cli.policy_cmds",
    "services.cli.replay_cmds",
    "services.cli.people_cmds",
    "services.cli.bench_cmd",
    "services.cli.chaos_cmd",
    "services.cli.platforms_cmd",
    "services.cli.config_cmds",
    "services.cli.openapi_cmd",
    "services.cli.doctor_cmd",
    "services.cli.archive_cmds",
    "services.cli.backup_cmds",
    "services.cli.trace_cmd",
    "services.cli.feedback_cmds",
    "services.cli.shadow_cmd",
    "services.cli.model_cmds",
    "services.cli.policy_life_cmds",
    "services.cli.policy_diff_cmd",
    "services.cli.audit_cmds",
    "services.cli.quarantine_cmds",
    "services.cli.suggest_cmds",
    "services.cli.knowledge_cmds",
    "services.cli.words_cmds",
    "services.cli.receipt_cmds",
)
"""Each has `register(app)`. They import what they need inside their commands."""


FAST = {"up": ("services.cli.up_cmd",)}
"""Commands whose start is measured: nothing of the others is imported for them."""


def build(modules: Sequence[str] = MODULES) -> typer.Typer:
    """Return the whole command line, or the part of it in these modules."""
    app = typer.Typer(
        name="zhishou",
        help="值守: moderation and crisis response for official accounts.",
        epilog="Example: zhishou up --no-open",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        add_completion=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_top)
    for name in modules:
        import_module(name).register(app)
    return app


def run(arguments: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run one command line. Commands find `environment` as their context's object.

    Raises:
        UserError: the command line itself is wrong.
    """
    words = list(arguments)
    command = typer.main.get_command(build(FAST.get("".join(words[:1]), MODULES)))
    try:  # not `main`: it calls a reader that went away a failure, and a lost file Ctrl-C
        with command.make_context("zhishou", words, obj=environment) as context:
            code = command.invoke(context)
    except typer.Exit as done:
        return done.exit_code
    except typer.Abort as error:
        raise KeyboardInterrupt from error
    except TyperException as error:
        spoken = " ".join(error.format_message().split())
        if not spoken:  # a group without a command: its help has been printed
            return error.exit_code
        raise UserError(spoken.rstrip("."), fix=f"{_asked(error)} --help shows how") from error
    return code if isinstance(code, int) else 0


def _asked(error: TyperException) -> str:
    context = getattr(error, "ctx", None)
    return context.command_path if context is not None else "zhishou"


def _top() -> None:
    """值守: moderation and crisis response for official accounts."""
