"""A house whose pack names posts: who holds them, who is on duty, and a console in front of its fold."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from services.respond.console.app import build_console
from services.respond.console.settings import ConsoleSettings
from services.respond.shell.configuration import Configuration, PersonConfig
from services.respond.shell.gate_view import PackGateView
from services.respond.shell.log_stream import LogStream
from services.respond.shell.packs import StoredPacks
from shared.contracts.org import Contact, Duty, Role
from shared.policy.switches import Route, Switches
from shared.store.memory_store import MemoryStore
from tests.fakes.browser import Door, on_loopback
from tests.fakes.explaining import AnExplainer
from tests.fakes.read_model import House as Spare
from tests.fakes.respond_house import House, a_configuration, a_pack

PLAIN = "您好，您反映的事情已经登记，正在核实。"
"""A reply that promises nothing."""
SWITCHES = Switches(
    rumour_policy="report_up",
    rumour_to="总公司综合管理部",
    routes=(Route(label="complaint", queue="客服", second_person=True),),
    approval_chain=("部门负责人", "保密员"),
    ask_minutes=60,
)


def switched() -> Configuration:
    standing = a_configuration(a_pack(switches=SWITCHES))
    duty = (standing.duties or ())[0]
    people = (
        PersonConfig(person_id="wang", name="小王", roles=(Role.OPERATOR,)),
        PersonConfig(
            person_id="li", name="李组长", roles=(Role.LEAD,), departments=("部门负责人",)
        ),
        PersonConfig(
            person_id="zhao", name="赵敏", roles=(Role.REVIEWER,), departments=("保密员",)
        ),
        PersonConfig(
            person_id="zong", name="综管", roles=(Role.LEAD,), departments=("总公司综合管理部",)
        ),
    )
    second = Duty(
        person_id="zong",
        start=duty.start,
        end=duty.end,
        contacts=(Contact(channel="fake", address_ref="zong-phone"),),
    )
    return Configuration(standing.accounts, people, (duty, second), standing.packs)


@asynccontextmanager
async def a_desk(house: House) -> AsyncIterator[Door]:
    """Serve the console on this very house; what has nothing to do with cases is a spare one's."""
    spare, records = Spare(house.clock), MemoryStore(house.clock)
    app = build_console(
        read=house.read,
        actions=house.actions,
        gate=PackGateView(house.read, StoredPacks(house.bus), house.clock),
        packs=StoredPacks(house.bus),
        rehearsal=spare,
        stream=LogStream(house.bus, house.read),
        credentials=spare,
        explainer=AnExplainer(),
        records=records,
        clock=house.clock,
        settings=ConsoleSettings(),
    )
    async with on_loopback(app) as address:
        yield Door(address, records)
