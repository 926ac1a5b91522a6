"""The real respond and archive processes on real servers: killed in the undo window, one reply."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
import yaml

from services.respond.ports import QueueFilter
from services.respond.shell.actions import BusActions
from services.respond.shell.configuration import DEMO_PERSON, DEMO_SECOND
from services.respond.shell.read_model import StoreReadModel
from shared.bus.nats_bus import NatsBus
from shared.bus.port import outgoing
from shared.contracts.facts import OperatorFact
from shared.contracts.items import Thread
from shared.contracts.operators import CaseClaimed, ReplyApproved, ReplyDrafted, ReplySubmitted
from shared.runtime.clock import SystemClock
from shared.store.redis_store import RedisStore
from tests.fakes.mock_platform import RunningMock, running_mock
from tests.fakes.nats_server import NatsServer
from tests.fakes.respond_house import ACCOUNT, ANSWER, a_comment, a_verdict
from tests.fakes.valkey_server import ValkeyServer, valkey_server
from tests.fakes.waiting import until

pytestmark = [pytest.mark.servers, pytest.mark.timeout(120)]
PACK = """\
undo_seconds: 1
clocks:
- {acknowledge_minutes: 10, first_reply_minutes: 30}
channels:
  weibo: {limit_units: 140}
"""


@pytest.fixture
def nats(tmp_path: Path) -> Iterator[NatsServer]:
    directory = tmp_path / "nats"
    directory.mkdir()
    server = NatsServer(directory)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def valkey() -> Iterator[ValkeyServer]:
    with valkey_server() as server:
        yield server


def write_files(directory: Path, mock: RunningMock) -> None:
    account = {
        "account_id": ACCOUNT,
        "platform": "weibo",
        "native_id": str(mock.account.uid),
        "name": "锦绣清城购物广场",
        "endpoint": mock.http,
        "access_token": mock.account.access_token,
    }
    accounts = yaml.safe_dump({"accounts": [account]}, allow_unicode=True)
    (directory / "accounts.yaml").write_text(accounts, encoding="utf-8")
    pack = directory / "policies" / "company"
    pack.mkdir(parents=True)
    (pack / "pack.yaml").write_text(PACK, encoding="utf-8")


class Process:
    """One service as its own process; what its run file says."""

    def __init__(self, process: asyncio.subprocess.Process, said: dict[str, str]) -> None:
        self.process, self.said = process, said

    async def kill(self) -> None:
        self.process.kill()
        await self.process.wait()

    async def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(10):
            return await self.process.wait()


@asynccontextmanager
async def a_process(name: str, directory: Path, urls: dict[str, str]) -> AsyncIterator[Process]:
    run_file = directory / f"{name}.json"
    run_file.unlink(missing_ok=True)
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        f"services.{name}",
        env={
            **urls,
            "PATH": os.defpath,
            "ZHISHOU_DEMO": "true",
            "ZHISHOU_CONSOLE_PORT": "0",
            "ZHISHOU_DATA_DIR": str(directory / "data"),
            "ZHISHOU_ACCOUNTS_FILE": str(directory / "accounts.yaml"),
            "ZHISHOU_POLICIES_DIR": str(directory / "policies"),
            "ZHISHOU_RUN_FILE": str(run_file),
        },
    )
    try:

        def ready() -> bool:
            assert process.returncode is None
            return run_file.exists()

        await until(ready)
        yield Process(process, json.loads(run_file.read_text(encoding="utf-8")))
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def a_case(bus: NatsBus, read: StoreReadModel, mock: RunningMock) -> str:
    """Let the public comment under our post, with its verdict; return the case."""
    clock = SystemClock()
    at = clock.now()
    post = mock.world.publish(mock.account, "周末营业时间调整", at)
    comment = mock.world.comment(
        mock.account, mock.world.user("路人", at), post, "退款一直没有到账", at
    )
    item = a_comment(1, at).model_copy(
        update={
            "native_id": str(comment.id),
            "thread": Thread(post_id=str(post.id), root_id=str(comment.id)),
        }
    )
    await bus.publish([outgoing(item), outgoing(a_verdict(item))])

    async def opened() -> bool:
        return (await read.queue(QueueFilter(), offset=0, limit=1))[1] == 1

    await until(opened)
    rows, _ = await read.queue(QueueFilter(), offset=0, limit=1)
    return rows[0].case.case_id


async def approve(actions: BusActions, case_id: str) -> None:
    who = DEMO_PERSON
    wishes: tuple[OperatorFact, ...] = (
        CaseClaimed(op_id="1", person_id=who, case_id=case_id),
        ReplyDrafted(op_id="2", person_id=who, case_id=case_id, base_revision=0, text=ANSWER),
        ReplySubmitted(op_id="3", person_id=who, case_id=case_id, revision=1),
        ReplyApproved(op_id="4", person_id=DEMO_SECOND, case_id=case_id, revision=1, send=True),
    )
    for wish in wishes:
        outcome = await actions.perform(wish, wait_seconds=10)
        assert outcome is not None
        assert outcome.accepted, outcome


def replies(mock: RunningMock) -> list[str]:
    """Return what the platform was asked to post, by its own journal."""
    entries = mock.platform.journal.page()
    return [entry.effect for entry in entries if "comments/reply" in entry.endpoint]


async def counts_of(archive: Process) -> dict[str, int]:
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{archive.said['http']}/counts") as answer,
    ):
        counted: dict[str, int] = await answer.json()
        return counted


async def test_a_reply_survives_the_death_of_its_process_and_is_posted_once(
    tmp_path: Path, nats: NatsServer, valkey: ValkeyServer
) -> None:
    clock = SystemClock()
    urls = {"ZHISHOU_NATS_URL": nats.url, "ZHISHOU_REDIS_URL": valkey.url}
    async with running_mock(clock=clock) as mock:
        write_files(tmp_path, mock)
        bus = await NatsBus.connect(nats.url, clock=clock)
        store = await RedisStore.connect(valkey.url)
        read = StoreReadModel(store, store, bus)
        async with a_process("archive", tmp_path, urls) as archive:

            async def archived() -> bool:
                return (await counts_of(archive))["replies"] == 1

            async with a_process("respond", tmp_path, urls) as first:
                assert "/signin/link/" in first.said["sign_in"]
                case_id = await a_case(bus, read, mock)
                await approve(BusActions(bus, store), case_id)
                await first.kill()
            async with a_process("respond", tmp_path, urls) as second:
                await until(lambda: bool(replies(mock)))
                await until(archived)
                case = await read.case(case_id)
                assert case is not None
                assert [each.status for each in case.replies] == ["sent"]
                assert await second.stop() == 0
            counts = await counts_of(archive)
            assert (counts["items"], counts["classified"], counts["cases"]) == (1, 1, 1)
            assert await archive.stop() == 0
        assert len(replies(mock)) == 1
        await bus.close()
        await store.close()
