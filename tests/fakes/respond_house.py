"""A whole respond service in one process on a virtual clock: log, store, platform, pager, people."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from services.respond.core.aggregates import Case, Effect
from services.respond.ports import QueueFilter
from services.respond.shell.actions import BusActions
from services.respond.shell.configuration import Configuration, PersonConfig
from services.respond.shell.effect_log import EffectLog
from services.respond.shell.executor import Carrier
from services.respond.shell.leader import Leader
from services.respond.shell.office import Office
from services.respond.shell.read_model import StoreReadModel
from services.respond.shell.registrar import Registrar
from services.respond.shell.reign import World
from services.respond.shell.removal_carrier import RemovalCarrier
from services.respond.shell.removal_port import Hand, RemovalPort
from services.respond.shell.reply_carrier import ReplyCarrier
from services.respond.shell.send_port import SendPort, Voice
from services.respond.shell.snapshot_keeper import Rhythm, SnapshotKeeper
from services.respond.shell.standing import Standing
from services.respond.shell.telemetry import Telemetry
from shared.bus.port import outgoing
from shared.contracts.facts import Fact, OperatorFact, decode
from shared.contracts.items import (
    Author,
    ItemClassified,
    ItemKind,
    ItemReceived,
    Thread,
)
from shared.contracts.operators import (
    CaseClaimed,
    Outcome,
    ReplyApproved,
    ReplyDrafted,
    ReplySubmitted,
)
from shared.contracts.org import Contact, Duty, Role
from shared.contracts.system import DecisionsRecorded
from shared.contracts.verdicts import Label, Verdict
from shared.observability.metrics import Metrics
from shared.policy.model import Channel, ClockRule, Pack, Taboo
from shared.policy.suggesting import ReplyTemplate
from shared.runtime.accounts import AccountConfig
from tests.fakes.builders import classified
from tests.fakes.clock import FakeClock
from tests.fakes.gated_bus import GatedBus
from tests.fakes.pager import FakePager
from tests.fakes.remover import FakeRemover
from tests.fakes.speaker import FakeSpeaker
from tests.fakes.unsteady_store import UnsteadyStore

ACCOUNT = "acct-mall"
PROMISED = "三个工作日内原路退回"
ANSWER = f"您好,退款今天下午已经为您办理,{PROMISED},请留意。"


def a_pack(**changes: object) -> Pack:
    values: dict[str, object] = {
        "name": "company",
        "clocks": (ClockRule(acknowledge_minutes=2, first_reply_minutes=5),),
        "channels": {"weibo": Channel(limit_units=140)},
        "taboos": (
            Taboo(
                category="refusal", level="block", reason="推诿", phrases=("无可奉告", "不知道")
            ),
        ),
        "templates": (
            ReplyTemplate(
                id="t1",
                labels=(Label.COMPLAINT,),
                situation="complaint",
                text="您好,您反映的问题我们已经记录,马上核实。",
                approved_by="lead",
            ),
        ),
        "not_after_minutes": 30,
    }
    return Pack.model_validate(values | changes)


def a_configuration(pack: Pack | None = None, *, live: bool = False) -> Configuration:
    account = AccountConfig(
        account_id=ACCOUNT,
        platform="weibo",
        native_id="7001",
        name="锦绣清城购物广场",
        endpoint="http://127.0.0.1:1",
        live=live,
    )
    people = (
        PersonConfig(person_id="wang", name="小王", roles=(Role.OPERATOR,)),
        PersonConfig(person_id="li", name="李组长", roles=(Role.LEAD,)),
    )
    duty = Duty(
        person_id="li",
        start=datetime(2020, 1, 1, tzinfo=UTC),
        end=datetime(2100, 1, 1, tzinfo=UTC),
        contacts=(Contact(channel="fake", address_ref="li-phone"),),
    )
    return Configuration((account,), people, (duty,), (pack or a_pack(),))


class House:
    """One installation. `lead` starts a candidate, `kill` ends one without any goodbye."""

    def __init__(self, group: asyncio.TaskGroup, configuration: Configuration) -> None:
        self._group = group
        self.configuration = configuration
        self.clock = FakeClock()
        self.bus = GatedBus(self.clock)
        self.store = UnsteadyStore(self.clock)
        self.speaker = FakeSpeaker(self.clock)
        self.remover = FakeRemover()
        self.pager = FakePager()
        self.metrics = Metrics()
        self.alarms: list[str] = []
        self.rhythm = Rhythm()
        self.tasks: dict[str, asyncio.Task[None]] = {}
        self.stops: dict[str, asyncio.Event] = {}
        self.actions = BusActions(self.bus, self.store)
        self.read = StoreReadModel(self.store, self.store, self.bus)
        self._operations = 0

    async def lead(self, holder: str = "one") -> str:
        """Start a candidate, let it settle and return its name."""
        stop = self.stops[holder] = asyncio.Event()
        candidate = self.candidate(holder)
        self.tasks[holder] = self._group.create_task(candidate.run(stop), name=holder)
        await self.clock.settle()
        await self.clock.settle()
        return holder

    def candidate(self, holder: str) -> Leader:
        telemetry = Telemetry(self.metrics, self._alarm)
        world = World(
            bus=self.bus,
            store=self.store,
            clock=self.clock,
            carriers=self.carriers,
            registrar=Registrar(self.bus, self.clock, self.configuration),
            telemetry=telemetry,
            snapshots=SnapshotKeeper(self.bus, self.clock, self.rhythm, telemetry),
        )
        return Leader(world, self.store, holder=holder, lease_seconds=3.0)

    def carriers(
        self, standing: Standing, office: Office, effects: EffectLog
    ) -> dict[str, Carrier]:
        voices = {ACCOUNT: Voice(self.speaker, live=False)}
        port = SendPort(voices, office, standing, deadline_seconds=10.0)
        hands = {ACCOUNT: Hand(self.remover, live=False)}
        removing = RemovalPort(hands, office, standing, 10.0)
        return {
            "remove": RemovalCarrier(removing, effects, self.clock, office, standing),
            "send_reply": ReplyCarrier(port, effects, self.clock, office, standing),
            "page": self.pager.carrier(standing, office, effects, self.clock),
        }

    async def _alarm(self, reason: str) -> None:
        self.alarms.append(reason)

    async def kill(self, holder: str) -> None:
        """End it as kill -9 does: nothing is released, nothing is finished."""
        self.tasks[holder].cancel()
        await self.clock.settle()

    async def put(self, *facts: Fact) -> None:
        await self.bus.publish([outgoing(each) for each in facts])
        await self.clock.settle()

    async def complaint_arrives(self, number: int) -> None:
        item = a_comment(number, self.clock.now())
        await self.put(item, a_verdict(item))

    async def complaint(self, number: int = 1) -> str:
        """Let a complaint arrive with its verdict; return the case's id."""
        item = a_comment(number, self.clock.now())
        await self.put(item, a_verdict(item))
        rows, _ = await self.read.queue(QueueFilter(), offset=0, limit=100)
        return next(row.case.case_id for row in rows if row.case.items[-1].item_id == item.item_id)

    def op(self) -> str:
        self._operations += 1
        return f"op-{self._operations}"

    async def act(self, fact: OperatorFact) -> Outcome:
        outcome = await self.actions.perform(fact)
        assert outcome is not None
        return outcome

    async def ok(self, fact: OperatorFact) -> None:
        outcome = await self.act(fact)
        assert outcome.accepted, outcome

    async def approve(self, case_id: str, text: str = ANSWER) -> None:
        """Claim, draft, submit, approve with what the answer promises, and ask to send."""
        await self.ok(CaseClaimed(op_id=self.op(), person_id="wang", case_id=case_id))
        drafted = ReplyDrafted(
            op_id=self.op(), person_id="wang", case_id=case_id, base_revision=0, text=text
        )
        await self.ok(drafted)
        await self.ok(
            ReplySubmitted(op_id=self.op(), person_id="wang", case_id=case_id, revision=1)
        )
        approval = ReplyApproved(
            op_id=self.op(),
            person_id="li",
            case_id=case_id,
            revision=1,
            send=True,
            promises=(PROMISED,),
        )
        await self.ok(approval)

    async def case(self, case_id: str) -> Case:
        case = await self.read.case(case_id)
        assert case is not None
        return case

    async def effects(self) -> list[Effect]:
        loaded = await self.store.load()
        assert loaded is not None
        return [
            Effect.model_validate_json(value)
            for key, value in loaded.values.items()
            if key.startswith("effect:")
        ]

    async def facts(self, kind: str) -> list[Fact]:
        end = (await self.bus.state()).last_seq
        found = [each for each in await self.bus.read(1, end) if f".{kind}" in each.subject]
        return [decode(each.data) for each in found]

    async def ledger(self) -> tuple[list[str], str]:
        """Return all recorded lines and the newest chain."""
        records = [
            each
            for each in await self.facts("decisions.recorded")
            if isinstance(each, DecisionsRecorded)
        ]
        lines = [line for each in records for line in each.spelt]
        return lines, records[-1].chain if records else ""


@asynccontextmanager
async def a_house(configuration: Configuration | None = None) -> AsyncIterator[House]:
    """Yield a house; every candidate that still runs is killed at the end."""
    async with asyncio.TaskGroup() as group:
        house = House(group, configuration or a_configuration())
        yield house
        for task in house.tasks.values():
            task.cancel()


def a_comment(number: int, at: datetime) -> ItemReceived:
    return ItemReceived(
        platform="weibo",
        account_id=ACCOUNT,
        item_id=f"item-{number}",
        item_version="v1",
        item_kind=ItemKind.COMMENT,
        native_id=f"55{number:04}",
        author=Author(author_id=f"author-{number}", name="路人"),
        thread=Thread(post_id="9001"),
        text=f"第{number}次来投诉,买的东西坏了,退款一直没有到账",
        published_at=at,
        source="poll",
    )


def a_verdict(item: ItemReceived, model: str = "m1") -> ItemClassified:
    verdict = Verdict.of(
        {Label.COMPLAINT: 0.95}, decided=(Label.COMPLAINT,), anger=40, model=model
    )
    return classified(item.item_id, item.item_version, verdict)
