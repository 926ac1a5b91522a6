"""The house as it is deployed: everybody does their whole job with their own rights, and nobody is refused anything."""

import asyncio
import json
import sys
from contextlib import AsyncExitStack
from pathlib import Path

import aiohttp
import pytest
from redis import Redis
from typer.testing import CliRunner

from services.cli.app import build
from services.respond.ports import QueueFilter
from services.respond.shell.actions import BusActions
from services.respond.shell.configuration import DEMO_PERSON, DEMO_SECOND
from services.respond.shell.read_model import StoreReadModel
from shared.bus.nats_bus import NatsBus
from shared.contracts.facts import OperatorFact
from shared.contracts.operators import CaseClaimed, ReplyApproved, ReplyDrafted, ReplySubmitted
from shared.contracts.subjects import WATCHDOG_BEAT
from shared.runtime.clock import SystemClock
from shared.store.redis_store import RedisStore
from tests.e2e.house import control
from tests.fakes.compose import containers
from tests.fakes.deployed_house import DeployedHouse, deployed_house
from tests.fakes.waiting import until

pytestmark = [pytest.mark.servers, pytest.mark.timeout(150)]

COMPLAINT = "你们商场的电梯坏了三天没人修,投诉也没人理,我要退款!"
IN_PRIVATE = "会员卡里的钱不见了,请尽快查一下"
ANSWER = "您好,电梯的事我们已经请工程部到场,有结果马上向您说明。"
PASSWORD = "a long enough one"  # noqa: S105 - of a person who lives for one test run


async def test_everybody_does_their_whole_job_and_no_rule_is_in_the_way(tmp_path: Path) -> None:
    async with deployed_house(tmp_path) as house, aiohttp.ClientSession() as session:
        for kind, text in (("comment", COMPLAINT), ("message", IN_PRIVATE)):
            await control(session, house.mock(), "emit", {"kind": kind, "text": text})
        await answered(house)
        await until(lambda: said_in_public(session, house))
        await until(lambda: archived(session, house))
        await until(lambda: beaten(house))
        await terminal(session, house)
        assert set((await house.stop()).values()) == {0}
        nobody_was_refused(house)


async def answered(house: DeployedHouse) -> None:
    """Let one person write and another approve, with the rights of the console."""
    clock = SystemClock()
    async with AsyncExitStack() as stack:
        bus = await NatsBus.connect(house.servers.nats_url("respond"), clock=clock)
        stack.push_async_callback(bus.close)
        store = await RedisStore.connect(house.servers.redis_url("respond"))
        stack.push_async_callback(store.close)
        read = StoreReadModel(store, store, bus)

        async def case_ids() -> list[str]:
            rows, _ = await read.queue(QueueFilter(), offset=0, limit=5)
            return [each.case.case_id for each in rows if "电梯" in str(each)]

        async def opened() -> bool:
            return len(await case_ids()) == 1

        await until(opened, 30)
        (case_id,) = await case_ids()
        wishes: tuple[OperatorFact, ...] = (
            CaseClaimed(op_id="1", person_id=DEMO_PERSON, case_id=case_id),
            ReplyDrafted(
                op_id="2", person_id=DEMO_PERSON, case_id=case_id, base_revision=0, text=ANSWER
            ),
            ReplySubmitted(op_id="3", person_id=DEMO_PERSON, case_id=case_id, revision=1),
            ReplyApproved(
                op_id="4", person_id=DEMO_SECOND, case_id=case_id, revision=1, send=True
            ),
        )
        for wish in wishes:
            outcome = await BusActions(bus, store).perform(wish, wait_seconds=10)
            assert outcome is not None
            assert outcome.accepted, outcome


async def said_in_public(session: aiohttp.ClientSession, house: DeployedHouse) -> bool:
    state = await control(session, house.mock(), "state")
    return bool(state["replies"] == 1)


async def archived(session: aiohttp.ClientSession, house: DeployedHouse) -> bool:
    async with session.get(f"http://127.0.0.1:{house.ports['archive']}/counts") as answer:
        counts = await answer.json()
    return bool((counts["items"], counts["classified"], counts["replies"]) == (2, 2, 1))


async def beaten(house: DeployedHouse) -> bool:
    bus = await NatsBus.connect(house.servers.nats_url("watchdog"), clock=SystemClock(), make=None)
    try:
        return await bus.get_value(WATCHDOG_BEAT) is not None
    finally:
        await bus.close()


async def terminal(session: aiohttp.ClientSession, house: DeployedHouse) -> None:
    """Look, record, let somebody in: with the rights of the operator."""
    environment = house.environment(containers()["cli"])
    recording = house.home / "recording.jsonl"
    await in_a_terminal(["record", str(recording)], environment)
    assert ANSWER in recording.read_text(encoding="utf-8")
    admin = environment | house.environment(containers()["admin"])
    saved = ["backup", "--to", str(house.home / "backup"), "--no-trial", "--json"]
    assert json.loads(await in_a_terminal(saved, admin))["last_seq"] > 0
    looked = json.loads(await in_a_terminal(["doctor", "--json"], environment))
    assert any(each["part"] == "backup" and each["level"] == "ok" for each in looked["findings"])
    link = (await in_a_terminal(["signin", DEMO_PERSON], environment)).split()[-1]
    console = link.split("/signin/")[0]
    typed = f"{PASSWORD}\n{PASSWORD}\n"
    words = ["person", "set-password", DEMO_PERSON]
    done = await asyncio.to_thread(
        CliRunner().invoke, build(), words, input=typed, obj=environment
    )
    assert done.exit_code == 0, done.output
    async with session.post(
        f"{console}/signin",
        data={"name": DEMO_PERSON, "password": PASSWORD},
        headers={"Origin": console},
        allow_redirects=False,
    ) as answer:
        assert (answer.status, answer.headers["Location"]) == (303, "/queue")
    async with session.post(link, headers={"Origin": console}, allow_redirects=False) as answer:
        assert (answer.status, answer.headers["Location"]) == (303, "/queue")


async def in_a_terminal(words: list[str], environment: dict[str, str]) -> str:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "services.cli", *words),
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, wrong = await process.communicate()
    assert process.returncode == 0, (out, wrong)
    return out.decode()


def nobody_was_refused(house: DeployedHouse) -> None:
    """Compare what both servers and all services say."""
    assert "Violation" not in house.servers.log("nats")
    with Redis.from_url(house.servers.redis_url("admin"), decode_responses=True) as redis:
        asked = {str(each["object"]) for each in redis.acl_log()}
    assert asked <= {"client|setinfo"}, "the client library says its name and does not need to"
    for name in house.processes:
        assert "bus.denied" not in house.log(name)
        assert "o permissions" not in house.log(name)
    words = house.servers.told.values()
    logs = [house.log(name) for name in house.processes]
    assert not any(word in log for word in words for log in logs), "no password in any log"
    report = json.dumps(logs)
    assert "Traceback" not in report
