"""What a person sees when something fails: one line and the fix; the trace goes to a file."""

import sys
import traceback
from collections.abc import Callable
from tempfile import NamedTemporaryFile

from shared.errors import UserError

WRONG_USE = 2
BUG = 70  # EX_SOFTWARE of sysexits
INTERRUPTED = 130
PIPE_CLOSED = 141


def guarded(command: Callable[[], int]) -> int:
    """Run a command and turn whatever it raises into a line and an exit code."""
    try:
        return command()
    except UserError as error:
        _say(error.line())
        return WRONG_USE
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()  # the reader went away; there is nobody to tell
        return PIPE_CLOSED
    except Exception as error:  # noqa: BLE001 - the last place that can catch a bug
        _say(f"this is a bug in zhishou: {type(error).__name__} -> please report {_keep_trace()}")
        return BUG


def _keep_trace() -> str:
    with NamedTemporaryFile(
        "w", prefix="zhishou-trace-", suffix=".txt", delete=False, encoding="utf-8"
    ) as file:
        file.write(traceback.format_exc())
    return file.name


def _say(line: str) -> None:
    sys.stderr.write(f"zhishou: {line}\n")
