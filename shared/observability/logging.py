"""Structured logs: an event of the catalog with fields, redacted, one line each, on stderr."""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Literal, TextIO

import structlog

from shared.observability.catalog import Event
from shared.observability.redaction import clean, describe, frames

Level = Literal["debug", "info", "warning", "error"]
_LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40}
_OURS = frozenset({"event", "level", "timestamp", "part", "service"})


class Log:
    """What the rest of the house writes with; the type of `event` keeps the catalog complete."""

    def __init__(self, name: str) -> None:
        self._logger: structlog.typing.FilteringBoundLogger = structlog.get_logger(part=name)

    def debug(self, event: Event, **fields: object) -> None:
        """For who looks for a fault; the only level that may carry text of the public."""
        self._logger.debug(event.value, **fields)

    @property
    def says_debug(self) -> bool:
        """Tell whether debug lines are written: some are dear to put together."""
        return self._logger.is_enabled_for(_LEVELS["debug"])

    def info(self, event: Event, **fields: object) -> None:
        """A thing that happened."""
        self._logger.info(event.value, **fields)

    def warning(self, event: Event, **fields: object) -> None:
        """A thing somebody should know of; the system goes on."""
        self._logger.warning(event.value, **fields)

    def failed(self, event: Event, error: BaseException | None = None, **fields: object) -> None:
        """A failure; of `error` one line and the places it came through."""
        if error is not None:
            fields |= {"error": describe(error), "frames": frames(error)}
        self._logger.error(event.value, **fields)


@contextmanager
def log_context(**fields: str | int) -> Iterator[None]:
    """Put `fields` on every line written inside, in this task and those it starts."""
    with structlog.contextvars.bound_contextvars(**fields):
        yield


def redact(
    _logger: object, method: str, fields: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """Clean every field we did not make ourselves."""
    debug = method == "debug"
    return {
        key: value if key in _OURS else clean(key, value, debug=debug)
        for key, value in fields.items()
    }


def configure_logging(
    service: str,
    *,
    level: Level = "info",
    log_format: Literal["json", "console"] = "json",
    stream: TextIO | None = None,
) -> None:
    """Set up logging for this process; once, at the top."""

    def out() -> TextIO:
        # Stderr as it is now: one kept from the start may since have been closed by its owner.
        return sys.stderr if stream is None else stream

    def name_service(
        _logger: object, _method: str, fields: structlog.typing.EventDict
    ) -> structlog.typing.EventDict:
        fields["service"] = service
        return fields

    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            name_service,
            redact,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _renderer(log_format, out()),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[level]),
        logger_factory=lambda *_: _Lines(out()),
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    root.handlers = [_FromLibraries()]
    root.setLevel(logging.WARNING)


class _Lines:
    """Writes what it can: a full disk or a closed terminal must not fail the work it tells of."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def msg(self, message: str) -> None:
        with suppress(OSError, ValueError):
            self._out.write(f"{message}\n")
            self._out.flush()

    debug = info = warning = error = msg


def _renderer(log_format: str, out: TextIO) -> structlog.typing.Processor:
    if log_format == "console":
        return structlog.dev.ConsoleRenderer(colors=out.isatty())
    return structlog.processors.JSONRenderer(ensure_ascii=False, default=str)


class _FromLibraries(logging.Handler):
    """Lines of libraries come out like our own; their arguments are cut down by redaction."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record."""
        log = Log(record.name)
        error = record.exc_info[1] if record.exc_info else None
        if record.levelno >= logging.ERROR:
            log.failed(Event.LIBRARY_SPOKE, error, said=record.getMessage())
        else:
            log.warning(Event.LIBRARY_SPOKE, said=record.getMessage())
