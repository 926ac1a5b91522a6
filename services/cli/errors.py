"""What a person sees when something fails: one line and the fix; the trace goes to a file."""

import errno
import sys
import traceback
from collections.abc import Callable
from tempfile import NamedTemporaryFile

from shared.errors import UserError

WRONG_USE = 2
BUG = 70  # EX_SOFTWARE of sysexits
INTERRUPTED = 130
PIPE_CLOSED = 141
FULL = (errno.ENOSPC, errno.EDQUOT)


def guarded(command: Callable[[], int]) -> int:
    """Run a command and turn whatever it raises into a line and an exit code."""
    try:
        return command()
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()  # the reader went away; there is nobody to tell
        return PIPE_CLOSED
    except Exception as error:  # noqa: BLE001 - the last place that can catch a bug
        known = _known(error)
        if known is not None:
            _say(known.line())
            return WRONG_USE
        _say(f"this is a bug in zhishou: {type(error).__name__} -> please report {_keep_trace()}")
        return BUG


def _known(error: Exception) -> UserError | None:
    """Return what a person can mend, also when tasks that ran together wrapped it."""
    while isinstance(error, ExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    if isinstance(error, OSError) and error.errno in FULL:
        return UserError(f"cannot write: {error.strerror}", fix="free some space")
    return error if isinstance(error, UserError) else None


def _keep_trace() -> str:
    with NamedTemporaryFile(
        "w", prefix="zhishou-trace-", suffix=".txt", delete=False, encoding="utf-8"
    ) as file:
        file.write(traceback.format_exc())
    return file.name


def _say(line: str) -> None:
    sys.stderr.write(f"zhishou: {line}\n")
