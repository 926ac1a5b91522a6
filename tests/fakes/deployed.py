"""Both servers as they are deployed: started on the very files of deploy/, nothing of them edited.

Only where they listen and where their data go is said on the command line.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from services.cli.embedded.access import USERS, password
from services.cli.embedded.nats import binary as nats_binary
from services.cli.embedded.ports import free_port
from services.cli.embedded.valkey import binary as valkey_binary
from tests.fakes.waiting import wait_until

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
SECRET = "for tests"  # noqa: S105 - guards loopback servers that live for one test run
READY_SECONDS = 10.0


def passwords(server: str) -> Mapping[str, str]:
    """Return what deploy/env/<server>.env says, with passwords of our own."""
    return {f"{server.upper()}_{user.upper()}_PASSWORD": password(SECRET, user) for user in USERS}


@dataclass(frozen=True)
class Deployed:
    """Where they are and what they say."""

    directory: Path
    nats_port: int
    valkey_port: int
    told: Mapping[str, str]
    """The passwords, by the variables in which the servers were told them."""

    def nats_url(self, user: str, word: str = "") -> str:
        known = self.told[f"NATS_{user.upper()}_PASSWORD"]
        return f"nats://{user}:{word or known}@127.0.0.1:{self.nats_port}"

    def redis_url(self, user: str, word: str = "") -> str:
        known = self.told.get(f"VALKEY_{user.upper()}_PASSWORD", "none")
        return f"redis://{user}:{word or known}@127.0.0.1:{self.valkey_port}/0"

    def urls(self, user: str) -> dict[str, str]:
        """Return what a service of ours is told."""
        return {
            "ZHISHOU_NATS_URL": self.nats_url(user),
            "ZHISHOU_REDIS_URL": self.redis_url(user),
        }

    def log(self, server: str) -> str:
        return (self.directory / f"{server}.log").read_text(encoding="utf-8")


@contextmanager
def deployed(
    *, config: str = "nats.conf", told: Mapping[str, str] | None = None
) -> Iterator[Deployed]:
    """Run both for the length of the block, with these passwords or some of our own."""
    words = told or {**passwords("nats"), **passwords("valkey")}
    directory = Path(tempfile.mkdtemp(prefix="zs-d-"))
    port = free_port()
    try:
        with (
            started("nats", _nats(config, directory), directory, words) as nats,
            started("valkey", valkey_words(port), directory, words),
        ):
            made = Deployed(directory, reported_port(nats, directory), port, words)
            wait_until(lambda: "Ready to accept" in made.log("valkey"), READY_SECONDS)
            yield made
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def _nats(config: str, directory: Path) -> list[str]:
    where = ["-a", "127.0.0.1", "-p", "-1", "-m", str(free_port())]
    place = ["--ports_file_dir", str(directory)]
    return [str(nats_binary()), "-c", str(DEPLOY / "nats" / config), *where, *place]


def nats_words(directory: Path, *more: str) -> list[str]:
    """Return how NATS is started with the deployed rules."""
    return [*_nats("nats.conf", directory), *more]


def valkey_words(port: int, *more: str) -> list[str]:
    """Return how Valkey is started with the deployed rules."""
    where = ["--port", str(port), "--bind", "127.0.0.1"]
    return ["sh", str(DEPLOY / "valkey" / "start.sh"), *where, *more]


@contextmanager
def started(
    name: str, argv: Sequence[str], directory: Path, words: Mapping[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    """Run one server in `directory`, told these passwords."""
    environment = {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.defpath}",
        "NATS_SYNC": "1s",
        "NATS_STORE": str(directory / "store"),
        "VALKEY_SERVER": str(valkey_binary()),
        "VALKEY_RUN": str(directory),
        **{key: word for key, word in words.items() if key.startswith(f"{name.upper()}_")},
    }
    with (directory / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(argv, env=environment, cwd=directory, stdout=log, stderr=log)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def reported_port(process: subprocess.Popen[bytes], directory: Path) -> int:
    """Return where this NATS listens, once it does."""
    place = directory / f"nats-server_{process.pid}.ports"

    def ready() -> bool:
        assert process.poll() is None, (directory / "nats.log").read_text(encoding="utf-8")
        return place.exists() and bool(place.read_bytes())

    wait_until(ready, READY_SECONDS)
    return int(str(json.loads(place.read_bytes())["nats"][0]).rpartition(":")[2])


def variables(text: str, *, commented: bool = False) -> dict[str, str]:
    """Return what an env file sets; with `commented`, also what it only offers."""
    pattern = r"^#?([A-Z_]+)=(.*)$" if commented else r"^([A-Z_]+)=(.*)$"
    return dict(re.findall(pattern, text, re.MULTILINE))
