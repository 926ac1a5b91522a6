"""The whole system on this machine: servers, services, mock platform; until Ctrl-C."""

import asyncio
import json
import secrets
import signal
import sys
import time
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from services.cli.children import child, mock, read_run_file, service, write_addresses
from services.cli.embedded.data_dir import (
    WIND_DOWN_SECONDS,
    DataDir,
    Report,
    ephemeral,
    lives,
    opened,
)
from services.cli.embedded.ports import free_port
from services.cli.embedded.process import Fork
from services.cli.embedded.revival import revive
from services.cli.embedded.servers import SERVERS, Addresses, servers
from services.cli.mock_link import register_hooks, write_accounts
from services.cli.preload.forker import preloaded
from services.cli.preload.start import OUR_OWN_CODE
from services.cli.supervisor import Supervisor, raise_first
from shared.errors import UserError
from shared.platforms.mock.lines import check_stream

CONSOLE_PORT = 8750
LOOK_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class UpOptions:
    """What the person at the terminal asked for."""

    data_dir: Path | None = None
    ephemeral: bool = False
    stream: Path | None = None
    speed: str = "1x"
    max_gap: float = 10.0
    seed: int = 1
    rate: float | None = None
    port: int | None = None
    accounts: Path | None = None
    nats_url: str = ""
    redis_url: str = ""
    durable: bool = False
    environment: Mapping[str, str] = field(default_factory=dict)
    python: Sequence[str] = (sys.executable,)
    """What runs the modules of the services."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What the person needs to know once everything is ready."""

    console: str
    sign_in: str
    simulated: str
    data: str

    def lines(self) -> tuple[str, str, str, str]:
        """Return the four lines."""
        return (
            f"Console    {self.console}",
            f"Sign in    {self.sign_in or 'with your own name and password'}",
            f"Simulated  {self.simulated}",
            f"Stop       Ctrl-C; {self.data}",
        )

    def json(self) -> str:
        """Return the same for programs."""
        return json.dumps(asdict(self), ensure_ascii=False)


async def up(
    options: UpOptions,
    *,
    say: Callable[[Standing], None],
    report: Report,
    monotonic: Callable[[], float],
) -> None:
    """Run everything until SIGINT, SIGTERM or SIGHUP. Raises UserError."""
    with _data_dir(options) as data, _stop_signals() as stop:
        supervisor = Supervisor(report, monotonic)
        forker = preloaded(options.environment)
        house = House(options, data, supervisor, forker.fork if forker else None)
        try:
            await _until(stop, house.live(say))
            if stop.is_set():
                report("stopping; what is in hand is finished first (up to 5 s)")
        finally:
            await supervisor.stop(house.children, SERVERS)
            if forker:
                forker.close()


