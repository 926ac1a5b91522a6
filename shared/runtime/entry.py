"""How every process of ours begins and ends: settings, logs, and one line when it cannot start."""

import asyncio
import sys
from collections.abc import Callable, Coroutine
from typing import TypeVar

from pydantic import ValidationError

from shared.errors import TransientError, UserError
from shared.observability.catalog import Event
from shared.observability.logging import Log, configure_logging
from shared.runtime.memory import settle
from shared.runtime.settings import CommonSettings

WRONG_USE = 2
Settings = TypeVar("Settings", bound=CommonSettings)


def read_settings(kind: type[Settings]) -> Settings:
    """Read the settings of a process. Raises UserError that names the variable."""
    try:
        return kind()
    except ValidationError as error:
        first = error.errors()[0]
        variable = "ZHISHOU_" + "_".join(str(part) for part in first["loc"]).upper()
        message = f"{variable}: {first['msg'].removeprefix('Value error, ')}"
        raise UserError(message, fix="docs/settings.md lists what it may be") from error


def run_service(
    name: str,
    kind: type[Settings],
    serve: Callable[[Settings], Coroutine[None, None, None]],
) -> int:
    """Run a service until it is stopped; return its exit code.

    What a person can mend is one line on standard error and exit code 2, never a traceback.
    """
    try:
        settings = read_settings(kind)
        configure_logging(name, level=settings.log_level, log_format=settings.log_format)
        settle()
        Log(name).info(Event.SERVICE_STARTED)
        asyncio.run(serve(settings))
    except UserError as error:
        return refuse(error)
    except TransientError as error:
        fix = "start it; addresses are ZHISHOU_NATS_URL and ZHISHOU_REDIS_URL"
        return refuse(UserError(f"what {name} needs is away: {error}", fix=fix))
    except KeyboardInterrupt:
        return 130
    return 0


def refuse(error: UserError) -> int:
    """Say the line and return the exit code for it."""
    sys.stderr.write(f"zhishou: {error.line()}\n")
    return WRONG_USE
