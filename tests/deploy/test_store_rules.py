"""The rules of the hot state, on the files that are deployed: every command, key and function, tried by every user."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

import pytest
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import AuthenticationError, ResponseError
from redis.retry import Retry

from shared.store.port import Commit, Cursor
from shared.store.redis_store import BUCKET as BUCKETS
from shared.store.redis_store import FOLD as FOLD_NAMES
from shared.store.redis_store import LEASE as LEASES
from shared.store.redis_store import RECORD, RedisStore
from tests.fakes.deployed import Deployed, deployed, passwords

pytestmark = pytest.mark.servers

NEVER = Retry(NoBackoff(), 0)
SERVICES = ("ingest", "respond", "watchdog", "operator")
FOLD = tuple(f"zs:{name}" for name in FOLD_NAMES)
LEASE, OFFICE = f"zs:{LEASES}ingest:a", f"zs:{LEASES}respond"
NONCE, SESSION, LINK = (f"zs:{RECORD}{name}x" for name in ("nonce/", "session:", "signin:"))
BUCKET, PACKED = f"zs:{BUCKETS}wish:x", "zs:packed:case:1"
KEYS = (*FOLD, PACKED, LEASE, OFFICE, NONCE, SESSION, LINK, BUCKET,
        "zs:lease:other", "zs:record:x", "zs:x", "other", "zs:metadata", "zs:lease:respond:x")  # fmt: skip
WRITES: Mapping[str, set[str]] = {
    "ingest": {LEASE, NONCE},
    "respond": {*FOLD, PACKED, OFFICE, SESSION, LINK, BUCKET},
    "watchdog": set(),
    "operator": {LINK},
}
READS: Mapping[str, set[str]] = {"operator": {*FOLD, PACKED}}
COMMANDS: Mapping[str, set[str]] = {
    "ingest": {"ping", "get", "set", "del", "fcall"},
    "respond": {
        "ping", "get", "set", "append", "del", "unlink", "getdel", "hget", "hmget", "hgetall", "hset",
        "hdel", "smembers", "sadd", "srem", "zadd", "zrem", "zrange", "zcard", "rpush", "ltrim",
        "lrange", "time", "pexpire", "fcall", "fcall_ro", "function|load",
    },
    "watchdog": {"ping"},
    "operator": {"ping", "info", "get", "set", "hget", "hmget", "zrange", "zcard", "fcall_ro"},
}  # fmt: skip
FUNCTIONS: Mapping[str, tuple[Sequence[str], Sequence[object]]] = {
    "zs_take_office": (FOLD, (1,)),
    "zs_commit": (FOLD, (1, 0, "i", 1, "h", 1, "0", 0, 1, "a", "1", 1, "b", "2", 1, 5, "c", 1, "d", 1, "o")),
    "zs_claim": (FOLD, (1, "effect", 1, 0, "0")),
    "zs_drop_outbox": (FOLD, (1, 1)),
    "zs_load": (FOLD, ()),
    "zs_get": (FOLD, ("a",)),
    "zs_queue": (FOLD, (0, 1)),
    "zs_reset": (FOLD, (1, 0)),
    "zs_fill": (FOLD, (1, 1, "a", "1")),
    "zs_lease": ((LEASE,), ("me", 1000)),
    "zs_release": ((LEASE,), ("me",)),
    "zs_spend": ((BUCKET,), (1, 1)),
}  # fmt: skip
"""Each with the keys that it is for, and arguments with which it would go all its way."""
CALLS: Mapping[str, set[str]] = {
    "ingest": {"zs_lease", "zs_release"},
    "respond": set(FUNCTIONS) - {"zs_lease", "zs_release"},
    "watchdog": set(),
    "operator": {"zs_get", "zs_queue"},
}
"""Respond calls the functions of leases too, on the key of its office."""


@dataclass(frozen=True)
class Command:
    """What the server says of one of its commands."""

    name: str
    arity: int
    open_to_all: bool
    key_at: int
    writes: bool

    def words(self, key: str) -> list[str]:
        """Return a call that is long enough, with `key` wherever an argument stands."""
        head = self.name.split("|")
        if self.name.startswith("fcall"):
            return [*head, "zs_get", "1", key]
        return [*head, *([key] * (abs(self.arity) - len(head)))]


def described(raw: Sequence[object]) -> Iterator[Command]:
    name, arity, flags, first, subs = (str(raw[0]), int(str(raw[1])), raw[2], raw[3], raw[9])
    assert isinstance(flags, Iterable)
    assert isinstance(subs, Iterable)
    words, below = {str(each) for each in flags}, list(subs)
    if not below:  # else the name alone is no command
        yield Command(name, arity, "no_auth" in words, int(str(first)), "write" in words)
    for each in below:
        yield from described(each)


@pytest.fixture(scope="module")
def servers() -> Iterator[Deployed]:
    with deployed() as running:
        yield running


@pytest.fixture(scope="module")
def commands(servers: Deployed) -> Sequence[Command]:
    with client(servers, "admin") as redis:
        raw = redis.execute_command("COMMAND")
    rows = raw.values() if isinstance(raw, dict) else raw
    return [each for row in rows for each in described(_row(row))]


def _row(row: object) -> Sequence[object]:
    """Undo what the client makes of the server's answer, where it makes something of it."""
    if isinstance(row, Mapping):
        names = ("name", "arity", "flags", "first_key_pos", "", "", "", "", "", "subcommands")
        return [row.get(name, ()) for name in names]
    assert isinstance(row, Sequence)
    return row


