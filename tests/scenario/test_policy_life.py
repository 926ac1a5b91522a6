"""Rules that two people put in force hold through deaths of leaders, lost stores and new files."""

from prometheus_client.samples import Sample

from services.respond.shell.configuration import Configuration, PersonConfig
from services.respond.shell.packs import StoredPacks
from services.respond.shell.review import review
from shared.contracts.operators import ReplyDrafted
from shared.contracts.org import Role
from shared.contracts.policy import (
    PolicyApproved,
    PolicyProposed,
    PolicyRolledBack,
    PolicyShadowed,
)
from shared.policy.model import Pack, Taboo
from shared.policy.switches import Route, Switches
from tests.fakes.respond_house import ANSWER, House, a_configuration, a_house, a_pack

STRICT = a_pack(
    taboos=(Taboo(category="haste", level="block", reason="不要急着许诺", phrases=("办理",)),)
)


def two_people(pack: Pack | None = None) -> Configuration:
    known = a_configuration(pack)
    second = PersonConfig(person_id="zhao", name="赵组长", roles=(Role.LEAD,))
    return Configuration(known.accounts, (*known.people, second), known.duties, known.packs)


async def propose(house: House, rules: Pack = STRICT) -> str:
    pack_hash = await StoredPacks(house.bus).keep(rules)
    base = (await house.read.organisation()).packs["company"]
    await house.ok(
        PolicyProposed(
            op_id=house.op(),
            person_id="zhao",
            pack="company",
            pack_hash=pack_hash,
            base_hash=base,
            note="收紧",
        )
    )
    return pack_hash


async def put_in_force(house: House, rules: Pack = STRICT) -> str:
    pack_hash = await propose(house, rules)
    await house.ok(
        PolicyApproved(
            op_id=house.op(), person_id="li", pack="company", pack_hash=pack_hash, activate=True
        )
    )
    return pack_hash


async def in_force(house: House) -> str:
    return (await house.read.organisation()).packs["company"]


async def test_a_new_leader_does_not_put_the_files_back() -> None:
    async with a_house(two_people()) as house:
        await house.lead("one")
        strict = await put_in_force(house)
        await house.kill("one")
        await house.clock.advance(4)
        await house.lead("two")
        await house.clock.advance(30)
        assert await in_force(house) == strict


async def test_a_lost_store_is_rebuilt_to_the_rules_that_held() -> None:
    async with a_house(two_people()) as house:
        await house.lead("one")
        strict = await put_in_force(house)
        register = await house.read.policies()
        await house.kill("one")
        await house.store.reset((await house.read.organisation()).term)
        await house.clock.advance(4)
        await house.lead("two")
        await house.clock.advance(30)
        assert await in_force(house) == strict
        assert await house.read.policies() == register


async def test_new_files_are_noted_once_and_hold_after_a_roll_back() -> None:
    async with a_house(two_people()) as house:
        await house.lead("one")
        strict = await put_in_force(house)
        await house.kill("one")
        house.configuration = two_people(a_pack(undo_seconds=20))
        await house.clock.advance(4)
        await house.lead("two")
        await house.clock.advance(30)
        noted = (await house.read.policies()).configured["company"]
        assert (await in_force(house), len(await house.facts("policy.activated"))) == (strict, 2)
        back = PolicyRolledBack(
            op_id=house.op(),
            person_id="wang",
            pack="company",
            pack_hash=strict,
            to_hash=noted,
            reason="误拦",
        )
        await house.ok(back)
        assert await in_force(house) == noted


async def test_a_review_names_the_cases_that_would_move_and_they_do() -> None:
    async with a_house(two_people()) as house:
        await house.lead()
        case_id = await house.complaint()
        routes = (Route(label="complaint", queue="售后"),)
        moved = STRICT.model_copy(update={"switches": Switches(routes=routes)})
        pack_hash = await propose(house, moved)
        found = await review(
            house.read, StoredPacks(house.bus), "company", pack_hash, house.clock.now()
        )
        assert found is not None
        assert [(each.case_id, each.to_queue) for each in found.moves] == [(case_id, "售后")]
        await put_in_force(house, moved)
        assert (await house.case(case_id)).flow.queue == "售后"


async def test_a_review_looks_at_every_open_case_of_these_rules() -> None:
    async with a_house(two_people()) as house:
        await house.lead()
        case_id = await house.complaint()
        draft = ReplyDrafted(
            op_id=house.op(), person_id="wang", case_id=case_id, base_revision=0, text=ANSWER
        )
        await house.ok(draft)
        pack_hash = await propose(house)
        found = await review(
            house.read, StoredPacks(house.bus), "company", pack_hash, house.clock.now()
        )
        assert found is not None
        assert [each.case_id for each in found.texts] == [case_id]
        assert found.left_out == 0
        await put_in_force(house)
        looser = await propose(house, STRICT.model_copy(update={"undo_seconds": 99}))
        again = await review(
            house.read, StoredPacks(house.bus), "company", looser, house.clock.now()
        )
        assert again is not None
        assert again.texts == ()
        other = await review(
            house.read, StoredPacks(house.bus), "hotel", pack_hash, house.clock.now()
        )
        assert other is not None
        assert (other.texts, other.in_force) == ((), "")
        assert (
            await review(
                house.read, StoredPacks(house.bus), "company", "0" * 64, house.clock.now()
            )
            is None
        )


async def test_a_body_that_is_no_pack_is_none() -> None:
    async with a_house(two_people()) as house:
        shelf = StoredPacks(house.bus)
        wrong = await house.bus.put_object(b"{}")
        assert await shelf.pack(wrong) is None
        kept = [await shelf.keep(a_pack(undo_seconds=each)) for each in range(40)]
        for each in kept:
            assert await shelf.pack(each) is not None


async def test_a_shadow_run_goes_on_where_the_last_leader_died_and_is_published() -> None:
    async with a_house(two_people()) as house:
        await house.lead("one")
        pack_hash = await propose(house, a_pack(case_labels=()))
        await house.ok(
            PolicyShadowed(
                op_id=house.op(),
                person_id="zhao",
                pack="company",
                pack_hash=pack_hash,
                running=True,
            )
        )
        await house.complaint(1)
        await house.kill("one")
        await house.clock.advance(4)
        await house.lead("two")
        await house.complaint(2)
        run = await house.read.shadow("company")
        assert run is not None
        assert (run.items, run.counts) == (2, {"case": 2})
        shown = {(each.name, each.labels.get("what")): each.value for each in samples(house)}
        assert shown["zhishou_shadow_looked", "items"] == 2
        assert shown["zhishou_shadow_differences", "case"] == 2
        await house.store.reset((await house.read.organisation()).term)
        await house.kill("two")
        await house.clock.advance(4)
        await house.lead("three")
        await house.clock.advance(30)
        assert await house.read.shadow("company") == run


def samples(house: House) -> list[Sample]:
    return [each for family in house.metrics.registry.collect() for each in family.samples]
