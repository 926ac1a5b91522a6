"""The real ingest process on real servers: killed outright, started again, nothing lost or twice."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import yaml

from shared.bus.nats_bus import NatsBus
from shared.contracts.facts import decode, singly
from shared.contracts.items import ItemReceived
from shared.runtime.accounts import AccountConfig
from shared.runtime.clock import SystemClock
from shared.store.redis_store import RedisStore
from tests.fakes.ingest_world import ServedWorld, served_world
from tests.fakes.nats_server import NatsServer
from tests.fakes.valkey_server import ValkeyServer
from tests.fakes.waiting import alive, until

pytestmark = pytest.mark.servers


def write_register(path: Path, account: AccountConfig) -> None:
    row = {
        "account_id": account.account_id,
        "platform": account.platform,
        "native_id": account.native_id,
        "name": account.name,
        "endpoint": account.endpoint,
        "app_secret": account.app_secret.get_secret_value(),
        "access_token": account.access_token.get_secret_value(),
    }
    path.write_text(yaml.safe_dump({"accounts": [row]}, allow_unicode=True), encoding="utf-8")


async def made_as_by_respond(nats: NatsServer, valkey: ValkeyServer) -> None:
    """Put the log on the one server and the functions on the other."""
    bus = await NatsBus.connect(nats.url, clock=SystemClock())
    store = await RedisStore.connect(valkey.url)
    await bus.close()
    await store.close()


@asynccontextmanager
async def ingest_process(tmp_path: Path, urls: dict[str, str]) -> AsyncIterator[dict[str, object]]:
    run_file = tmp_path / "ingest.json"
    run_file.unlink(missing_ok=True)
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "services.ingest",
        env={
            **urls,
            "PATH": os.defpath,
            "ZHISHOU_DATA_DIR": str(tmp_path / "data"),
            "ZHISHOU_ACCOUNTS_FILE": str(tmp_path / "accounts.yaml"),
            "ZHISHOU_RUN_FILE": str(run_file),
        },
    )
    try:

        def ready() -> bool:
            assert process.returncode is None
            return run_file.exists()

        await until(ready)
        yield json.loads(run_file.read_text(encoding="utf-8"))
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def texts(bus: NatsBus) -> list[str]:
    state = await bus.state()
    stored = await bus.read(1, state.last_seq) if state.last_seq else []
    facts = [each for message in stored for each in singly(decode(message.data))]
    return sorted(fact.text for fact in facts if isinstance(fact, ItemReceived))


async def stored(bus: NatsBus, expected: list[str]) -> None:
    """Return once the log holds exactly these texts."""

    async def there() -> bool:
        return await texts(bus) == sorted(expected)

    await until(there)


async def test_killed_and_started_again_it_misses_and_repeats_nothing(
    tmp_path: Path, nats: NatsServer, valkey: ValkeyServer
) -> None:
    clock = SystemClock()
    urls = {"ZHISHOU_NATS_URL": nats.url, "ZHISHOU_REDIS_URL": valkey.url}
    await made_as_by_respond(nats, valkey)
    async with served_world(clock) as world:
        write_register(tmp_path / "accounts.yaml", world.account)
        bus = await NatsBus.connect(nats.url, clock=clock)
        said = [f"第{number}条" for number in range(30)]
        for text in said[:10]:
            world.say(text)
        async with ingest_process(tmp_path, urls):
            await stored(bus, said[:10])
            for text in said[10:20]:
                world.say(text)
        for text in said[20:]:
            world.say(text)
        async with ingest_process(tmp_path, urls) as run:
            await stored(bus, said)
            assert await pushed(world, str(run["hook:acct-1"]))
            await stored(bus, [*said, "我要退款"])
            os.kill(int(str(run["pid"])), signal.SIGTERM)
            await until(lambda: not alive(int(str(run["pid"]))))
        assert await texts(bus) == sorted([*said, "我要退款"])
        await bus.close()


async def pushed(world: ServedWorld, hook: str) -> bool:
    platform = world.platform
    await platform.pusher.register(world.session, platform.main, hook)
    platform.world.message(platform.main, world.somebody(), "我要退款", world.clock.now())
    await platform.pusher.push_next(world.session)
    return platform.pusher.tally.delivered == 1


async def test_a_push_during_a_kill_of_the_log_is_kept_and_follows(
    tmp_path: Path, nats: NatsServer, valkey: ValkeyServer
) -> None:
    clock = SystemClock()
    urls = {"ZHISHOU_NATS_URL": nats.url, "ZHISHOU_REDIS_URL": valkey.url}
    await made_as_by_respond(nats, valkey)
    async with served_world(clock) as world:
        write_register(tmp_path / "accounts.yaml", world.account)
        async with ingest_process(tmp_path, urls) as run:
            nats.kill()
            assert await pushed(world, str(run["hook:acct-1"]))
            world.say("断线时的评论")
            nats.start()
            bus = await NatsBus.connect(nats.url, clock=clock)
            await stored(bus, ["我要退款", "断线时的评论"])
            await bus.close()


async def test_a_live_account_on_a_mock_is_refused_in_one_line(tmp_path: Path) -> None:
    register = tmp_path / "accounts.yaml"
    row = {"account_id": "a", "platform": "weibo", "native_id": "1", "name": "商场", "live": True,
           "endpoint": "http://127.0.0.1:8800"}  # fmt: skip
    register.write_text(yaml.safe_dump({"accounts": [row]}), encoding="utf-8")
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "services.ingest",
        env={"PATH": os.defpath, "ZHISHOU_ACCOUNTS_FILE": str(register)},
        stderr=asyncio.subprocess.PIPE,
    )
    _, said = await process.communicate()
    assert process.returncode == 2
    last = said.decode().strip().splitlines()[-1]
    assert "live but points at a mock" in last
    assert "Traceback" not in said.decode()
