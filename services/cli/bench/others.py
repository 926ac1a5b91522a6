"""Those we measure against: programs of tests/bench, each with servers of its own."""

import signal
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from services.cli.bench.machine import signalled, usage
from services.cli.bench.rounds import Round
from services.cli.embedded.data_dir import DataDir, ephemeral
from services.cli.embedded.process import ProcessSpec
from services.cli.embedded.servers import SERVERS, Addresses, servers
from services.cli.patience import patience, until
from services.cli.supervisor import Supervisor
from shared.runtime.clock import SystemClock

ROOT = Path(__file__).resolve().parents[3]
PLACE = ROOT / "tests" / "bench"
ROUND_SECONDS = 120.0
LOOK_SECONDS = 0.005
READY, DONE = b"ready\n", b"done\n"


@dataclass(frozen=True, slots=True)
class Kind:
    """A program whose last role says "done" each time it has had all items."""

    program: str
    roles: tuple[str, str]
    share: float
    """How many items it gets for each of ours: slow ones get fewer."""

    @property
    def path(self) -> Path:
        """Return the file, which a mere installation does not have."""
        return PLACE / self.program


KINDS = {
    "relay": Kind("relay.py", ("middle", "sink"), 1.0),
    "faststream": Kind("faststream_twin.py", ("classify", "respond"), 0.1),
}


@dataclass(frozen=True, slots=True)
class Other:
    """One program in its roles, running."""

    kind: Kind
    data: DataDir
    supervisor: Supervisor
    addresses: Addresses
    items: int

    async def round(self, run: str) -> Round:
        """Send the items through. Raises UserError when they do not come out."""
        heard = self._said_done()
        pids = list(self.supervisor.pids.items())
        with self._awake():
            await self.supervisor.start(self._spec("source", run))
            before, began = usage(pids), perf_counter()
            async with patience(ROUND_SECONDS, f"{self.kind.program} did not finish its items"):
                await until(lambda: self._said_done() > heard, LOOK_SECONDS)
            seconds = perf_counter() - began
            return Round(self.items, seconds, usage(pids).since(before))

    @contextmanager
    def _awake(self) -> Iterator[None]:
        """Let the roles run meanwhile, and only then.

        Who asks for items all the time, as the twin does, takes a third of a core from whose turn it is.
        """
        pids = [self.supervisor.pids[role] for role in self.kind.roles]
        signalled(pids, signal.SIGCONT)
        try:
            yield
        finally:
            signalled(pids, signal.SIGSTOP)

    async def start(self) -> None:
        """Start both roles and let them have all items once, unmeasured."""
        for role in self.kind.roles:
            await self.supervisor.start(self._spec(role, role))
        await self.round("warm")

    def _spec(self, role: str, run: str) -> ProcessSpec:
        log = self.data.log(role)
        log.unlink(missing_ok=True)

        async def ready(_pid: int) -> bool:
            return READY in log.read_bytes()

        argv = [sys.executable, str(self.kind.path), role, *self._urls(), str(self.items), run]
        environment = {"PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"}
        return ProcessSpec(role, argv, log, ready, environment)

    def _urls(self) -> Sequence[str]:
        nats, redis = self.addresses.nats_url, self.addresses.redis_url
        return (nats,) if self.kind.program == "relay.py" else (nats, redis)

    def _said_done(self) -> int:
        log = self.data.log(self.kind.roles[-1])
        return log.read_bytes().count(DONE) if log.exists() else 0


@asynccontextmanager
async def other(name: str, items: int) -> AsyncIterator[Other]:
    """Yield the warm contender of this name."""
    kind = KINDS[name]
    supervisor = Supervisor(_silent, SystemClock().monotonic, orphaned=signal.SIGKILL)
    with ephemeral() as data:
        try:
            async with servers(data, supervisor) as addresses:
                made = Other(kind, data, supervisor, addresses, max(int(items * kind.share), 100))
                await made.start()
                yield made
        finally:
            signalled(supervisor.pids.values(), signal.SIGCONT)
            await supervisor.stop(frozenset(kind.roles), SERVERS)


def _silent(_line: str) -> None:
    """A program that ends is seen by the items it loses."""
