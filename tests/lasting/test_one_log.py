"""Invariants 9, 10, 11 and 12 on real servers: one log, each item once, no word of anybody in a subject."""

import json
import re
import shutil
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest
import pytest_asyncio

from services.cli.chaos.steps import CANDIDATES
from services.ingest.shell.writer import Writer
from shared.bus.port import outgoing
from shared.contracts.items import ItemReceived
from tests.fakes.builders import a_comment
from tests.fakes.waiting import until
from tests.lasting.house import Lasting, a_lasting_house, step

pytestmark = [
    pytest.mark.servers,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.timeout(180),
]
CURSOR = step("ingest: acked, cursor not moved")
SUBJECT = re.compile(r"zs\.v1\.[a-z]+\.[a-z]+(\.[a-z]+\.[0-9a-f]{26}(\.[0-9a-f]{26})?)?")
HOSTILE = (
    "a.b c",
    "*",
    ">",
    "zs.v1.leader.elected",
    "空 格\r\nPUB x 0\r\n",
    "🦊" * 300,
    "..",
    "x" * 300,
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def lasting(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Lasting]:
    async with a_lasting_house(tmp_path_factory.mktemp("log") / "data") as lasting:
        yield lasting


async def received(lasting: Lasting, item: int) -> list[ItemReceived]:
    found = await lasting.facts(ItemReceived)
    return [fact for _, fact in found if fact.native_id == str(item)]


async def test_invariant_09_an_item_read_again_after_a_death_stands_in_the_log_once(
    lasting: Lasting,
) -> None:
    with lasting.hand.held(CURSOR) as hold:
        item = await lasting.say()
        await hold.reached.wait()
        [fact] = await received(lasting, item)
        await lasting.kill("ingest")
        hold.drop()
    await lasting.back("ingest")
    later = await lasting.say()
    await lasting.case_of(later)
    assert await received(lasting, item) == [fact]
    [ack] = await Writer(lasting.bus).publish([fact])
    assert ack.duplicate, "whoever writes looks first at what is there"
    assert await received(lasting, item) == [fact]


async def test_invariant_10_no_word_of_anybody_enters_a_subject(lasting: Lasting) -> None:
    hostile = [
        a_comment(f"{number}{name}", account=name, author=name)
        for number, name in enumerate(HOSTILE)
    ]
    acks = await lasting.bus.publish([outgoing(each) for each in hostile])
    assert len({ack.seq for ack in acks}) == len(HOSTILE)
    await lasting.case_of(await lasting.say(user="*.> 空 格"))
    strange = [each.subject for each in await lasting.log() if not SUBJECT.fullmatch(each.subject)]
    assert strange == []


async def test_invariant_11_the_first_fact_after_a_kill_is_folded_without_anybody_sleeping(
    lasting: Lasting,
) -> None:
    """The time it may take is held by the contract of the bus; here every process goes on by itself."""
    for _ in range(2):
        await lasting.kill("nats")
        await until(lambda: lasting.house.pid("nats") > 0)
        await lasting.case_of(await lasting.say())


async def test_invariant_12_a_log_that_lost_its_tail_is_noticed_by_everybody_who_reads_it(
    lasting: Lasting, tmp_path: Path
) -> None:
    kept = await lasting.case_of(await lasting.say())
    async with lasting.nothing_restarts():
        await lasting.kill("nats")
        store = lasting.house.data.part("nats") / "jetstream"
        shutil.copytree(store, tmp_path / "older")
    lost = await lasting.say()
    await lasting.case_of(lost)
    alarms = len(lasting.receiver.alarms)
    async with lasting.nothing_restarts():
        await lasting.kill("nats")
        shutil.rmtree(store)
        shutil.copytree(tmp_path / "older", store)
    await until(partial(noticed, lasting, "archive"))
    await until(lambda: any(noticed_by(lasting, name) for name in CANDIDATES))
    await until(lambda: any("事实日志" in str(each["text"]) for each in lasting.receiver.pages))
    await until(lambda: len(lasting.receiver.alarms) > alarms)
    await until(partial(noticed, lasting, "ingest"))
    again = await lasting.case_of(lost)
    assert (
        again["items"][0]["text"] == (await lasting.case_of(int(native(kept))))["items"][0]["text"]
    )


async def noticed(lasting: Lasting, name: str) -> bool:
    return noticed_by(lasting, name)


def noticed_by(lasting: Lasting, name: str) -> bool:
    """Tell whether a process has said that the log is not the one it knew."""
    lines = [line for line in lasting.says(name).splitlines() if line.startswith("{")]
    return any(json.loads(line)["event"] == "log.tail_lost" for line in lines)


def native(case: object) -> str:
    assert isinstance(case, dict)
    return str(case["items"][0]["native_id"])