def client(servers: Deployed, user: str) -> Redis:
    return Redis.from_url(servers.redis_url(user), decode_responses=True, retry=NEVER)


def refusals(servers: Deployed, user: str, calls: Iterable[Sequence[object]]) -> list[bool]:
    """Return for each call whether the rules refuse it, also from inside a function."""
    with client(servers, user) as redis, redis.pipeline(transaction=False) as pipe:
        for words in calls:
            pipe.execute_command(*words)
        answers = pipe.execute(raise_on_error=False)
    return [isinstance(each, ResponseError) and _by_rule(each) for each in answers]


def _by_rule(error: ResponseError) -> bool:
    said = f"{type(error).__name__} {error}"
    return any(each in said for each in ("NoPermission", "NOPERM", "ACL failure", "not allowed"))


@pytest.mark.parametrize("user", SERVICES)
def test_no_command_but_those_written_down_and_none_on_a_foreign_key(
    servers: Deployed, commands: Sequence[Command], user: str
) -> None:
    tried = [each for each in commands if not each.open_to_all]
    assert len(tried) > 300
    assert COMMANDS[user] <= {each.name for each in tried}
    refused = refusals(servers, user, [each.words("foreign") for each in tried])
    passed = {each.name for each, no in zip(tried, refused, strict=True) if not no}
    keyless = {"ping", "info", "time", "function|load"}
    assert passed == COMMANDS[user] & keyless


@pytest.mark.parametrize("user", SERVICES)
def test_every_command_works_on_the_keys_written_down_and_on_no_other(
    servers: Deployed, commands: Sequence[Command], user: str
) -> None:
    own = [each for each in commands if each.name in COMMANDS[user] and each.key_at == 1]
    calls = [(each, key) for each in own for key in KEYS]
    refused = refusals(servers, user, [each.words(key) for each, key in calls])
    passed = {(each.name, key) for (each, key), no in zip(calls, refused, strict=True) if not no}
    expected = {
        (each.name, key)
        for each in own
        for key in WRITES[user] | (set() if each.writes else READS.get(user, set()))
    }
    assert passed == expected


@pytest.mark.parametrize("user", SERVICES)
async def test_every_function_can_be_called_by_those_written_down_only(
    servers: Deployed, user: str
) -> None:
    with client(servers, "admin") as redis:
        redis.flushall()  # what the other tests left has other types
    store = await RedisStore.connect(servers.redis_url("respond"))
    await store.commit(Commit(1, 0, Cursor("i", 5, "h", 1), {"a": b"1"}))
    await store.close()
    calls: list[Sequence[object]] = []
    for name, (keys, words) in FUNCTIONS.items():
        word = "FCALL_RO" if name in {"zs_load", "zs_get", "zs_queue"} else "FCALL"
        calls.append([word, name, len(keys), *keys, *words])
    refused = refusals(servers, user, calls)
    assert {name for name, no in zip(FUNCTIONS, refused, strict=True) if not no} == CALLS[user]


def test_respond_leases_its_own_office_only(servers: Deployed) -> None:
    calls = [["FCALL", "zs_lease", 1, key, "me", 1000] for key in (OFFICE, LEASE)]
    assert refusals(servers, "respond", calls) == [False, True]


def test_every_function_of_the_library_is_tried() -> None:
    library = files("shared.store").joinpath("functions.lua").read_text(encoding="utf-8")
    assert set(re.findall(r"'(zs_\w+)'", library)) == set(FUNCTIONS)


def test_nobody_else_comes_in(servers: Deployed) -> None:
    for user in ("default", "classify", "archive", "somebody"):
        with client(servers, user) as redis, pytest.raises(AuthenticationError):
            redis.ping()
    with Redis(port=servers.valkey_port, retry=NEVER) as redis, pytest.raises(AuthenticationError):
        redis.ping()


def test_a_user_without_a_password_stays_off() -> None:
    told = {**passwords("nats"), **passwords("valkey"), "VALKEY_OPERATOR_PASSWORD": ""}
    with deployed(told=told) as running:
        with client(running, "operator") as redis, pytest.raises(AuthenticationError):
            redis.ping()
        with client(running, "watchdog") as redis:
            assert redis.ping()
