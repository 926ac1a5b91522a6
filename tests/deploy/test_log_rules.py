"""The rules of the log, on the file that is deployed: everybody may do exactly what is written here.

Two books are kept: the rules, and these tables in plain words. Every subject there is (facts, records, objects, the
whole API of JetStream, inboxes) is said and heard by every user; what is in no table must be refused.
"""

from collections.abc import Iterator, Mapping
from itertools import product

import pytest

from services.cli.embedded.access import USERS
from shared.bus.nats_bus import ADVISORY
from shared.contracts.facts import FACT_CLASSES
from shared.contracts.ids import token
from shared.contracts.subjects import (
    ARCHIVE_PULSE,
    CLASSIFY_CONSUMER,
    CURSORS,
    ITEMS_AND_VERDICTS,
    ITEMS_TO_CLASSIFY,
    LIVE_COMMITTED,
    LOG_FLOOR,
    NEWEST_BACKUP,
    OBJECTS,
    PASSWORDS,
    ROOT,
    SNAPSHOTS,
    STREAM,
    VALUES,
    WATCHDOG_BEAT,
    WATCHDOG_NEED,
    batches_of,
    is_once,
    singles_of,
)
from tests.fakes.deployed import Deployed, deployed
from tests.fakes.nats_wire import refused

pytestmark = pytest.mark.servers

KV, OBJ = f"KV_{VALUES}", f"OBJ_{OBJECTS}"
STREAMS = (STREAM, KV, OBJ, "OTHER")
CONSUMERS = (CLASSIFY_CONSUMER, "follow-x")
SAID_BY: Mapping[str, set[str]] = {
    "ingest": {
        "item.batch", "item.edited", "item.deleted", "post.seen", "post.deleted", "source.reported",
    },
    "classify": {"item.classified", "model.activated", "fact.quarantined"},
    "archive": {"segment.sealed"},
    "watchdog": set(), "operator": {"fact.released"},
}  # fmt: skip
"""Respond says every other fact, and can quarantine one as well."""
BY_THE_ADMIN = {"log.restored"}
BY_NOBODY_NOW = {"item.received"}
"""Older logs have it; whoever writes now lets items travel together."""
RECORDS = {
    "ingest": {f"{CURSORS}.x"},
    "respond": {f"{PASSWORDS}.x", SNAPSHOTS, LOG_FLOOR},
    "watchdog": {WATCHDOG_BEAT, WATCHDOG_NEED},
    "archive": {LOG_FLOOR, ARCHIVE_PULSE},
    "operator": {f"{PASSWORDS}.x"},
}
READ_ONLY = {
    "respond": {WATCHDOG_BEAT},
    "archive": {WATCHDOG_NEED},
    "operator": {NEWEST_BACKUP, LOG_FLOOR},
}
DECISIONS, TICKS = f"{ROOT}.decisions.recorded", f"{ROOT}.clock.ticked"
FOLLOW = {f"CONSUMER.CREATE.{STREAM}.follow-x", f"CONSUMER.MSG.NEXT.{STREAM}.follow-x"}
READ_TOGETHER = (ITEMS_TO_CLASSIFY[0], ITEMS_AND_VERDICTS, DECISIONS, f"{ROOT}.>", ">")
READ_OBJECTS = {
    f"STREAM.INFO.{OBJ}", f"STREAM.MSG.GET.{OBJ}", "STREAM.NAMES", f"CONSUMER.CREATE.{OBJ}",
}  # fmt: skip
READ_ALONE = (
    "model.activated", "model.chosen", "decisions.recorded", "clock.ticked", "operator.noted",
    "log.restored",
)  # fmt: skip
THE_ITEMS = (batches_of("weibo", "a"), singles_of("weibo", "a"))
RESTORED = f"DIRECT.GET.{STREAM}.{ROOT}.log.restored"
ASKS: Mapping[str, set[str]] = {
    "ingest": {
        f"STREAM.INFO.{STREAM}", f"STREAM.INFO.{KV}", RESTORED,
        *(f"CONSUMER.CREATE.{STREAM}.follow-x.{each}" for each in THE_ITEMS),
        f"CONSUMER.MSG.NEXT.{STREAM}.follow-x",
    },
    "classify": {
        f"STREAM.INFO.{STREAM}",
        f"CONSUMER.CREATE.{STREAM}.{CLASSIFY_CONSUMER}.{ITEMS_TO_CLASSIFY[0]}",
        *(f"CONSUMER.CREATE.{STREAM}.{CLASSIFY_CONSUMER}.{each}" for each in THE_ITEMS),
        f"CONSUMER.MSG.NEXT.{STREAM}.{CLASSIFY_CONSUMER}",
        f"CONSUMER.INFO.{STREAM}.{CLASSIFY_CONSUMER}",
        f"DIRECT.GET.{STREAM}.{ROOT}.model.activated",
        f"DIRECT.GET.{STREAM}.{ROOT}.model.chosen",
        *READ_OBJECTS,
    },
    "respond": {
        *(f"STREAM.{verb}.{name}" for verb in ("INFO", "CREATE") for name in (STREAM, KV, OBJ)),
        *READ_OBJECTS, *FOLLOW, f"STREAM.PURGE.{OBJ}",
        f"DIRECT.GET.{STREAM}",
        *(f"DIRECT.GET.{STREAM}.{ROOT}.{each}" for each in READ_ALONE),
    },
    "watchdog": {
        f"STREAM.INFO.{STREAM}", f"STREAM.INFO.{KV}", f"DIRECT.GET.{STREAM}",
        f"DIRECT.GET.{STREAM}.{DECISIONS}", f"DIRECT.GET.{STREAM}.{TICKS}",
        f"CONSUMER.CREATE.{STREAM}.follow-x.{DECISIONS}", f"CONSUMER.MSG.NEXT.{STREAM}.follow-x",
    },
    "archive": {
        f"STREAM.INFO.{STREAM}", f"STREAM.INFO.{KV}", *READ_OBJECTS, *FOLLOW,
        f"STREAM.PURGE.{STREAM}", f"STREAM.UPDATE.{STREAM}",
        f"CONSUMER.INFO.{STREAM}.{CLASSIFY_CONSUMER}", f"DIRECT.GET.{STREAM}",
        *(f"DIRECT.GET.{STREAM}.{ROOT}.{each}" for each in READ_ALONE),
    },
    "operator": {
        f"STREAM.INFO.{STREAM}", f"STREAM.INFO.{KV}", *READ_OBJECTS,
        f"CONSUMER.INFO.{STREAM}.{CLASSIFY_CONSUMER}", f"DIRECT.GET.{STREAM}",
        f"CONSUMER.CREATE.{STREAM}.follow-x.{ITEMS_TO_CLASSIFY[0]}",
        f"CONSUMER.CREATE.{STREAM}.follow-x.{ITEMS_AND_VERDICTS}",
        *(f"CONSUMER.CREATE.{STREAM}.follow-x.{each}" for each in THE_ITEMS),
        f"CONSUMER.MSG.NEXT.{STREAM}.follow-x",
        *(f"DIRECT.GET.{STREAM}.{ROOT}.{each}" for each in READ_ALONE),
    },
}  # fmt: skip
ON_A_STREAM = (
    "CREATE", "UPDATE", "DELETE", "PURGE", "INFO", "SNAPSHOT", "RESTORE", "MSG.GET", "MSG.DELETE",
    "LEADER.STEPDOWN", "PEER.REMOVE", "CONSUMERS",
)  # fmt: skip
ON_A_CONSUMER = (
    "INFO", "DELETE", "PAUSE", "UNPIN", "RESET", "LEADER.STEPDOWN", "MSG.NEXT", "CREATE",
    "DURABLE.CREATE",
)  # fmt: skip
ALONE = (
    "INFO", "STREAM.NAMES", "STREAM.LIST", "STREAM.TEMPLATE.NAMES", "ACCOUNT.PURGE.x",
    "META.LEADER.STEPDOWN", "SERVER.REMOVE", "ACCOUNT.STREAM.MOVE.x.y",
)  # fmt: skip


