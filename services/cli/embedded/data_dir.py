"""One private directory holds everything an installation keeps; one `up` at a time uses it."""

import errno
import fcntl
import os
import secrets
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

from shared.errors import UserError

PARTS = ("nats", "valkey", "spool", "archive", "watchdog", "mock", "run", "logs")
LOCK_NAME = "lock"
LEAST_FREE_BYTES = 256 * 1024 * 1024
LONGEST_SOCKET_PATH = 103  # macOS allows 103 bytes, Linux 107
WIND_DOWN_SECONDS = 6.0
_FRESH = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC


@dataclass(frozen=True, slots=True)
class DataDir:
    """The directory while we hold its lock. `lock_fd` goes to the servers, who hold it on."""

    path: Path
    lock_fd: int

    def part(self, name: str) -> Path:
        """Return the directory of one part: nats, valkey, spool, archive, mock, run or logs."""
        return self.path / name

    def log(self, name: str) -> Path:
        """Return where the process `name` writes what it says."""
        return self.path / "logs" / f"{name}.log"

    def run_file(self, name: str) -> Path:
        """Return where the process `name` reports that it is ready."""
        return self.path / "run" / f"{name}.json"

    def secret(self, part: str) -> str:
        """Return the password of a part, made on first use."""
        place = self.path / part / "secret"
        if not place.exists():
            write_private(place, secrets.token_urlsafe(32))
        return place.read_text(encoding="utf-8")


def write_private(place: Path, text: str) -> None:
    """Write a file that only its owner may read, whole or not at all."""
    fresh = place.with_name(f".{place.name}.new")
    with os.fdopen(os.open(fresh, _FRESH, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    fresh.replace(place)


@contextmanager
def opened(
    path: Path,
    *,
    wind_down_seconds: float = WIND_DOWN_SECONDS,
    least_free_bytes: int = LEAST_FREE_BYTES,
) -> Iterator[DataDir]:
    """Make the directory if need be and hold it. Raises UserError."""
    with _as_user_errors(path):
        _prepare(path, least_free_bytes)
        lock_fd = os.open(path / LOCK_NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _lock(lock_fd, path, wind_down_seconds)
        yield DataDir(path, lock_fd)
    finally:
        os.close(lock_fd)


@contextmanager
def ephemeral() -> Iterator[DataDir]:
    """Hold a directory that is gone afterwards."""
    path = Path(mkdtemp(prefix="zhishou-"))
    try:
        with opened(path) as data:
            yield data
    finally:
        shutil.rmtree(path, ignore_errors=True)


@contextmanager
def socket_path(
    directory: Path, name: str, *, elsewhere: Path | None = None
) -> Iterator[Path | None]:
    """Yield a path short enough for a unix socket, `elsewhere` if need be; None without one."""
    place = directory / name
    if len(os.fsencode(place)) <= LONGEST_SOCKET_PATH:
        yield place
        return
    short = Path(mkdtemp(prefix="zs-", dir=elsewhere))
    try:
        place = short / name
        yield place if len(os.fsencode(place)) <= LONGEST_SOCKET_PATH else None
    finally:
        shutil.rmtree(short, ignore_errors=True)


def in_use(path: Path) -> bool:
    """Tell whether a `zhishou up` that lives holds this directory."""
    return lives(_holder(path))


def _prepare(path: Path, least_free_bytes: int) -> None:
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not (path / LOCK_NAME).exists() and any(path.iterdir()):
        raise UserError(
            "this directory holds other things",
            where=str(path),
            fix="name an empty or new one with --data-dir",
        )
    path.chmod(0o700)
    for part in PARTS:
        (path / part).mkdir(mode=0o700, exist_ok=True)
    if shutil.disk_usage(path).free < least_free_bytes:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _lock(lock_fd: int, path: Path, wind_down_seconds: float) -> None:
    """Take the lock; servers of an `up` that was killed may hold it for a moment longer."""
    deadline = time.monotonic() + wind_down_seconds
    while not _try_lock(lock_fd):
        holder = _holder(path)
        if lives(holder) or time.monotonic() > deadline:
            raise UserError(
                f"another zhishou uses this directory, process {holder or 'unknown'}",
                where=str(path),
                fix=f"stop it (kill {holder or 'PID'}), or choose another with --data-dir",
            )
        time.sleep(0.05)
    os.ftruncate(lock_fd, 0)
    os.pwrite(lock_fd, str(os.getpid()).encode(), 0)


def _try_lock(lock_fd: int) -> bool:
    try:
        fcntl.flock(lock_fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _holder(path: Path) -> int:
    with suppress(OSError, ValueError):
        return int((path / LOCK_NAME).read_text(encoding="utf-8"))
    return 0


def lives(pid: int) -> bool:
    """Tell whether there is a process of this number."""
    if pid <= 0:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


_MEANINGS: dict[int, tuple[str, str]] = {
    errno.ENOSPC: ("the disk is full", "free some space (at least 256 MB)"),
    errno.EDQUOT: ("the disk quota is spent", "free some space (at least 256 MB)"),
}


@contextmanager
def _as_user_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise explain(error, path) from error


def explain(error: OSError, path: Path) -> UserError:
    """Return the one line for a directory that cannot be used."""
    default = (
        f"cannot write to the data directory: {error.strerror or error}",
        "choose another with --data-dir, or mend its permissions",
    )
    what, fix = _MEANINGS.get(error.errno or 0, default)
    return UserError(what, where=str(path), fix=fix)


Report = Callable[[str], None]
"""How one line reaches the person at the terminal."""
