"""A real nats-server for tests: free port, own store, killed and started again at will."""

import json
import os
import signal
import subprocess
import sysconfig
from pathlib import Path
from urllib.parse import urlsplit

import nats
from nats.aio.client import Client
from nats.errors import NoRespondersError

from shared.contracts.subjects import OBJECTS
from tests.fakes.waiting import wait_until

BINARY = Path(sysconfig.get_path("scripts")) / "nats-server"
TOKEN = "for-tests"  # noqa: S105 - guards a loopback server that lives for one test run
READY_SECONDS = 10.0


class NatsServer:
    """Keeps its port and its files over `kill` and `start`. `store_limit` is what all may hold."""

    def __init__(self, directory: Path, *, store_limit: str = "") -> None:
        self._directory = directory
        self._limit = f", max_file_store: {store_limit}" if store_limit else ""
        self._process: subprocess.Popen[bytes] | None = None
        self._port = -1

    @property
    def url(self) -> str:
        return f"nats://{TOKEN}@127.0.0.1:{self._port}"

    def start(self) -> None:
        config = self._directory / "nats.conf"
        config.write_text(
            f'listen: "127.0.0.1:{self._port}"\n'
            f'ports_file_dir: "{self._directory}"\n'
            f'authorization {{ token: "{TOKEN}" }}\n'
            f'jetstream {{ store_dir: "{self._directory / "store"}", sync_interval: "1s"'
            f"{self._limit} }}\n",
            encoding="utf-8",
        )
        for old in self._directory.glob("*.ports"):
            old.unlink()
        with (self._directory / "nats.log").open("ab") as log:
            self._process = subprocess.Popen([BINARY, "-c", config], stdout=log, stderr=log)
        self._port = self._wait_for_port(self._process)

    def kill(self) -> None:
        """End it at once, as kill -9 does."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def pause(self) -> None:
        """Make it hang; returns once it really stands still."""
        if self._process is not None:
            self._process.send_signal(signal.SIGSTOP)
            os.waitpid(self._process.pid, os.WUNTRACED)

    def resume(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)

    def stop(self) -> None:
        if self._process is not None:
            self.resume()
            self._process.terminate()
            self._process.wait()
            self._process = None

    def _wait_for_port(self, process: subprocess.Popen[bytes]) -> int:
        reported = self._directory / f"nats-server_{process.pid}.ports"

        def ready() -> bool:
            assert process.poll() is None, (self._directory / "nats.log").read_text("utf-8")
            return reported.exists() and bool(reported.read_bytes())

        wait_until(ready, READY_SECONDS)
        return urlsplit(json.loads(reported.read_bytes())["nats"][0]).port or -1


async def forget_everything(url: str) -> None:
    """Delete every stream, so that the next test finds a fresh server."""
    connection = await nats.connect(url)
    jetstream = connection.jetstream()
    for stream in await jetstream.streams_info():
        name = stream.config.name or ""
        await jetstream.delete_stream(name)
        await _wait_until_nobody_reads(connection, name)
    await connection.close()


async def _wait_until_nobody_reads(connection: Client, stream: str) -> None:
    """A deleted stream answers direct reads for a moment longer."""
    while True:
        try:
            await connection.request(f"$JS.API.DIRECT.GET.{stream}", b'{"seq":1}', timeout=1)
        except NoRespondersError:
            return


async def spoil_object(url: str, digest: str, *, only_lose: bool = False) -> None:
    """Take the pieces of a stored object away and, unless told otherwise, put others there."""
    connection = await nats.connect(url)
    jetstream = connection.jetstream()
    info = await (await jetstream.object_store(OBJECTS)).get_info(digest)
    subject = f"$O.{OBJECTS}.C.{info.nuid}"
    await jetstream.purge_stream(f"OBJ_{OBJECTS}", subject=subject)
    for _ in range(0 if only_lose else info.chunks or 0):
        await jetstream.publish(subject, b"other bytes")
    await connection.close()
