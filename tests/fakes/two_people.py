"""Two people at work on a running house, through its own bus and store: one writes, one approves."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count

from services.respond.core.aggregates import Case, Reply
from services.respond.core.promises import words_of
from services.respond.ports import QueueFilter
from services.respond.shell.actions import BusActions
from services.respond.shell.read_model import StoreReadModel
from shared.bus.nats_bus import NatsBus
from shared.contracts.facts import OperatorFact
from shared.contracts.operators import (
    CaseClaimed,
    OutgoingPaused,
    ReplyApproved,
    ReplyDrafted,
    ReplySubmitted,
)
from shared.policy.gate.promises import promises
from shared.policy.model import NO_PACK
from shared.runtime.clock import SystemClock
from shared.store.redis_store import RedisStore
from tests.fakes.waiting import until

WRITER, LEAD = "chen", "lin"
PEOPLE = """\
people:
- {person_id: chen, name: 陈晓岚, roles: [operator]}
- {person_id: lin, name: 林望舒, roles: [lead]}
"""
DECIDED_SECONDS = 20.0


@dataclass
class TwoPeople:
    """What they can see and do; every wish must be granted."""

    bus: NatsBus
    read: StoreReadModel
    actions: BusActions
    name: str
    numbers: "count[int]"

    async def case_of(self, native_id: str) -> Case:
        """Wait for the case of an item, and return it."""
        found: list[Case] = []

        async def opened() -> bool:
            rows, _ = await self.read.queue(QueueFilter(), offset=0, limit=1000)
            found[:] = [row.case for row in rows if row.case.items[-1].native_id == native_id]
            return bool(found)

        await until(opened)
        return found[0]

    async def all_is_shown(self) -> bool:
        """Tell whether the console shows everything that is in the log."""
        health = await self.read.health()
        return health.leader and health.cursor_seq >= health.stream_seq

    async def reply_in(self, case_id: str) -> Reply | None:
        case = await self.read.case(case_id)
        return case.replies[0] if case is not None and case.replies else None

    async def status(self, case_id: str) -> str:
        reply = await self.reply_in(case_id)
        return reply.status if reply else ""

    async def until_status(self, case_id: str, *wanted: str) -> None:
        async def is_so() -> bool:
            return await self.status(case_id) in wanted

        await until(is_so, 60)

    async def approve(self, case_id: str, text: str) -> None:
        """Claim, write the next revision, submit, approve with what it promises, ask to send."""
        await until(self.all_is_shown)
        case, reply = await self.read.case(case_id), await self.reply_in(case_id)
        assert case is not None
        base = reply.revision if reply else 0
        op, revision = self.op, base + 1
        if case.owner_id != WRITER:
            await self.ok(CaseClaimed(op_id=op(), person_id=WRITER, case_id=case_id))
        draft = ReplyDrafted(
            op_id=op(), person_id=WRITER, case_id=case_id, base_revision=base, text=text
        )
        submission = ReplySubmitted(
            op_id=op(), person_id=WRITER, case_id=case_id, revision=revision
        )
        said = promises(text, None, NO_PACK.gate.calendar)
        approval = ReplyApproved(
            op_id=op(),
            person_id=LEAD,
            case_id=case_id,
            revision=revision,
            send=True,
            promises=tuple(words_of(text, each) for each in said),
        )
        for wish in (draft, submission, approval):
            await self.ok(wish)

    async def release(self) -> None:
        await self.ok(
            OutgoingPaused(op_id=self.op(), person_id=LEAD, paused=False, reason="核对过了")
        )

    async def ok(self, wish: OperatorFact) -> None:
        outcome = await self.actions.perform(wish, wait_seconds=DECIDED_SECONDS)
        assert outcome is not None
        assert outcome.accepted, outcome

    def op(self) -> str:
        return f"{self.name}-{next(self.numbers)}"


@asynccontextmanager
async def two_people(name: str, nats_url: str, redis_url: str) -> AsyncIterator[TwoPeople]:
    """Let them come to work; `name` keeps their operations apart from those of another day."""
    bus = await NatsBus.connect(nats_url, clock=SystemClock())
    store = await RedisStore.connect(redis_url)
    try:
        read = StoreReadModel(store, store, bus)
        yield TwoPeople(bus, read, BusActions(bus, store), name, count(1))
    finally:
        await store.close()
        await bus.close()