def shape(kind: type) -> str:
    """Return the one form of a fact's subject, without its kind."""
    made = kind.model_construct(platform="weibo", account_id="a")  # type: ignore[attr-defined]
    if not made.scope()[1]:
        return ""
    scoped = f".weibo.{token('account', 'a')}"
    return f"{scoped}.{token('cause')}" if is_once(made) else scoped


KINDS = {kind.model_fields["kind"].default: shape(kind) for kind in FACT_CLASSES}
SHAPES = ("", ".weibo", *sorted({each for each in KINDS.values() if each}), ".weibo.a.b.c")


def facts_of(user: str) -> set[str]:
    """Return the subjects of the facts that a user says."""
    others = {kind for said in SAID_BY.values() for kind in said} | BY_THE_ADMIN | BY_NOBODY_NOW
    kinds = SAID_BY.get(user, (set(KINDS) - others) | {"fact.quarantined"})
    return {f"{ROOT}.{kind}{KINDS[kind]}" for kind in kinds}


def spoken() -> Iterator[str]:
    """Yield everything that anybody could say."""
    yield from (f"{ROOT}.{kind}{form}" for kind, form in product(KINDS, SHAPES))
    yield from (
        f"{ROOT}.{kind}.new" for kind in {each.split(".")[0] for each in KINDS} - {"operator"}
    )
    yield from (LIVE_COMMITTED, f"{LIVE_COMMITTED}.x", f"{ROOT}.x", "zs.v2.item.received", "other")
    ours = (WATCHDOG_BEAT, WATCHDOG_NEED, SNAPSHOTS, LOG_FLOOR, ARCHIVE_PULSE, NEWEST_BACKUP)
    strange = ("watchdog.x", "log.x", "backup.x", "other.x", "x")
    keys = (f"{CURSORS}.x", f"{PASSWORDS}.x", *ours, *strange)
    for key in keys:
        yield f"$KV.{VALUES}.{key}"
        yield f"$JS.API.DIRECT.GET.{KV}.$KV.{VALUES}.{key}"
    yield from (f"$O.{OBJECTS}.{part}.x" for part in "CM")
    yield from (f"$JS.API.{each}" for each in api())
    for stream in STREAMS:
        yield from (f"$JS.ACK.{stream}.{each}.1.1.1.1.1" for each in CONSUMERS)
        yield f"$JS.FC.{stream}.follow-x.x"
        yield from (f"$JS.SNAPSHOT.{word}.{stream}.x" for word in ("ACK", "RESTORE"))
    yield from (f"_INBOX_{user}.x" for user in USERS)
    yield from (
        "_INBOX.x",
        "$SYS.REQ.SERVER.PING",
        "$SYS.REQ.ACCOUNT.x.INFO",
        "$JS.EVENT.ADVISORY.x",
    )


