"""What docs/deploy.md says of more than one server: Valkey with Sentinel, NATS with TLS, a NATS cluster of three."""

from contextlib import ExitStack
from pathlib import Path

import pytest
import trustme

from services.cli.embedded.access import password
from services.cli.embedded.ports import free_port
from services.cli.embedded.valkey import binary as valkey_binary
from shared.bus.nats_bus import NatsBus
from shared.bus.nats_inspect import inspect_log
from shared.bus.nats_make import StreamOptions
from shared.bus.port import BusAwayError, outgoing
from shared.contracts.system import ClockTicked
from shared.runtime.clock import SystemClock
from shared.store.port import Commit, Cursor, StaleTermError, StoreAwayError
from shared.store.redis_store import RedisStore
from tests.fakes.deployed import (
    SECRET,
    deployed,
    nats_words,
    passwords,
    reported_port,
    started,
    valkey_words,
)
from tests.fakes.waiting import until

pytestmark = [pytest.mark.servers, pytest.mark.timeout(90)]

SENTINEL = """
port {port}
dir {directory}
sentinel monitor zhishou 127.0.0.1 {primary} 1
sentinel auth-user zhishou sentinel
sentinel auth-pass zhishou {word}
sentinel down-after-milliseconds zhishou 500
sentinel failover-timeout zhishou 2000
"""
VALKEY = {
    **passwords("valkey"),
    "VALKEY_REPLICA_PASSWORD": password(SECRET, "replica"),
    "VALKEY_SENTINEL_PASSWORD": password(SECRET, "sentinel"),
}


async def test_when_the_leading_valkey_dies_another_goes_on_with_what_it_has(
    tmp_path: Path,
) -> None:
    first, second, watcher = free_port(), free_port(), free_port()
    homes = [tmp_path / name for name in ("first", "second", "watcher")]
    for home in homes:
        home.mkdir()
    conf = homes[2] / "sentinel.conf"
    word = VALKEY["VALKEY_SENTINEL_PASSWORD"]
    conf.write_text(SENTINEL.format(port=watcher, directory=homes[2], primary=first, word=word))
    url = f"sentinel://respond:{password(SECRET, 'respond')}@127.0.0.1:{watcher}/zhishou"
    follow = ("--replicaof", "127.0.0.1", str(first))
    watch = [str(valkey_binary()), str(conf), "--sentinel"]
    with (
        started("valkey", valkey_words(first), homes[0], VALKEY) as leading,
        started("valkey", valkey_words(second, *follow), homes[1], VALKEY),
        started("valkey", watch, homes[2], {}),
    ):
        store = await reached(url)
        await store.take_office(7)
        await store.commit(Commit(7, 0, Cursor("i", 5, "h", 1), {"case:1": b"{}"}))
        await until(lambda: "slave" in conf.read_text() or "replica" in conf.read_text(), 20)
        await until(lambda: followed(homes[1]), 20)
        leading.kill()
        with pytest.raises(StoreAwayError):
            await store.ping()

        async def goes_on() -> bool:
            try:
                await store.commit(Commit(7, 5, Cursor("i", 6, "h", 1), {"case:2": b"{}"}))
            except StoreAwayError:
                return False
            return True

        await until(goes_on, 30)
        assert list(await store.get(["case:1", "case:2"])) == [b"{}", b"{}"]
        with pytest.raises(StaleTermError):
            await store.take_office(6)
        await store.close()


async def reached(url: str) -> RedisStore:
    """Connect as soon as the sentinel knows who leads."""
    made: list[RedisStore] = []

    async def connected() -> bool:
        try:
            made.append(await RedisStore.connect(url))
        except StoreAwayError:
            return False
        return True

    await until(connected, 20)
    return made[0]


def followed(home: Path) -> bool:
    """Tell whether the replica has had everything so far."""
    return "Finished with success" in (home / "valkey.log").read_text(encoding="utf-8")


async def test_with_tls_only_who_trusts_the_certificate_comes_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = trustme.CA()
    made = authority.issue_cert("127.0.0.1")
    made.private_key_pem.write_to_path(tmp_path / "key.pem")
    made.cert_chain_pems[0].write_to_path(tmp_path / "cert.pem")
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    told = {
        **passwords("nats"),
        **passwords("valkey"),
        "NATS_TLS_CERT": str(tmp_path / "cert.pem"),
        "NATS_TLS_KEY": str(tmp_path / "key.pem"),
    }
    with deployed(config="nats-tls.conf", told=told) as servers:
        url = servers.nats_url("operator").replace("nats://", "tls://")
        with pytest.raises(BusAwayError, match="certificate"):
            await inspect_log(url)
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
        assert (await inspect_log(url)).server_version


async def test_a_cluster_of_three_keeps_the_log_when_one_dies(tmp_path: Path) -> None:
    routes = [free_port() for _ in range(3)]
    known = ",".join(f"nats://127.0.0.1:{port}" for port in routes)
    told = passwords("nats")
    with ExitStack() as stack:
        cluster = []
        for number, port in enumerate(routes):
            home = tmp_path / str(number)
            home.mkdir()
            name = ("--server_name", f"n{number}", "--cluster_name", "zs", "--routes", known)
            words = nats_words(home, *name, "--cluster", f"nats://127.0.0.1:{port}")
            cluster.append((stack.enter_context(started("nats", words, home, told)), home))
        word = told["NATS_RESPOND_PASSWORD"]
        ports = [reported_port(*each) for each in cluster]
        url = ", ".join(f"nats://respond:{word}@127.0.0.1:{port}" for port in ports)
        bus = await NatsBus.connect(
            url, clock=SystemClock(), make=StreamOptions(replicas=3), log_seconds=40
        )
        await bus.publish([outgoing(fact(1))])
        cluster[0][0].kill()

        async def stored() -> bool:
            try:
                await bus.publish([outgoing(fact(2))])
            except BusAwayError:
                return False
            return (await bus.state()).last_seq == 2

        await until(stored, 30)
        await bus.close()


def fact(number: int) -> ClockTicked:
    return ClockTicked(term=1, tick=number)
