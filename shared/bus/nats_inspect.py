"""A look at a NATS server and its log from outside: nothing is made, nothing is changed."""

from dataclasses import dataclass, replace
from datetime import datetime

from shared.bus.nats_link import SECOND, ApiError, Link
from shared.bus.nats_read import last_on
from shared.contracts.subjects import CLASSIFY_CONSUMER, NEWEST_BACKUP, NOWHERE, STREAM, VALUES
from shared.observability.metrics import Metrics

ANSWER_SECONDS = 2.0
PURGE_FAILED = 10051


@dataclass(frozen=True, slots=True)
class LogReport:
    """What the server says. `stream` is False when there is no log yet; then the rest is empty.

    `odd` names settings that are not as this program makes them; times are in seconds. `stuck` is
    the write to its disk that failed, after which a log takes nothing until its server starts again.
    """

    server_version: str
    now: datetime | None = None
    stream: bool = False
    facts: int = 0
    last_seq: int = 0
    bytes_stored: int = 0
    max_bytes: int = -1
    odd: tuple[str, ...] = ()
    to_classify: int = 0
    in_hand: int = 0
    backup_note: bytes = b""
    stuck: str = ""


async def inspect_log(url: str, *, owner: bool = False) -> LogReport:
    """Look once. Raises: BusAwayError, UserError when we are refused.

    `owner`: the address is that of who may do everything. Only to them the server tells `stuck`.
    """
    link = Link(Metrics())
    await link.connect(url, name="doctor", seconds=ANSWER_SECONDS)
    try:
        report = await _look(link)
        return replace(report, stuck=await _stuck(link)) if owner and report.stream else report
    finally:
        await link.close()


async def _look(link: Link) -> LogReport:
    found = link.nc.connected_server_version
    version = f"{found.major}.{found.minor}.{found.patch}"
    try:
        info = await link.api(f"STREAM.INFO.{STREAM}", {}, ANSWER_SECONDS)
    except ApiError:
        return LogReport(version)
    config, state = info["config"], info["state"]
    waiting, in_hand = await _classify(link)
    return LogReport(
        server_version=version,
        now=datetime.fromisoformat(str(info["ts"])),
        stream=True,
        facts=int(state["messages"]),
        last_seq=int(state["last_seq"]),
        bytes_stored=int(state["bytes"]),
        max_bytes=int(config.get("max_bytes", -1)),
        odd=tuple(_odd(config)),
        to_classify=waiting,
        in_hand=in_hand,
        backup_note=await _record(link, NEWEST_BACKUP),
    )


async def _stuck(link: Link) -> str:
    """Return which write failed. It is told to who wants something purged; here, what is nowhere."""
    try:
        await link.api(f"STREAM.PURGE.{STREAM}", {"filter": NOWHERE}, ANSWER_SECONDS)
    except ApiError as error:
        return str(error) if error.code == PURGE_FAILED else ""
    return ""


async def _record(link: Link, key: str) -> bytes:
    """Return a small record, empty when there is none."""
    found = await last_on(link, f"KV_{VALUES}", f"$KV.{VALUES}.{key}")
    return b"" if found is None else found[0].data


async def _classify(link: Link) -> tuple[int, int]:
    try:
        subject = f"CONSUMER.INFO.{STREAM}.{CLASSIFY_CONSUMER}"
        info = await link.api(subject, {}, ANSWER_SECONDS)
    except ApiError:
        return 0, 0
    return int(info["num_pending"]), int(info["num_ack_pending"])


def _odd(config: dict[str, object]) -> list[str]:
    """Return what breaks a promise: dropping by age or count, or forgetting on a restart."""
    found = []
    if config.get("discard") != "new":
        found.append(f"discard is {config.get('discard')}, not new: a full log would drop facts")
    if age := int(str(config.get("max_age", 0))):
        found.append(f"max_age is {age // SECOND} s: facts would be dropped by age")
    if (most := int(str(config.get("max_msgs", -1)))) > 0:
        found.append(f"max_msgs is {most}")
    if config.get("storage") != "file":
        found.append(f"storage is {config.get('storage')}, not file")
    return found
