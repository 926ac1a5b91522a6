"""The whole platform without its sockets: world, API, faults, journal and whoever lives in it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import aiohttp

from shared.platforms.mock.api import WeiboApi, routes
from shared.platforms.mock.diary import Diary, relive
from shared.platforms.mock.faults import Fault, FaultBoard
from shared.platforms.mock.journal import Journal
from shared.platforms.mock.lines import open_stream
from shared.platforms.mock.oauth import TokenDesk
from shared.platforms.mock.player import Player
from shared.platforms.mock.population import Population
from shared.platforms.mock.ports import Clock
from shared.platforms.mock.push import Pusher
from shared.platforms.mock.quota import Quota
from shared.platforms.mock.reading import Reading
from shared.platforms.mock.wire import Json
from shared.platforms.mock.world import World
from shared.platforms.mock.writing import Writing

TICK_SECONDS = 0.02
NAMES = ("锦绣清城购物广场", "锦绣清城会员中心", "锦绣清城物业服务", "锦绣清城美食街")


@dataclass(frozen=True, slots=True)
class MockOptions:
    """What a run of the mock is made of. `rate` is items a second; 0 means nobody speaks."""

    seed: int = 1
    accounts: int = 1
    rate: float = 0.0
    stream: Path | None = None
    speed: float = 1.0
    max_gap_seconds: float = 10.0
    journal: Path | None = None
    diary: Path | None = None
    """Where the world is kept; without it, it ends with the process."""
    run: str = ""
    """Names this playing of the stream: the same one goes on where it was killed."""
    calls_per_hour: int = 100_000
    faults: Sequence[Fault] = ()


class MockPlatform:
    """One small Weibo."""

    def __init__(self, options: MockOptions, clock: Clock) -> None:
        now = clock.now()
        self.clock = clock
        self.world = World(seed=options.seed)
        for number in range(options.accounts):
            self.world.add_account(account_name(number), now)
        self.main = next(iter(self.world.accounts.values()))
        self._diary, self._told = self._remember(options.diary)
        self.faults = FaultBoard(options.seed, options.faults)
        self.journal = Journal(options.journal)
        self.quota = Quota(per_user=options.calls_per_hour)
        self.tokens = TokenDesk(self.world, now)
        self.api = WeiboApi(
            table=routes(Reading(self.world, self.quota), Writing(self.world)),
            tokens=self.tokens,
            quota=self.quota,
            faults=self.faults,
            journal=self.journal,
            clock=clock,
        )
        self.pusher = Pusher(self.world, self.faults, self.journal, clock)
        self.player = _player(self, options)
        self.population = _population(self, options)

    def _remember(self, path: Path | None) -> tuple[Diary | None, list[list[Any]]]:
        """Let what was before happen again, then keep what comes."""
        if path is None:
            return None, []
        diary, entries = Diary.opened(path)
        try:
            told = list(relive(self.world, entries))
        except BaseException:
            diary.close()
            raise
        self.world.note = diary.note
        return diary, told

    def close(self) -> None:
        if self._diary is not None:
            self._diary.close()

    def begin(self) -> None:
        """Open the scene: the first line of a stream is due, or the public is already there."""
        now = self.clock.now()
        if self.player is not None:
            if not self.player.resume_run(self._told):
                self.player.start(now)
        elif self.population is not None:
            self.population.open_scene(now)
        self._told = []

    def advance(self) -> int:
        """Let happen what is due now; return how much did."""
        now = self.clock.now()
        done = self.player.advance(now) if self.player is not None else 0
        return done + (self.population.advance(now) if self.population is not None else 0)

    async def live(self) -> None:
        """Go on for ever."""
        while True:
            busy = self.advance() > 0
            await self.clock.sleep(0.0 if busy else TICK_SECONDS)

    async def push(self) -> None:
        """Push private messages for ever."""
        async with aiohttp.ClientSession() as session:
            await self.pusher.drive(session)

    def state(self) -> Json:
        """Return the counts that tests and demos compare with ours."""
        replies = [len(one) for one in self.world.answers.values()]
        return {
            "items": dict(self.world.emitted),
            "items_total": sum(self.world.emitted.values()),
            "own_posts": sum(1 for one in self.world.statuses.values() if one.owner),
            "replies": sum(replies),
            "replied_items": len(replies),
            "most_replies_to_one_item": max(replies, default=0),
            "private_replies": sum(
                one.sender in self.world.accounts
                for talk in self.world.inbox.values()
                for one in talk
            ),
            "messages_waiting": len(self.world.to_push),
            "pushes": asdict(self.pusher.tally),
            "player": _player_state(self.player),
            "faults": self.faults.report(),
        }


def account_name(number: int) -> str:
    """Return the name of the n-th official account."""
    return NAMES[number] if number < len(NAMES) else f"{NAMES[0]}{number + 1}号店"


def _player(platform: MockPlatform, options: MockOptions) -> Player | None:
    if options.stream is None:
        return None
    return Player(
        platform.world,
        platform.main,
        open_stream(options.stream),
        speed=options.speed,
        max_gap_seconds=options.max_gap_seconds,
        run=options.run,
    )


def _population(platform: MockPlatform, options: MockOptions) -> Population | None:
    if options.stream is not None or options.rate <= 0:
        return None
    earlier = len(platform.world.statuses)  # somebody who comes back does not say it all again
    return Population(
        platform.world, platform.main, seed=options.seed + earlier, per_second=options.rate
    )


def _player_state(player: Player | None) -> Json | None:
    if player is None:
        return None
    tally = player.tally
    rejected: Counter[str] = tally.rejected
    return {
        "state": player.state,
        "lines": tally.lines,
        "items": tally.items,
        "own_posts": tally.own_posts,
        "edits": tally.edits,
        "stubs": tally.stubs,
        "rejected": sum(rejected.values()),
        "rejected_reasons": dict(rejected),
    }
