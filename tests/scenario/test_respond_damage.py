"""Damage is noticed and mended where it can be, and never keeps a process from ending."""

from services.respond.core.decisions import CHAIN_START, chain
from services.respond.shell.registrar import Registrar
from shared.contracts.ids import token
from shared.contracts.org import PolicyActivated
from tests.fakes.respond_house import House, a_configuration, a_house, a_pack

WAIT_SECONDS = 4


async def handed_over(house: House) -> None:
    await house.kill("one")
    await house.clock.advance(WAIT_SECONDS)
    await house.lead("two")
    await house.clock.advance(WAIT_SECONDS)


async def test_a_damaged_working_state_is_built_anew_and_somebody_is_told() -> None:
    async with a_house() as house:
        await house.lead("one")
        case_id = await house.complaint()
        before, _ = await house.ledger()
        loaded = await house.store.load()
        assert loaded is not None
        house.store._fold.values[f"case:{case_id}"] = b'{"case_id": "' + b"\xcc" * 8
        await handed_over(house)
        assert (await house.case(case_id)).case_id == case_id
        after, newest = await house.ledger()
        assert after[: len(before)] == before
        assert chain(CHAIN_START, after) == newest
        [alarm] = house.alarms
        assert "UnreadableStateError" in alarm
        assert case_id not in alarm


async def test_being_told_to_stop_ends_a_leader_that_waits_for_a_pack() -> None:
    async with a_house() as house:
        await house.lead("one")
        missing = token("pack", "nobody", "has", "it")
        await house.put(PolicyActivated(pack="company", pack_hash=missing, activated_by="li"))
        await house.clock.advance(1)
        house.stops["one"].set()
        await house.clock.advance(1)
        assert house.tasks["one"].done()
        assert not house.tasks["one"].cancelled()


async def test_rules_that_the_object_store_has_lost_are_put_back() -> None:
    async with a_house() as house:
        await house.lead("one")
        pack = a_pack()
        house.bus._objects.clear()
        await Registrar(house.bus, house.clock, a_configuration(pack)).seed()
        assert await house.bus.get_object(pack.content_hash()) == pack.canonical()
