"""Hand-over and rebuild on real servers: an emptied Valkey, a killed leader, a purged log."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from secrets import token_bytes

import pytest
import redis.asyncio
from pydantic_core import from_json

from services.archive.shell.sealer import Sealer
from services.archive.shell.segments import Segments
from services.cli.app import run
from services.cli.errors import guarded
from services.respond.core.decisions import CHAIN_START, chain
from services.respond.core.fold import fold
from services.respond.core.state import State
from services.respond.shell.snapshot_keeper import Rhythm
from services.respond.shell.snapshots import read_register
from services.respond.shell.standing import CHAIN, encode_all
from shared.bus.floor import raise_floor
from shared.bus.port import Bus, Message, outgoing
from shared.contracts.facts import Stored, decode
from shared.contracts.subjects import PURGED_FIRST, PURGED_LATER
from shared.observability.metrics import Metric
from shared.store.port import Loaded
from tests.fakes.leading import Leading
from tests.fakes.nats_server import NatsServer, spoil_object
from tests.fakes.respond_house import a_comment, a_configuration, a_verdict
from tests.fakes.valkey_server import ValkeyServer
from tests.fakes.waiting import until

pytestmark = [pytest.mark.servers, pytest.mark.timeout(120)]
ROUND = 300
ITEMS = 3 * ROUND + 50


async def arrive(bus: Bus, numbers: range, at: datetime) -> None:
    for number in numbers:
        item = a_comment(number, at)
        await bus.publish([outgoing(item), outgoing(a_verdict(item))])


async def emptied(valkey: ValkeyServer) -> None:
    client = redis.asyncio.Redis.from_url(valkey.url)
    await client.flushall()
    await client.aclose()


async def purge(bus: Bus, seen: dict[int, Message]) -> int:
    """Take from the log what no rebuild needs, keeping a copy of what there was."""
    log = await bus.state()
    seen |= {each.seq: each for each in await bus.read(1, log.last_seq)}
    upto = await raise_floor(bus, log.incarnation, log.last_seq, ["respond"])
    for subject in (*PURGED_FIRST, *PURGED_LATER):
        await bus.purge(subject, upto)
    return upto


def undisturbed(messages: Sequence[Message]) -> tuple[State, str]:
    """Fold all facts of the run in one go: what a leader that never died would know."""
    pack = a_configuration().packs[0]
    stored = [Stored(each.seq, each.time, decode(each.data)) for each in messages]
    state = State()
    folded = fold(state, stored, {pack.content_hash(): pack})
    return state, chain(CHAIN_START, folded.lines)


async def kept_snapshots(house: Leading, count: int) -> None:
    async def kept() -> bool:
        return len((await read_register(house.bus))[0].kept) >= count

    await until(kept)


def passed_over(house: Leading) -> float:
    return house.metrics.value(Metric.SNAPSHOTS, result="passed_over")


async def a_disturbed_run(nats: NatsServer, valkey: ValkeyServer) -> tuple[list[Message], Loaded]:
    """Kill leaders and empty Valkey while items come; return all facts and what then stands."""
    seen: dict[int, Message] = {}
    async with (
        Leading.on(nats.url, valkey.url, Rhythm(facts=ROUND, kept=3)) as house,
        asyncio.TaskGroup() as group,
    ):
        at = house.clock.now()
        house.lead(group, "one")
        for first in (0, ROUND):
            await arrive(house.bus, range(first, first + ROUND), at)
            await kept_snapshots(house, 1 + first // ROUND)
        coming = group.create_task(arrive(house.bus, range(2 * ROUND, 3 * ROUND), at))
        await house.kill()
        await emptied(valkey)
        assert await purge(house.bus, seen) > ROUND
        house.lead(group, "two")
        await coming
        await house.caught_up()
        assert passed_over(house) == 0
        await house.kill()
        await emptied(valkey)
        newest = (await read_register(house.bus))[0].kept[0]
        await spoil_object(nats.url, newest.objects[1])
        house.lead(group, "three")
        await arrive(house.bus, range(3 * ROUND, ITEMS), at)
        await house.caught_up()
        assert passed_over(house) == 1
        assert house.alarms == []
        await house.recorded()
        await house.kill()
        loaded = await house.store.load()
        log = await house.bus.state()
        seen |= {each.seq: each for each in await house.bus.read(1, log.last_seq)}
    assert loaded is not None
    return [seen[seq] for seq in sorted(seen) if seq <= loaded.cursor.seq], loaded


async def test_an_emptied_valkey_and_a_killed_leader_change_no_decision(
    servers: tuple[NatsServer, ValkeyServer],
) -> None:
    messages, loaded = await a_disturbed_run(*servers)
    assert [each.seq for each in messages] == list(range(1, loaded.cursor.seq + 1))
    state, digest = undisturbed(messages)
    assert loaded.values[CHAIN].decode() == digest
    expected = state.view().aggregates
    assert len([key for key in expected if key.startswith("case:")]) == ITEMS
    written, _ = encode_all(expected)
    assert read({key: loaded.values[key] for key in written}) == read(written)


def read(values: Mapping[str, bytes]) -> dict[str, object]:
    """Return what is stored, whatever the order of its fields."""
    return {key: from_json(value) for key, value in values.items()}


async def sealed(house: Leading, data_dir: Path, upto: int) -> None:
    segments = Segments(data_dir / "archive" / "segments")
    sealer = Sealer(house.bus, segments, house.clock, house.metrics, token_bytes)
    assert await sealer.seal(await house.bus.state(), [], upto, at_once=True)
    await sealer.close()


async def remade(nats: NatsServer, data_dir: Path) -> int:
    """Run the command as a person would who was woken by the alarm."""
    words = ["archive", "remake-state", "--nats-url", nats.url, "--data-dir", str(data_dir)]
    return await asyncio.to_thread(guarded, lambda: run(words, {}))


async def test_a_state_that_no_snapshot_holds_is_made_from_segments_and_log(
    servers: tuple[NatsServer, ValkeyServer], tmp_path: Path
) -> None:
    nats, valkey = servers
    seen: dict[int, Message] = {}
    async with (
        Leading.on(nats.url, valkey.url, Rhythm(facts=ROUND, kept=1)) as house,
        asyncio.TaskGroup() as group,
    ):
        house.lead(group, "one")
        await arrive(house.bus, range(ROUND), house.clock.now())
        await kept_snapshots(house, 1)
        await house.caught_up()
        await house.recorded()
        await house.kill()
        [kept] = (await read_register(house.bus))[0].kept
        await sealed(house, tmp_path / "data", kept.seq)
        before = await house.store.load()
        await purge(house.bus, seen)
        await emptied(valkey)
        await spoil_object(nats.url, kept.manifest)
        house.lead(group, "two")
        await until(lambda: bool(house.alarms))
        await house.kill()
        assert await house.store.cursor() is None
        assert await remade(nats, tmp_path / "data") == 0
        house.lead(group, "three")
        await house.caught_up()
        await house.kill()
        after = await house.store.load()
    assert before is not None
    assert after is not None
    cases = {key for key in before.values if key.startswith("case:")}
    assert len(cases) == ROUND
    found, wanted = ({key: each.values[key] for key in cases} for each in (after, before))
    assert read(found) == read(wanted)
