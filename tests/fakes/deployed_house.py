"""The house as compose would run it, without containers: its commands, its environment, a site of its own.

Changed is only what a container would change: names of hosts, ports, directories.
"""

import asyncio
import json
import os
import re
import shutil
import signal
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from services.cli.app import run
from services.cli.embedded.ports import free_port
from shared.runtime.ready import main as asked_ready
from shared.runtime.settings import default_policies_dir
from tests.fakes.compose import SERVICES, Container, containers
from tests.fakes.deployed import Deployed, deployed, variables
from tests.fakes.waiting import until

READY_SECONDS = 60.0


@dataclass
class DeployedHouse:
    """What runs, and where."""

    servers: Deployed
    home: Path
    mock_port: int = field(default_factory=free_port)
    ports: Mapping[str, int] = field(
        default_factory=lambda: {name: free_port() for name in (*SERVICES, "console")}
    )
    processes: dict[str, asyncio.subprocess.Process] = field(default_factory=dict)

    @property
    def site(self) -> Path:
        return self.home / "site"

    def here(self, text: str) -> str:
        """Return `text` with the names of containers replaced by where each listens here."""
        places = {
            "nats:4222": self.servers.nats_port,
            "valkey:6379": self.servers.valkey_port,
            "mock:8900": self.mock_port,
            "ingest:9101": self.ports["ingest"],
        }
        for name, port in places.items():
            text = text.replace(name, f"127.0.0.1:{port}")
        return text.replace("/etc/zhishou/", f"{self.site}/")

    def environment(self, container: Container) -> dict[str, str]:
        """Return what a service is told."""
        found = {key: self.here(each) for key, each in container.environment(self.site).items()}
        return found | {
            "PATH": os.defpath,
            "ZHISHOU_HTTP_HOST": "127.0.0.1",
            "ZHISHOU_HTTP_PORT": str(self.ports.get(container.name, 0)),
            "ZHISHOU_CONSOLE_HOST": "127.0.0.1",
            "ZHISHOU_CONSOLE_PORT": str(self.ports["console"]),
            "ZHISHOU_PUBLIC_URL": f"http://127.0.0.1:{self.ports['console']}",
            "ZHISHOU_DATA_DIR": str(self.home / container.name),
            "ZHISHOU_CACHE_DIR": str(self.home / "cache"),
            "ZHISHOU_ACCOUNTS_FILE": str(self.site / "accounts.yaml"),
            "ZHISHOU_POLICIES_DIR": str(self.home / "policies"),
        }

    async def start(self, name: str, words: Sequence[str]) -> None:
        """Start one process with the words of its container."""
        environment = self.environment(containers()[name])
        with (self.home / f"{name}.log").open("wb") as log:
            self.processes[name] = await asyncio.create_subprocess_exec(
                *(sys.executable, *words), env=environment, stdout=log, stderr=log
            )

    async def stop(self) -> Mapping[str, int]:
        """Ask everybody to end; return their exit codes."""
        for each in self.processes.values():
            if each.returncode is None:
                each.send_signal(signal.SIGTERM)
        async with asyncio.timeout(20):
            return {name: await each.wait() for name, each in self.processes.items()}

    def log(self, name: str) -> str:
        return (self.home / f"{name}.log").read_text(encoding="utf-8")

    def mock(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.home / "mock.json").read_text(encoding="utf-8"))
        return found


@asynccontextmanager
async def deployed_house(home: Path) -> AsyncIterator[DeployedHouse]:
    """Make a site, start everything, yield once everybody is ready."""
    assert run(["config", "site", str(home / "site"), "--demo"], {}) == 0
    told = {
        key: word
        for server in ("nats", "valkey")
        for key, word in variables((home / "site" / f"{server}.env").read_text("utf-8")).items()
        if key.endswith("_PASSWORD")
    }
    with deployed(told=told) as servers:
        house = DeployedHouse(servers, home)
        register = house.site / "accounts.yaml"
        register.write_text(house.here(register.read_text(encoding="utf-8")), encoding="utf-8")
        quick_rules(home / "policies")
        try:
            await _start_all(house)
            yield house
        finally:
            for each in house.processes.values():
                if each.returncode is None:
                    each.kill()


async def _start_all(house: DeployedHouse) -> None:
    words = [house.here(each) for each in containers()["mock"].words[1:]]
    words = [re.sub(r"^--port=.*", f"--port={house.mock_port}", each) for each in words]
    words += ["--host=127.0.0.1", "--rate=0", "--run-file", str(house.home / "mock.json")]
    await house.start("mock", words)
    for (
        name
    ) in SERVICES:  # at once, as compose does: who needs the log waits for respond to make it
        await house.start(name, ["-m", f"services.{name}"])

    def all_ready() -> bool:
        ended = {
            name: each.returncode for name, each in house.processes.items() if each.returncode
        }
        assert not ended, {name: house.log(name) for name in ended}
        return all(asked_ready([str(house.ports[name])]) == 0 for name in SERVICES)

    await until(all_ready, READY_SECONDS)


def quick_rules(place: Path) -> None:
    """Copy the shipped rules, with an undo window of a second."""
    shutil.copytree(default_policies_dir(), place)
    pack = place / "company" / "pack.yaml"
    rules = yaml.safe_load(pack.read_text(encoding="utf-8")) | {"undo_seconds": 1}
    pack.write_text(yaml.safe_dump(rules, allow_unicode=True), encoding="utf-8")
