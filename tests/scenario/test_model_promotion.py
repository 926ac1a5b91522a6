"""What two people decided about the model reaches classify by the log, through deaths of leaders."""

import pytest

from services.respond.shell.configuration import Configuration, PersonConfig
from shared.contracts.operators import ModelApproved, ModelProposed, ModelRolledBack
from shared.contracts.org import ModelActivated, Role
from shared.contracts.system import ModelChosen
from tests.fakes.respond_house import House, a_configuration, a_house

BUNDLE = "b" * 64


def two_leads() -> Configuration:
    known = a_configuration()
    second = PersonConfig(person_id="zhao", name="赵组长", roles=(Role.LEAD,))
    return Configuration(known.accounts, (*known.people, second), known.duties, known.packs)


async def in_office(house: House, model: str = "m2", bundle: str = BUNDLE) -> None:
    proposed = ModelProposed(
        op_id=house.op(), person_id="zhao", model_id=model, bundle=bundle, note="更准"
    )
    await house.ok(proposed)
    await house.ok(ModelApproved(op_id=house.op(), person_id="li", model_id=model, bundle=bundle))
    await house.clock.settle()


async def choices(house: House) -> list[tuple[str, str]]:
    found = await house.facts("model.chosen")
    return [(each.model_id, each.bundle) for each in found if isinstance(each, ModelChosen)]


async def test_a_choice_is_told_once_and_taken_back_it_is_told_again() -> None:
    async with a_house(two_leads()) as house:
        await house.lead()
        await house.put(ModelActivated(model="m1", activated_by="classify"))
        assert await choices(house) == []
        await in_office(house)
        assert await choices(house) == [("m2", BUNDLE)]
        back = ModelRolledBack(op_id=house.op(), person_id="wang", model_id="m2", reason="误判")
        await house.ok(back)
        await house.clock.settle()
        assert await choices(house) == [("m2", BUNDLE), ("", "")]
        assert (await house.read.organisation()).model == "m1"


@pytest.mark.parametrize("gate", ["hold_before", "hold_after"])
async def test_the_next_leader_tells_what_the_last_did_not_live_to_tell(gate: str) -> None:
    async with a_house(two_leads()) as house:
        await house.lead("one")
        await house.put(ModelActivated(model="m1", activated_by="classify"))
        setattr(house.bus, gate, "model.chosen")
        await in_office(house)
        assert house.bus.held.is_set()
        await house.kill("one")
        house.bus.release()
        await house.clock.advance(4)
        await house.lead("two")
        await house.clock.advance(30)
        assert await choices(house) == [("m2", BUNDLE)]


async def test_a_store_that_is_lost_is_rebuilt_without_telling_old_choices_again() -> None:
    async with a_house(two_leads()) as house:
        await house.lead("one")
        await house.put(ModelActivated(model="m1", activated_by="classify"))
        await in_office(house, "m2")
        await in_office(house, "m3", "c" * 64)
        told = await choices(house)
        await house.kill("one")
        await house.store.reset((await house.read.organisation()).term)
        await house.clock.advance(4)
        await house.lead("two")
        await house.clock.advance(30)
        assert (await house.read.organisation()).model == "m3"
        assert await choices(house) == told
