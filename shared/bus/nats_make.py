"""Makes what is missing on the server: the buckets first, so that a log that is there is whole."""

from dataclasses import dataclass

from nats.errors import Error as NatsError
from nats.js.errors import BadRequestError

from shared.bus.nats_link import API_SECONDS, NOT_FOUND, SECOND, ApiError, Link
from shared.bus.port import BusAwayError
from shared.contracts.subjects import OBJECTS, STREAM, STREAM_SUBJECTS, VALUES
from shared.observability.catalog import Event
from shared.observability.logging import Log

DUPLICATE_WINDOW_SECONDS = 120
NAME_IN_USE = 10058  # somebody else made it a moment ago, with other options


@dataclass(frozen=True, slots=True)
class StreamOptions:
    """How log and buckets are made when they are not there yet; existing ones are left as they are."""

    max_bytes: int = -1
    replicas: int = 1


async def make_missing(link: Link, options: StreamOptions) -> None:
    """Make buckets and log. Raises: BusAwayError, LogFullError, ApiError."""
    if not await _is_there(link, f"KV_{VALUES}"):
        await _make_values(link, options)
    if not await _is_there(link, f"OBJ_{OBJECTS}"):
        await _make_objects(link, options)
    if not await _is_there(link, STREAM):
        await _make_log(link, options)


async def must_be_there(link: Link) -> None:
    """Raise BusAwayError unless somebody has made the log."""
    if not await _is_there(link, STREAM):
        raise BusAwayError("there is no log yet: respond makes it when it starts")


async def _is_there(link: Link, stream: str) -> bool:
    try:
        await link.api(f"STREAM.INFO.{stream}", {})
    except ApiError as error:
        if error.status != NOT_FOUND:
            raise
        return False
    return True


async def _make_values(link: Link, options: StreamOptions) -> None:
    """Direct: one key can be read by its name alone, so rights can end at a key."""
    jetstream = link.nc.jetstream(timeout=API_SECONDS)
    try:
        await jetstream.create_key_value(
            bucket=VALUES, history=1, direct=True, replicas=options.replicas
        )
    except BadRequestError as error:
        if error.err_code != NAME_IN_USE:
            raise
    except (NatsError, TimeoutError) as error:
        raise BusAwayError(f"the records cannot be made: {type(error).__name__}") from error


async def _make_objects(link: Link, options: StreamOptions) -> None:
    jetstream = link.nc.jetstream(timeout=API_SECONDS)
    try:
        await jetstream.create_object_store(OBJECTS, replicas=options.replicas)
    except BadRequestError as error:
        if error.err_code != NAME_IN_USE:
            raise
    except (NatsError, TimeoutError) as error:
        raise BusAwayError(f"the objects cannot be made: {type(error).__name__}") from error


async def _make_log(link: Link, options: StreamOptions) -> None:
    try:
        await link.api(f"STREAM.CREATE.{STREAM}", _stream_config(options))
    except ApiError as refused:
        if refused.code != NAME_IN_USE:
            raise
    Log("bus").info(Event.BUS_STREAM_MADE, stream=STREAM)


def _stream_config(options: StreamOptions) -> dict[str, object]:
    return {
        "name": STREAM,
        "subjects": list(STREAM_SUBJECTS),
        "retention": "limits",
        "storage": "file",
        "discard": "new",
        "max_age": 0,
        "max_msgs": -1,
        "max_bytes": options.max_bytes,
        "num_replicas": options.replicas,
        "duplicate_window": DUPLICATE_WINDOW_SECONDS * SECOND,
        "allow_direct": True,
        "allow_atomic": True,
    }
