"""What may leave the log, and leaving it (JetStream purge by subject; invariant 13)."""

from shared.bus.nats_link import NOT_FOUND, ApiError, Link
from shared.bus.port import BusAwayError
from shared.errors import PermanentError

PURGE_SECONDS = 30.0
"""A purge walks through the blocks of the range; other requests are answered meanwhile."""


async def purge(link: Link, stream: str, subject: str, upto_seq: int) -> int:
    """Remove what stands on `subject` up to and with `upto_seq`; return how many messages."""
    body = {"filter": subject, "seq": upto_seq + 1}
    try:
        answer = await link.api(f"STREAM.PURGE.{stream}", body, PURGE_SECONDS)
    except ApiError as error:
        raise BusAwayError(f"the log cannot be purged: {error}") from error
    return int(answer["purged"])


async def set_limit(link: Link, stream: str, max_bytes: int) -> None:
    """Change the stream's own limit, 0 for none; with discard `new` nothing there is dropped."""
    try:
        config = (await link.api(f"STREAM.INFO.{stream}", {}))["config"]
        if config["discard"] != "new":
            raise PermanentError("a log that discards old facts must not get a limit")
        await link.api(f"STREAM.UPDATE.{stream}", {**config, "max_bytes": max_bytes or -1})
    except ApiError as error:
        raise BusAwayError(f"the log takes no limit: {error}") from error


async def unacked(link: Link, stream: str, durable: str) -> int | None:
    """Return the first sequence `durable` may not be done with; None: no such consumer."""
    end = (await link.api(f"STREAM.INFO.{stream}", {}))["state"]["last_seq"]
    try:
        info = await link.api(f"CONSUMER.INFO.{stream}.{durable}", {})
    except ApiError as error:
        if error.status == NOT_FOUND:
            return None
        raise BusAwayError(f"the consumer does not say where it is: {error}") from error
    if info["num_pending"] or info["num_ack_pending"]:
        return int(info["ack_floor"]["stream_seq"]) + 1
    return int(end) + 1
