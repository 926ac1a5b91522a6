"""Invariants 5 and 15 on real servers: clocks run in their own time, people are answered once."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from http import HTTPStatus

import pytest
import pytest_asyncio

from services.cli.chaos.console import Console, Json
from services.cli.chaos.steps import CANDIDATES, Step
from shared.contracts.items import ItemReceived
from shared.contracts.operators import CaseNoted
from shared.runtime.clock import SystemClock
from tests.fakes.waiting import until
from tests.lasting.house import Lasting, a_lasting_house, step

pytestmark = [
    pytest.mark.servers,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.timeout(180),
]
COMMIT = step("respond: folded, not committed")
ASKED = (
    step("respond: asked by a person, not stored"),
    step("respond: stored, person not answered"),
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def lasting(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Lasting]:
    async with a_lasting_house(tmp_path_factory.mktemp("clocks") / "data") as lasting:
        yield lasting


async def test_invariant_05_a_breach_has_its_own_time_though_everybody_was_suspended(
    lasting: Lasting,
) -> None:
    clock = SystemClock()
    item = await lasting.say()
    case = await lasting.case_of(item)
    due = datetime.fromisoformat(case["clocks"][0]["due_at"])
    with lasting.suspended(*CANDIDATES):
        await until(lambda: clock.now() > due + timedelta(seconds=1))
    raised: list[str] = []

    async def told() -> bool:
        decided = await lasting.decisions("page.raised")
        raised[:] = [each["page_id"] for each in decided if each["case_id"] == case["case_id"]]
        return bool(raised) and bool(pages(lasting, raised))

    await until(told, pause_seconds=0.1)
    [breach] = [
        each
        for each in await lasting.decisions("clock.breached")
        if each["case_id"] == case["case_id"]
    ]
    [(stored, _)] = [
        each for each in await lasting.facts(ItemReceived) if each[1].native_id == str(item)
    ]
    rule = timedelta(seconds=lasting.house.times.acknowledge)
    assert datetime.fromisoformat(breach["at"]) == due == stored.time + rule
    assert pages(lasting, raised) == raised


def pages(lasting: Lasting, among: list[str]) -> list[str]:
    """Return which of these pages came to the receiver, as often as they came."""
    return [str(each["page_id"]) for each in lasting.receiver.pages if each["page_id"] in among]


@pytest.mark.parametrize("where", ASKED, ids=lambda each: each.place)
async def test_invariant_15_a_person_is_answered_though_the_process_asked_died(
    lasting: Lasting, where: Step
) -> None:
    case = await lasting.case_of(await lasting.say())
    async with asyncio.TaskGroup() as group:
        with lasting.hand.held(where) as hold:
            asking = group.create_task(note(lasting.writer, case["case_id"]))
            await hold.reached.wait()
            await lasting.kill(hold.wire.partition(":")[0])
            hold.drop()
            op_id, outcome = await asking
    assert outcome == "accepted"
    asked = [fact for _, fact in await lasting.facts(CaseNoted) if fact.op_id == op_id]
    assert len(asked) == 1, "the retry was the same message"
    decided = [
        each for each in await lasting.decisions("operation.decided") if each["op_id"] == op_id
    ]
    assert [each["accepted"] for each in decided] == [True]


async def note(person: Console, case_id: str) -> tuple[str, str]:
    done = await person.ask("note", case_id, {"text": "记一笔"})
    return done.op_id, done.outcome


async def test_invariant_15_what_nobody_decides_yet_has_an_address_and_later_an_outcome(
    lasting: Lasting,
) -> None:
    case = await lasting.case_of(await lasting.say())
    path, op_id = f"/api/cases/{case['case_id']}/note", "waiting-00001"
    with lasting.hand.held(COMMIT) as hold:
        status, said = await lasting.writer.once("POST", path, {"text": "等一等"}, op_id)
        assert hold.reached.is_set()
        assert status == HTTPStatus.ACCEPTED
        assert await lasting.writer.read(said["status_url"]) is None
    found: list[Json] = []

    async def decided() -> bool:
        outcome = await lasting.writer.read(said["status_url"])
        found.extend([outcome] if outcome else [])
        return bool(found)

    await until(decided, pause_seconds=0.1)
    assert (found[0]["op_id"], found[0]["accepted"]) == (op_id, True)
    status, again = await lasting.writer.once("POST", path, {"text": "等一等"}, op_id)
    assert (status, again) == (HTTPStatus.OK, found[0])