def api() -> Iterator[str]:
    """Yield every question that JetStream knows, about every stream and consumer."""
    yield from ALONE
    for stream in STREAMS:
        yield from (f"STREAM.{verb}.{stream}" for verb in ON_A_STREAM)
        yield from (f"CONSUMER.{verb}.{stream}" for verb in ("NAMES", "LIST", "CREATE"))
        for verb, consumer in product(ON_A_CONSUMER, CONSUMERS):
            yield f"CONSUMER.{verb}.{stream}.{consumer}"
        for consumer in CONSUMERS:
            for read in (*THE_ITEMS, *READ_TOGETHER):
                yield f"CONSUMER.CREATE.{stream}.{consumer}.{read}"
        yield f"DIRECT.GET.{stream}"
        yield from (f"DIRECT.GET.{stream}.{ROOT}.{kind}" for kind in READ_ALONE)


def may_say(user: str) -> set[str]:
    """Return all that this user says."""
    written, read = RECORDS.get(user, set()), READ_ONLY.get(user, set())
    found = facts_of(user) | {f"$JS.API.{each}" for each in ASKS[user]}
    found |= {f"$KV.{VALUES}.{key}" for key in written}
    found |= {f"$JS.API.DIRECT.GET.{KV}.$KV.{VALUES}.{key}" for key in written | read}
    if user == "classify":
        found.add(f"$JS.ACK.{STREAM}.{CLASSIFY_CONSUMER}.1.1.1.1.1")
    if user in {"respond", "archive", "operator", "classify"}:
        found.add(f"$JS.FC.{OBJ}.follow-x.x")
    if user in {"respond", "operator"}:
        found |= {f"$O.{OBJECTS}.C.x", f"$O.{OBJECTS}.M.x"}
    if user == "respond":
        found.add(LIVE_COMMITTED)
    return found


USED_UP = f"{ADVISORY}.{STREAM}.{CLASSIFY_CONSUMER}"
HEARD = (
    USED_UP,
    ">", "*", "zs.v1.>", f"{ROOT}.item.received.>", DECISIONS, LIVE_COMMITTED, "zs-live.>", "$JS.>",
    "$JS.API.>", "$JS.EVENT.ADVISORY.>", "$KV.>", f"$KV.{VALUES}.{PASSWORDS}.*", "$O.>", "$SYS.>",
    "_INBOX.>", "_INBOX.x", *(f"_INBOX_{user}.>" for user in USERS),
)  # fmt: skip


@pytest.fixture(scope="module")
def servers() -> Iterator[Deployed]:
    with deployed() as running:
        yield running


@pytest.mark.parametrize("user", [each for each in USERS if each != "admin"])
async def test_everybody_may_say_and_hear_exactly_what_is_written(
    servers: Deployed, user: str
) -> None:
    says = sorted(set(spoken()))
    allowed = may_say(user)
    assert allowed <= set(says), "what is expected must be tried"
    alone = {"respond": {LIVE_COMMITTED}, "classify": {USED_UP}}
    may_hear = {f"_INBOX_{user}.>"} | alone.get(user, set())
    not_said, not_heard = await refused(servers.nats_url(user), says, HEARD)
    assert set(says) - not_said == allowed
    assert set(HEARD) - not_heard == may_hear


async def test_the_one_who_repairs_may_do_everything(servers: Deployed) -> None:
    says = [each for each in spoken() if "$JS.API" not in each]
    assert await refused(servers.nats_url("admin"), says, HEARD) == (set(), set())


def test_every_fact_has_somebody_who_says_it() -> None:
    said = set().union(*(facts_of(user) for user in USERS if user != "admin"))
    said |= {f"{ROOT}.{kind}{KINDS[kind]}" for kind in BY_THE_ADMIN | BY_NOBODY_NOW}
    assert said == {f"{ROOT}.{kind}{form}" for kind, form in KINDS.items()}
