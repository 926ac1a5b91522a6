"""A backup in the middle of the day, a machine lost, a house restored: nobody is answered twice."""

import json
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import yaml

from tests.e2e.house import House, a_house, a_mock, control, write_policies
from tests.fakes.two_people import PEOPLE, TwoPeople, two_people

pytestmark = [pytest.mark.servers, pytest.mark.timeout(180)]
ANSWER = "您好,电梯的事我们已经请工程部到场,有结果马上向您说明。"
OTHER = "您好,您反映的问题已经登记,工程部正在现场查看,稍后给您答复。"
SAID = {
    "before": "你们商场的电梯坏了三天没人修,投诉也没人理,太差劲了,我要退款!",
    "after": "停车场乱收费,客服电话打了五遍没人接,太过分了,必须给我一个说法!",
    "late": "买的鞋子一周就开胶,柜台不给换,投诉也没人管,太欺负人了!",
    "untouched": "空调坏了热死人,前台态度还很差,投诉三次没人管!",
}


class Public:
    """What people say on the platform, and what the platform's journal says of our answers."""

    def __init__(self, session: aiohttp.ClientSession, run: Mapping[str, Any]) -> None:
        self._session, self._run = session, run

    async def say(self, text: str) -> str:
        said = await control(
            self._session, self._run, "emit", {"kind": "comment", "text": text, "user": text[:4]}
        )
        return str(said["id"])

    async def answers(self) -> Counter[str]:
        """Return how often each comment was answered, by the platform's own journal."""
        found = await control(self._session, self._run, "journal?endpoint=2/comments/reply")
        return Counter(each["params"]["cid"] for each in found["entries"] if each["effect"])


def write_files(place: Path, run: Mapping[str, Any]) -> dict[str, str]:
    """Write rules, people and the register of one simulated account; return the environment."""
    write_policies(place / "policies")
    (place / "people.yaml").write_text(PEOPLE, encoding="utf-8")
    account = {
        "account_id": "mall",
        "platform": "weibo",
        "endpoint": run["http"],
        "visibility_horizon_seconds": 1,
        **run["accounts"][0],
    }
    (place / "accounts.yaml").write_text(yaml.safe_dump({"accounts": [account]}), "utf-8")
    return {
        "ZHISHOU_POLICIES_DIR": str(place / "policies"),
        "ZHISHOU_PEOPLE_FILE": str(place / "people.yaml"),
    }


@asynccontextmanager
async def at_work(house: House) -> AsyncIterator[TwoPeople]:
    servers = house.report("servers")
    async with two_people(house.data.name, servers["nats_url"], servers["redis_url"]) as people:
        yield people


def zhishou(*words: str) -> dict[str, Any]:
    """Run a command that reports as JSON."""
    done = subprocess.run(
        [sys.executable, "-m", "services.cli", *words, "--json"],
        check=True,
        capture_output=True,
        text=True,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


async def the_first_day(house: House, public: Public, backup: Path) -> dict[str, str]:
    """Answer one before the backup, two after it; then the machine is lost."""
    said = {name: await public.say(SAID[name]) for name in ("before", "after", "untouched")}
    async with at_work(house) as people:
        cases = {name: (await people.case_of(said[name])).case_id for name in said}
        await people.approve(cases["before"], ANSWER)
        await people.until_status(cases["before"], "sent")
        saved = zhishou("backup", "--to", str(backup), "--data-dir", str(house.data))
        assert saved["archive"] == "saved"
        told = zhishou("doctor", "--data-dir", str(house.data))["findings"]
        [newest] = [each["says"] for each in told if each["part"] == "backup"]
        assert newest.startswith("the newest is 0 h old")
        said["late"] = await public.say(SAID["late"])
        cases["late"] = (await people.case_of(said["late"])).case_id
        for name in ("after", "late"):
            await people.approve(cases[name], ANSWER)
            await people.until_status(cases[name], "sent")
    assert await public.answers() == {said[name]: 1 for name in ("before", "after", "late")}
    house.process.kill()
    await house.process.wait()
    shutil.rmtree(house.data)
    return said


async def test_a_restored_house_answers_nobody_twice(tmp_path: Path) -> None:
    backup, register = tmp_path / "backup", tmp_path / "accounts.yaml"
    async with aiohttp.ClientSession() as session, a_mock(tmp_path / "mock.json") as run:
        public, environment = Public(session, run), write_files(tmp_path, run)
        words = ("--accounts", str(register))
        async with a_house(tmp_path / "first", *words, environment=environment) as house:
            said = await the_first_day(house, public, backup)
        answered = await public.answers()
        restored = zhishou("restore", str(backup), "--data-dir", str(tmp_path / "second"))
        assert restored["outgoing"] == "paused"
        async with a_house(tmp_path / "second", *words, environment=environment) as house:
            async with at_work(house) as people:
                cases = {name: (await people.case_of(said[name])).case_id for name in said}
                assert await people.status(cases["before"]) == "sent"
                assert (await people.read.organisation()).paused
                await people.approve(cases["after"], ANSWER)
                await people.until_status(cases["after"], "returned")
                await people.release()
                await people.approve(cases["after"], ANSWER)
                await people.until_status(cases["after"], "sent")
                await people.approve(cases["late"], OTHER)
                await people.until_status(cases["late"], "unknown")
                assert await public.answers() == answered
                await people.approve(cases["untouched"], ANSWER)
                await people.until_status(cases["untouched"], "sent")
            assert await public.answers() == answered + Counter([said["untouched"]])
            assert (await house.archived())["items"] == len(said)
            assert "log.tail_lost" not in house.log("archive"), "it went on with its copy"
