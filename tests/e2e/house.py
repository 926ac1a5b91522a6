"""A whole `zhishou up` in its own processes, driven and counted from outside, over its addresses."""

import asyncio
import json
import os
import re
import shutil
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import yaml

from shared.runtime.settings import default_policies_dir
from tests.fakes.waiting import until

READY_SECONDS = 60.0
RIGHTS = "somebody lacks a right: deploy/nats/users.conf"
_COUNT = re.compile(r'^zhishou_counts\{what="(\w+)"\} (\d+)', re.MULTILINE)


@dataclass(frozen=True)
class Counts:
    """How many items each part of the house has seen; whole once they are all the same."""

    mock: int
    archive: int
    archive_classified: int
    respond: int
    respond_classified: int

    @property
    def agree(self) -> bool:
        return len({*vars(self).values()}) == 1


class House:
    """What a test may know: the run files, the addresses they name, and what was said."""

    def __init__(
        self,
        data: Path,
        said: Path,
        process: asyncio.subprocess.Process,
        session: aiohttp.ClientSession,
    ) -> None:
        self.data, self.process, self.session = data, process, session
        self._said = said

    def said(self) -> str:
        """Return what the terminal shows."""
        return self._said.read_text(encoding="utf-8")

    def stands(self) -> bool:
        """Tell whether all four lines were printed; fail when it ended instead."""
        assert self.process.returncode is None, self.said()
        return "\nStop " in self.said()

    def report(self, name: str) -> dict[str, Any]:
        """Return what a process wrote once it was ready."""
        return said_in(self.data / "run" / f"{name}.json")

    def log(self, name: str) -> str:
        return (self.data / "logs" / f"{name}.log").read_text(encoding="utf-8")

    async def mock(self, path: str, body: Mapping[str, object] | None = None) -> dict[str, Any]:
        """Pull a string behind the scene of the simulated platform."""
        return await control(self.session, self.report("mock"), path, body)

    async def say(self, text: str, **more: object) -> int:
        """Let the public say something; return its id."""
        return int((await self.mock("emit", {"kind": "comment", "text": text, **more}))["id"])

    async def archived(self) -> dict[str, int]:
        async with self.session.get(f"{self.report('archive')['http']}/counts") as answer:
            found: dict[str, int] = await answer.json()
            return found

    async def counted(self) -> dict[str, int]:
        """Return the counts of the leader's /metrics."""
        async with self.session.get(f"{self.report('respond')['health']}/metrics") as answer:
            return {name: int(value) for name, value in _COUNT.findall(await answer.text())}

    async def counts(self) -> Counts:
        state, archived, counted = (
            await self.mock("state"),
            await self.archived(),
            await self.counted(),
        )
        return Counts(
            state["items_total"],
            archived["items"],
            archived["classified"],
            counted.get("items_received", 0),
            counted.get("items_classified", 0),
        )

    async def settled(self, seconds: float, *, least: int = 1) -> Counts:
        """Wait until everybody counts the same, and return it."""
        newest = Counts(0, 0, 0, 0, 0)

        async def agreed() -> bool:
            nonlocal newest
            try:
                newest = await self.counts()
            except (aiohttp.ClientError, OSError, ValueError):
                return False
            return newest.agree and newest.mock >= least

        try:
            await until(agreed, seconds, pause_seconds=0.2)
        except TimeoutError:
            raise AssertionError(f"after {seconds} s: {newest}") from None
        return newest

    async def stop(self) -> None:
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGINT)
        async with asyncio.timeout(20):
            await self.process.wait()


async def control(
    session: aiohttp.ClientSession,
    run: Mapping[str, Any],
    path: str,
    body: Mapping[str, object] | None = None,
) -> dict[str, Any]:
    """Ask a mock platform's control address; with a body, tell it."""
    headers = {"Authorization": f"Bearer {run['control_token']}"}
    method = "GET" if body is None else "POST"
    url = f"{run['http']}/control/{path}"
    async with session.request(method, url, json=body, headers=headers) as answer:
        assert answer.status < 400, await answer.text()
        found: dict[str, Any] = await answer.json()
        return found


@asynccontextmanager
async def a_house(
    data: Path, *words: str, environment: Mapping[str, str] | None = None
) -> AsyncIterator[House]:
    """Run `zhishou up` on `data` until the block ends; it is ready when this yields."""
    argv = [sys.executable, "-m", "services.cli", "up", "--no-open", "--port", "0"]
    said = data.with_name(f"{data.name}.said")
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
        with said.open("wb") as out:
            process = await asyncio.create_subprocess_exec(
                *argv,
                "--data-dir",
                str(data),
                *words,
                env={**os.environ, **(environment or {})},  # noqa: TID251 - a child needs our PATH
                stdout=out,
                stderr=out,
                start_new_session=True,
            )
        house = House(data, said, process, session)
        try:
            await until(house.stands, READY_SECONDS)
            yield house
            said_by_nats = data / "logs" / "nats.log"
            if said_by_nats.exists():
                assert "Violation" not in said_by_nats.read_text(encoding="utf-8"), RIGHTS
        finally:
            await house.stop()


def said_in(place: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(place.read_text(encoding="utf-8"))
    return found


@asynccontextmanager
async def a_mock(place: Path) -> AsyncIterator[dict[str, Any]]:
    """Run a simulated platform of its own; the same seed gives the same accounts and keys."""
    words = ("-m", "shared.platforms.mock", "--rate", "0", "--run-file", str(place))
    process = await asyncio.create_subprocess_exec(sys.executable, *words)
    try:
        await until(place.exists)
        yield said_in(place)
    finally:
        process.terminate()
        await process.wait()


def write_policies(place: Path) -> None:
    """Copy the shipped rules, with the shortest times that a pack may set."""
    shutil.copytree(default_policies_dir(), place)
    pack = place / "company" / "pack.yaml"
    clocks = [{"acknowledge_minutes": 1, "first_reply_minutes": 2}]
    rules = yaml.safe_load(pack.read_text(encoding="utf-8"))
    rules |= {"undo_seconds": 1, "clocks": clocks}
    pack.write_text(yaml.safe_dump(rules, allow_unicode=True), encoding="utf-8")
