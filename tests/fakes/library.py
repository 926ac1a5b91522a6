"""What may be said in the house of the console's tests: a position, a ban, entries."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cached_property

from services.respond.core.aggregates import (
    AutoReceipt,
    Case,
    Chronicle,
    Entry,
    Guidance,
    Plans,
    Shelf,
    Signatures,
    Voiced,
)
from services.respond.core.guidance import Ban, Position, PositionRequest, content_of_position
from services.respond.core.knowledge import Book, Version, content_of_entry
from services.respond.core.plan import Plan
from services.respond.ports import DraftAsked
from shared.contracts.guidance import EntryWritten
from shared.errors import TransientError
from shared.runtime.clock import Clock
from tests.fakes.guidance import a_position, an_entry


class AnyDrafter:
    """A model whose answer is known; `away` is an error instead."""

    model = "writer-1"

    def __init__(self) -> None:
        self.asked: list[DraftAsked] = []
        self.away = False

    async def draft(self, asked: DraftAsked) -> str:
        self.asked.append(asked)
        if self.away:
            raise TransientError("the model rests")
        return "您好，正在核实。"


class Library:
    """The part of the read model that positions and entries come from."""

    said: Guidance
    _clock: Clock
    known: dict[str, Entry]
    books: Shelf
    automatic: tuple[AutoReceipt, ...] = ()
    unsigned: Signatures = Signatures()
    remembered: Chronicle = Chronicle()

    @cached_property
    def drafter(self) -> AnyDrafter:
        return AnyDrafter()

    @cached_property
    def planned(self) -> Plans:
        """Return one post that is planned."""
        return Plans(plans=(a_plan(self._clock.now()),))

    async def signatures(self) -> Signatures:
        return self.unsigned

    async def guidance(self) -> Guidance:
        return self.said

    async def chronicle(self) -> Chronicle:
        return self.remembered

    async def plans(self) -> Plans:
        return self.planned

    async def shelf(self) -> Shelf:
        return self.books

    async def voiced(self, account_id: str) -> Voiced | None:
        return Voiced(account_id=account_id)

    async def receipts(self, account_ids: Sequence[str]) -> Sequence[AutoReceipt]:
        return [each for each in self.automatic if each.account_id in account_ids]

    async def entries(self, entry_ids: Sequence[str]) -> Sequence[Entry]:
        return [self.known[each] for each in entry_ids if each in self.known]

    async def suggested(self, case: Case, now: datetime) -> Case:
        assert now >= case.opened_at
        return case


def library(now: datetime) -> tuple[Guidance, dict[str, Entry], Shelf]:
    """Return a position in force and one proposed, a ban, and entries in each state."""
    entries = {each.entry_id: each for each in _entries(now)}
    book = Book(entry_id="parking", matter="停车费", asked="停车费怎么收", answer="每小时五元。")
    shelf = Shelf(books=(book,), proposed=("lift",), expired=("old",))
    return _guidance(now), entries, shelf


def _guidance(now: datetime) -> Guidance:
    until = now + timedelta(days=1)
    held = a_position("op-held", position_id="cake", person="zhou", valid_until=until)
    drafted = a_position(
        "op-drafted",
        position_id="lift",
        person="zhou",
        matter="电梯",
        internal=True,
        variants=("电梯正在检修。",),
        valid_from=now + timedelta(hours=1),
        valid_until=until,
    )
    over = a_position("op-over", position_id="old", person="zhou", valid_until=until)
    ban = Ban(ban_id="ban1", text="检测报告", until=until, set_by="zhou", set_at=now)
    asked = PositionRequest(
        case_id="case1042", matter="蛋糕", asked_by="chen", asked_at=now, due_at=until
    )
    return Guidance(
        positions=(
            Position(
                position_id="cake",
                content=content_of_position(held),
                written=held,
                written_at=now,
                status="in_force",
                approved_by="lin",
                approved_at=now,
            ),
            Position(
                position_id="lift",
                content=content_of_position(drafted),
                written=drafted,
                written_at=now,
            ),
            Position(
                position_id="old",
                content=content_of_position(over),
                written=over,
                written_at=now,
                status="ended",
                ended_reason="expired",
            ),
        ),
        bans=(ban,),
        requests=(asked,),
    )


def _entries(now: datetime) -> tuple[Entry, ...]:
    parking = an_entry(person="zhou", answer="每小时五元。", valid_until=now + timedelta(days=30))
    lift = an_entry(person="chen", entry_id="lift", matter="电梯", question="电梯", source="#1041")
    old = an_entry(person="chen", entry_id="old", matter="充电桩", question="充电桩在哪")

    def version(said: EntryWritten) -> Version:
        return Version(written=said, content=content_of_entry(said), written_at=now)

    return (
        Entry(entry_id="parking", approved=version(parking), approved_by="lin", approved_at=now),
        Entry(entry_id="lift", proposed=version(lift), case_id="case1041"),
        Entry(
            entry_id="old",
            approved=version(old),
            expired_at=now,
            expired_by="lin",
            expired_reason="拆除了",
        ),
    )


def a_plan(now: datetime) -> Plan:
    """Return a post that is to go out tomorrow."""
    return Plan(
        plan_id="plan1",
        account_id="plaza",
        text="周末亲子活动明天上午十点开始，欢迎大家。",
        publish_at=now + timedelta(days=1),
        written_by="chen",
        written_at=now,
    )