class House:
    """Starts everything as early as it can start, then keeps it running."""

    def __init__(
        self, options: UpOptions, data: DataDir, supervisor: Supervisor, fork: Fork | None = None
    ) -> None:
        self._fork = fork
        self._options = options
        self._data = data
        self._supervisor = supervisor
        self._console_port = _console_port(options.port, data)
        self._ingest_port = free_port()
        self._fresh = not options.nats_url and not any(data.part("nats").iterdir())
        self.children = frozenset({"mock", "ingest", "classify", "respond", "watchdog", "archive"})

    async def live(self, say: Callable[[Standing], None]) -> None:
        """Start, tell, keep. Returns only by an error or by being cancelled."""
        options, data = self._options, self._data
        external = {"nats_url": options.nats_url, "redis_url": options.redis_url}
        platform_ready = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            group.create_task(self._platform(platform_ready), name="platform")
            async with servers(
                data, self._supervisor, durable=options.durable, **external
            ) as addresses:
                write_addresses(data, addresses)
                await self._services(addresses, platform_ready)
                say(self._standing())
                await self._service("watchdog", addresses)
                if not options.nats_url:
                    reviving = revive(data, self._supervisor, addresses.nats_url)
                    group.create_task(reviving, name="revival")
                await self._supervisor.keep()

    async def _platform(self, ready: asyncio.Event) -> None:
        """Start the mock platform, unless real accounts are named, and write its register."""
        options = self._options
        if options.accounts is not None:
            from shared.runtime.accounts import load_accounts

            load_accounts(options.accounts)  # a mistake is told here, before anything listens
        else:
            words = mock(
                self._data,
                port=free_port(),
                seed=options.seed,
                rate=options.rate,
                run=secrets.token_hex(8),
                played=_played(options),
            )
            argv = [*options.python, *words]
            await self._supervisor.start(
                child(
                    self._data,
                    "mock",
                    argv,
                    {**options.environment, **OUR_OWN_CODE},
                    after=self._link,
                    fork=self._fork,
                )
            )
            write_accounts(self._data)
        ready.set()

    async def _services(self, addresses: Addresses, platform_ready: asyncio.Event) -> None:
        async with asyncio.TaskGroup() as group:
            for name in ("classify", "archive"):
                group.create_task(self._service(name, addresses), name=name)
            await platform_ready.wait()
            if self._fresh:  # the rules stand in the log before the first item does
                await self._service("respond", addresses)
                await self._service("ingest", addresses)
                return
            for name in ("ingest", "respond"):
                group.create_task(self._service(name, addresses), name=name)

    async def _service(self, name: str, addresses: Addresses) -> None:
        after = self._link if name == "ingest" else None
        environment = self._environment(name, addresses)
        argv = [*self._options.python, *service(name)]
        await self._supervisor.start(
            child(self._data, name, argv, environment, after=after, fork=self._fork)
        )

    async def _link(self) -> None:
        await register_hooks(self._data)

    def _environment(self, name: str, addresses: Addresses) -> dict[str, str]:
        options, data = self._options, self._data
        register = options.accounts or data.path / "accounts.yaml"
        return {
            "ZHISHOU_DEMO": str(options.accounts is None).lower(),
            # One batch is judged by one thread; more only cost start-up time and memory.
            "OPENBLAS_NUM_THREADS": "1",
            **options.environment,
            **OUR_OWN_CODE,
            **addresses.of(name).environment(),
            "ZHISHOU_DATA_DIR": str(data.path),
            "ZHISHOU_ACCOUNTS_FILE": str(register.absolute()),
            "ZHISHOU_HTTP_PORT": str(self._ingest_port if name == "ingest" else 0),
            "ZHISHOU_CONSOLE_PORT": str(self._console_port),
        }

    def _standing(self) -> Standing:
        respond = read_run_file(self._data, "respond")
        kept = "nothing is kept" if self._options.ephemeral else f"data stays in {self._data.path}"
        return Standing(
            console=str(respond.get("http", "")),
            sign_in=str(respond.get("sign_in", "")),
            simulated=self._simulated(),
            data=kept,
        )

    def _simulated(self) -> str:
        options = self._options
        if options.accounts is not None:
            return f"nothing: the accounts are those of {options.accounts}"
        report = read_run_file(self._data, "mock")
        names = "、".join(str(account["name"]) for account in report.get("accounts", ()))
        people = (
            f"people invented from seed {options.seed}"
            if options.stream is None
            else f"{options.stream.name} at {options.speed}"
        )
        return f"the platform, account {names}, {people}; the public sees {report.get('http')}"


def _played(options: UpOptions) -> list[str]:
    if options.stream is None:
        return []
    if not options.stream.is_file():
        raise UserError("no such stream", where=str(options.stream), fix="name a JSONL file")
    check_stream(options.stream)
    words = ["--stream", str(options.stream.absolute()), "--speed", options.speed]
    return [*words, "--max-gap", str(options.max_gap)]


def _console_port(wanted: int | None, data: DataDir) -> int:
    """Return the port of the console; only a port that was named must be had.

    A console whose `up` was killed finishes what it has in hand, and holds the port meanwhile.
    """
    port = free_port(wanted if wanted is not None else CONSOLE_PORT)
    deadline = time.monotonic() + WIND_DOWN_SECONDS
    earlier = int(read_run_file(data, "respond").get("pid", 0))
    while wanted and port != wanted and lives(earlier) and time.monotonic() < deadline:
        time.sleep(LOOK_SECONDS)
        port = free_port(wanted)
    if wanted and port != wanted:
        raise UserError(
            f"port {wanted} is taken", where="--port", fix="name another, or leave it out"
        )
    return port


@contextmanager
def _data_dir(options: UpOptions) -> Iterator[DataDir]:
    if options.ephemeral:
        with ephemeral() as data:
            yield data
        return
    if options.data_dir is None:
        from shared.runtime.settings import default_data_dir

        path = default_data_dir()
    else:
        path = options.data_dir
    with opened(path.expanduser().absolute()) as data:
        yield data


@contextmanager
def _stop_signals() -> Iterator[asyncio.Event]:
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    signs = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    for sign in signs:
        loop.add_signal_handler(sign, stop.set)
    try:
        yield stop
    finally:
        for sign in signs:
            loop.remove_signal_handler(sign)


async def _until(stop: asyncio.Event, work: Coroutine[None, None, None]) -> None:
    """Work until told to stop. Raises the first UserError of the work as it is."""
    try:
        async with asyncio.TaskGroup() as group:
            working = group.create_task(work, name="house")
            waiting = group.create_task(stop.wait(), name="stop")
            await asyncio.wait({working, waiting}, return_when=asyncio.FIRST_COMPLETED)
            working.cancel()
            waiting.cancel()
    except BaseExceptionGroup as failed:
        raise_first(failed)
