"""What could not be folded is passed over everywhere, until a person releases it at a later place."""

from collections.abc import Sequence
from pathlib import Path

from services.cli.replay.engine import replay
from services.respond.core.decisions import CHAIN_START, chain
from shared.bus.port import Message, outgoing
from shared.contracts.facts import Fact, Stored, UndecodableError, decode
from shared.contracts.items import ItemClassified
from shared.contracts.org import PolicyActivated
from shared.contracts.system import FactQuarantined, FactReleased
from shared.testing.recording import write_recording
from tests.fakes.respond_house import House, a_comment, a_house, a_verdict


def a_release(seq: int, part: int | None = None) -> FactReleased:
    return FactReleased(seq=seq, part=part, released_by="li", op_id=f"op-{seq}-{part}")


async def published(house: House, *facts: Fact) -> int:
    """Append the facts and return the sequence of the last."""
    acks = await house.bus.publish([outgoing(each) for each in facts])
    return acks[-1].seq


async def quarantined(house: House, fact: Fact, part: int | None = None) -> int:
    """Let the log hold a fact on which an earlier leader broke down."""
    seq = await published(house, fact)
    await published(house, FactQuarantined(seq=seq, part=part, where="respond", error="x"))
    return seq


async def counts(house: House) -> tuple[int, int]:
    organisation = await house.read.organisation()
    return organisation.items_received, organisation.items_classified


async def test_a_released_fact_is_folded_where_it_was_released() -> None:
    async with a_house() as house:
        item = a_comment(1, house.clock.now())
        seq = await quarantined(house, item)
        await house.lead("one")
        assert await counts(house) == (0, 0)
        await house.put(a_release(seq))
        await house.put(a_verdict(item))
        assert await counts(house) == (1, 1)


async def test_one_verdict_of_a_batch_is_released_alone() -> None:
    async with a_house() as house:
        items = [a_comment(number, house.clock.now()) for number in (1, 2)]
        verdicts = [next(iter(a_verdict(each).verdicts)) for each in items]
        batch = ItemClassified.of(
            [(each.item_id, each.item_version) for each in verdicts], verdicts
        )
        await published(house, *items)
        seq = await quarantined(house, batch, part=1)
        await house.lead("one")
        assert await counts(house) == (2, 1)
        await house.put(a_release(seq, part=1))
        assert await counts(house) == (2, 2)
        await house.put(a_release(seq, part=7))
        assert len(await house.facts("fact.quarantined")) == 2


async def test_a_rebuild_and_a_replay_decide_the_same(tmp_path: Path) -> None:
    async with a_house() as house:
        item = a_comment(1, house.clock.now())
        seq = await quarantined(house, item)
        await house.lead("one")
        await house.put(a_release(seq))
        await house.put(a_verdict(item))
        before, _ = await house.ledger()
        await house.kill("one")
        await house.store.reset((await house.read.organisation()).term)
        await house.clock.advance(4)
        await house.lead("two")
        after, newest = await house.ledger()
        assert after[: len(before)] == before
        assert chain(CHAIN_START, after) == newest
        stored = facts(await house.bus.read(1, (await house.bus.state()).last_seq))
        packs = [
            await house.bus.get_object(each.fact.pack_hash)
            for each in stored
            if isinstance(each.fact, PolicyActivated)
        ]
        recording = tmp_path / "log.jsonl"
        write_recording(recording, stored, [each for each in packs if each])
        report = replay(recording)
        assert report.reproduced
        assert report.items == 1


def facts(messages: Sequence[Message]) -> list[Stored]:
    found = []
    for each in messages:
        try:
            found.append(Stored(each.seq, each.time, decode(each.data)))
        except UndecodableError:
            continue
    return found


async def test_what_is_gone_cannot_be_released_and_says_so() -> None:
    async with a_house() as house:
        await house.lead("one")
        await house.put(a_release(9_999))
        [fact] = await house.facts("fact.quarantined")
        assert isinstance(fact, FactQuarantined)
        assert fact.error == "OriginalGoneError"
