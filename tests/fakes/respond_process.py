"""The services as processes of their own, beside a simulated platform of the test's own."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import yaml

from shared.bus.nats_bus import NatsBus
from shared.bus.port import outgoing
from shared.contracts.items import Thread
from shared.runtime.clock import SystemClock
from tests.fakes.mock_platform import RunningMock
from tests.fakes.respond_house import ACCOUNT, a_comment, a_verdict
from tests.fakes.two_people import PEOPLE
from tests.fakes.waiting import until

PACK = """\
undo_seconds: {undo}
clocks:
- {{acknowledge_minutes: 10, first_reply_minutes: 30}}
channels:
  weibo: {{limit_units: 140}}
"""


def write_files(directory: Path, mock: RunningMock, *, undo: int = 1) -> None:
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
    (directory / "people.yaml").write_text(PEOPLE, encoding="utf-8")
    pack = directory / "policies" / "company"
    pack.mkdir(parents=True)
    (pack / "pack.yaml").write_text(PACK.format(undo=undo), encoding="utf-8")


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
async def a_process(
    name: str, directory: Path, urls: dict[str, str], *, called: str = ""
) -> AsyncIterator[Process]:
    """Run a service; `called` keeps two of a kind apart."""
    run_file = directory / f"{called or name}.json"
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
            "ZHISHOU_PEOPLE_FILE": str(directory / "people.yaml"),
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


async def a_complaint(bus: NatsBus, mock: RunningMock, number: int = 1) -> str:
    """Let the public comment under our post, with its verdict; return what it is called there."""
    clock = SystemClock()
    at = clock.now()
    post = mock.world.publish(mock.account, "周末营业时间调整", at)
    comment = mock.world.comment(
        mock.account, mock.world.user(f"路人{number}", at), post, "退款一直没有到账", at
    )
    item = a_comment(number, at).model_copy(
        update={
            "native_id": str(comment.id),
            "thread": Thread(post_id=str(post.id), root_id=str(comment.id)),
        }
    )
    await bus.publish([outgoing(item), outgoing(a_verdict(item))])
    return str(comment.id)


def replies(mock: RunningMock) -> list[str]:
    """Return what the platform was asked to post, by its own journal."""
    entries = mock.platform.journal.page()
    return [entry.effect for entry in entries if "comments/reply" in entry.endpoint]
