"""A house without servers: reads from memory, and folds wishes the simple way, one by one."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

from services.respond.core.aggregates import (
    Account,
    Case,
    Claim,
    Cluster,
    Effect,
    GateFinding,
    HistoryEntry,
    ModelRegister,
    Organisation,
    Page,
    Person,
    Post,
)
from services.respond.core.operators import CaseOperation, HouseOperation
from services.respond.core.rates import Rate
from services.respond.ports import Committed, GateAnswer, Health, QueueFilter, QueueRow
from services.respond.shell.gate_view import shown
from shared.contracts import operators as ops
from shared.contracts.facts import OperatorFact
from shared.contracts.incidents import IncidentFact
from shared.contracts.operators import Outcome, Slot
from shared.contracts.policy import PolicyFact
from shared.contracts.system import Receipt
from shared.errors import TransientError
from shared.policy.gate.findings import Unknown
from shared.policy.model import NO_PACK
from shared.runtime.clock import Clock
from tests.fakes import console_samples as samples
from tests.fakes.flows import Recorded
from tests.fakes.library import Library, library
from tests.fakes.replies import TABOO, on_words
from tests.fakes.rules_house import RulesHouse
from tests.fakes.stream import Stream

PASSWORD = "correct horse battery"  # noqa: S105  the tests' own


class House(Library, Stream, RulesHouse):
    """ReadModel, Actions, GateView and Credentials at once; `log` holds what was asked."""

    def __init__(self, clock: Clock) -> None:
        now = clock.now()
        self._clock = clock
        self.cases = {each.case_id: each for each in samples.cases(now)}
        self.alarms = {"page1": samples.page(now)}
        self.shop: Account = samples.account(now)
        self.posts = {("plaza", "p1"): samples.post(now)}
        self.staff = {row[0]: samples.person(*row) for row in samples.PEOPLE}
        self.house: Organisation = samples.organisation(now)
        self.register = samples.models(now)
        self.said, self.known, self.books = library(now)
        self.shares = [Rate("complaint", 84, 210, 900, 7200, odd=True)]
        self.outcomes: dict[str, Outcome] = {}
        self.log: list[OperatorFact] = []
        self.unchecked: tuple[Unknown, ...] = ()
        self.undecided = self.away = self.unreadable = False
        self.seq = 9000
        self.shelve_rules(now)
        self._readers: set[asyncio.Queue[Committed]] = set()

    async def queue(
        self, where: QueueFilter, *, offset: int, limit: int
    ) -> tuple[Sequence[QueueRow], int]:
        rows = [
            QueueRow(case=each, due=each.clocks[0].due_at if each.clocks else None)
            for each in self.cases.values()
            if (each.status == "resolved") == where.resolved and self._fits(each, where)
        ]
        rows.sort(key=lambda row: row.due.timestamp() if row.due else float("inf"))
        return rows[offset : offset + limit], len(rows)

    @staticmethod
    def _fits(case: Case, where: QueueFilter) -> bool:
        owners = {where.owner_id, None} if where.mine_or_free else {where.owner_id}
        return (
            where.account_id in {None, case.account_id}
            and (where.label is None or where.label in case.labels)
            and where.queue in {None, case.flow.queue}
            and where.cluster_id in {None, case.cluster_id}
            and not (where.asking and not case.flow.open_asks)
            and (where.owner_id is None or case.owner_id in owners)
        )

    async def case(self, case_id: str) -> Case | None:
        return self.cases.get(case_id)

    async def claim(self, claim_id: str) -> Claim | None:
        return samples.a_claim(claim_id, self._clock.now())

    async def clusters(self, cluster_ids: Sequence[str]) -> Mapping[str, Cluster]:
        return {each: samples.a_cluster(each, self._clock.now()) for each in cluster_ids}

    async def effect(self, effect_id: str) -> Effect | None:
        return samples.an_effect(effect_id, self._clock.now()) if effect_id == "effect1" else None

    async def page(self, page_id: str) -> Page | None:
        return self.alarms.get(page_id)

    async def pages(self) -> Sequence[Page]:
        return [each for each in self.alarms.values() if each.acknowledged_at is None]

    async def open_pages(self, limit: int) -> tuple[Sequence[Page], int]:
        found = await self.pages()
        return found[:limit], len(found)

    async def post(self, account_id: str, post_id: str) -> Post | None:
        return self.posts.get((account_id, post_id))

    async def accounts(self) -> Sequence[Account]:
        return [self.shop]

    async def people(self) -> Sequence[Person]:
        return list(self.staff.values())

    async def person(self, person_id: str) -> Person | None:
        return self.staff.get(person_id)

    async def organisation(self) -> Organisation:
        if self.unreadable:
            raise TransientError("the store is away")
        return self.house

    async def models(self) -> ModelRegister:
        return self.register

    async def rates(self) -> Sequence[Rate]:
        return self.shares

    async def outcome(self, op_id: str) -> Outcome | None:
        return self.outcomes.get(op_id)

    async def health(self) -> Health:
        return Health(
            leader=True,
            term=41,
            cursor_seq=self.seq,
            stream_seq=self.seq,
            newest_fact_at=self._clock.now() - timedelta(seconds=2),
        )

    @asynccontextmanager
    async def changes(self) -> AsyncIterator[AsyncIterator[Committed]]:
        queue: asyncio.Queue[Committed] = asyncio.Queue()

        async def commits() -> AsyncGenerator[Committed, None]:
            while True:
                yield await queue.get()

        self._readers.add(queue)
        try:
            yield commits()
        finally:
            self._readers.discard(queue)

    def commit(self, *keys: str) -> None:
        self.seq += 1
        for queue in self._readers:
            queue.put_nowait(Committed(seq=self.seq, keys=keys))

    async def verify(self, person_id: str, password: str) -> bool:
        return person_id in self.staff and password == PASSWORD

    async def check(
        self,
        case_id: str,  # noqa: ARG002  the port
        text: str,
        slot: Slot = "answer",  # noqa: ARG002  the port
        role: str = "",  # noqa: ARG002  the port
    ) -> GateAnswer:
        at = text.find(TABOO)
        found = () if at < 0 else (self._finding(at),)
        level = found[0].level if found else "pass"
        says = tuple(shown(text, NO_PACK, self._clock.now()))
        units = float(len(text))
        return GateAnswer(
            level=level,
            findings=found,
            units=units,
            limit=140.0,
            promises=says,
            unknown=self.unchecked,
        )

    @staticmethod
    def _finding(at: int) -> GateFinding:
        return GateFinding(
            category="taboo",
            level="block",
            start=at,
            end=at + len(TABOO),
            rules=("tone-3",),
            reason="推卸责任的话会激怒来言的人。",
            suggestion="我们会负责到底",
        )

    async def perform(self, fact: OperatorFact, *, wait_seconds: float = 3.0) -> Outcome | None:
        assert wait_seconds > 0
        if self.away:
            raise TransientError("the log is away")
        if fact.op_id in self.outcomes:
            return self.outcomes[fact.op_id]
        self.log.append(fact)
        if self.undecided:
            return None
        outcome = self._decide(fact)
        self.outcomes[fact.op_id] = outcome
        return outcome

    def _decide(self, fact: OperatorFact) -> Outcome:
        if isinstance(fact, PolicyFact | IncidentFact):
            return self.on_rules(fact)
        code = self._fold(fact)
        return Outcome(op_id=fact.op_id, accepted=code == "ok", code=code)

    def _fold(self, fact: HouseOperation | CaseOperation) -> str:
        if isinstance(fact, ops.PageAcknowledged):
            taken = {
                "acknowledged_at": self._clock.now(),
                "acknowledged_by": fact.person_id,
            }
            self.alarms[fact.page_id] = self.alarms[fact.page_id].model_copy(update=taken)
            self.commit(f"page:{fact.page_id}")
            return "ok"
        if isinstance(fact, ops.ModeChanged):
            self.shop = self.shop.model_copy(update={"mode": fact.mode})
        elif isinstance(fact, ops.OutgoingPaused):
            self.house = self.house.model_copy(update={"paused": fact.paused})
        if isinstance(fact, HouseOperation):
            self.commit("account:plaza", "organisation:self", "models:self")
            return "ok"
        case = self.cases.get(fact.case_id)
        told = "ok" if isinstance(fact, Recorded) else ""
        return "not_found" if case is None else told or self._on_case(case, fact)

    def _on_case(self, case: Case, fact: OperatorFact) -> str:
        changed: dict[str, object] = {}
        match fact:
            case ops.CaseClaimed() if case.owner_id is None or fact.take_over:
                changed = {"owner_id": fact.person_id, "status": "claimed"}
            case ops.CaseClaimed():
                return "claimed_by_other"
            case ops.CaseReleased():
                changed = {"owner_id": None, "status": "open"}
            case ops.CaseResolved():
                changed = {"status": "resolved"}
            case ops.CaseReopened():
                changed = {"status": "open", "reopened": case.reopened + 1}
            case _:
                found = on_words(case, fact, self._clock.now())
                if isinstance(found, str):
                    return found
                changed = found
        what = fact.kind.removeprefix("operator.")
        entry = HistoryEntry(at=self._clock.now(), what=what, person_id=fact.person_id)
        self.cases[case.case_id] = case.model_copy(
            update={**changed, "history": (*case.history, entry)}
        )
        self.commit(case.key)
        return "ok"

    def arrive(self, case_id: str, slot: str = "answer") -> None:
        """The reply left and the platform said so."""
        case, receipt = self.cases[case_id], Receipt(native_id="7700123")
        sent = {"status": "sent", "sent_at": self._clock.now(), "receipt": receipt}
        replies = tuple(
            each.model_copy(update=sent) if each.slot == slot else each for each in case.replies
        )
        self.cases[case_id] = case.model_copy(update={"replies": replies})
        self.commit(case.key)
