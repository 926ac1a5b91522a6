"""A candidate's whole way through every process: proposed, approved by another, judging, taken back."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from shared.contracts.verdicts import Label
from shared.errors import UserError
from tests.e2e.house import House, a_house
from tests.e2e.terminal import FIRST, SECOND, give_passwords, zhishou
from tests.fakes.candidates import a_candidate
from tests.fakes.waiting import until

pytestmark = [
    pytest.mark.servers,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.timeout(180),
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    root = tmp_path_factory.mktemp("office")
    async with a_house(root / "data", "--rate", "0") as house:
        await give_passwords(house)
        yield house


async def refused(house: House, words: Sequence[str], why: str) -> None:
    with pytest.raises(UserError, match=why):
        await zhishou(house, *words)


async def standing(house: House) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(await zhishou(house, "model", "list", "--json"))
    return found


async def judging(house: House) -> str:
    async with house.session.get(f"{house.report('classify')['http']}/model") as answer:
        found: dict[str, str] = await answer.json()
        return found["model"]


async def shadow_run(house: House, folder: Path) -> str:
    """Let a candidate judge beside the live model while people write; return the report."""
    before = await standing(house)
    words = ("shadow", "--weights", str(folder), "--items", "2", "--json")
    async with asyncio.TaskGroup() as group:
        running = group.create_task(zhishou(house, *words))
        while not running.done():
            await house.say("今天的服务员态度很好,谢谢", user="路人")
            await asyncio.wait([running], timeout=1)
    report = json.loads(running.result())
    assert report["live"] == [before["model"]]
    assert report["labels"]["booking"]["candidate_rate"] == 1
    assert "服务员" not in running.result()
    return running.result()


async def test_a_candidate_goes_into_office_and_back_by_two_people(
    house: House, tmp_path: Path
) -> None:
    folder, report = a_candidate(tmp_path / "c", Label.BOOKING), tmp_path / "report.json"
    own = (await standing(house))["model"]
    shadow = await shadow_run(house, folder)
    await asyncio.to_thread(report.write_text, shadow, encoding="utf-8")
    model = json.loads(shadow)["candidate"]
    assert "nothing" not in await zhishou(house, "model", "list")

    propose = ("model", "propose", str(folder), "--note", "试用", "--report", str(report))
    assert await zhishou(house, *propose, *FIRST) == f"{model} is proposed\n"
    await refused(house, ("model", "approve", model, *FIRST), "do not grant")
    shown = await zhishou(house, "model", "show", model)
    assert "试用" in shown
    assert "booking" in shown
    told = json.loads(await zhishou(house, "model", "show", model, "--json"))
    assert (told["model_id"], told["shadow"]["candidate"]) == (model, model)
    assert told["card"] in shown
    assert await zhishou(house, "model", "approve", model, *SECOND) == f"{model} is in office\n"

    async def judged_by(wanted: str) -> bool:
        return await judging(house) == wanted

    await until(lambda: judged_by(model))
    await house.say("电梯坏了三天没人修", user="住户")
    await house.settled(60, least=3)
    listed = await zhishou(house, "model", "list")
    assert f"{model}  in office" in listed
    assert "by demo-second and demo" in listed

    back = ("model", "rollback", *FIRST, "--reason", "什么都当预订")
    assert await zhishou(house, *back) == f"{model} is taken back\n"
    await until(lambda: judged_by(own))
    assert (await standing(house))["model"] == own


async def test_who_proposed_it_may_not_approve_it_though_the_role_does(
    house: House, tmp_path: Path
) -> None:
    folder = a_candidate(tmp_path / "c", Label.PRAISE)
    said = await zhishou(house, "model", "propose", str(folder), "--note", "x", *SECOND)
    words = ("model", "approve", said.split()[0], *SECOND)
    await refused(house, words, "a second person must approve")
    assert said.split()[0] in await zhishou(house, "model", "list")


async def test_mistakes_are_told_with_their_reason(house: House, tmp_path: Path) -> None:
    other = a_candidate(tmp_path / "other", lexicon="other term lists")
    good, wrong = a_candidate(tmp_path / "good"), tmp_path / "wrong.json"
    wrong.write_text('{"candidate": "another"}', encoding="utf-8")
    propose = ("model", "propose")
    for words, why in (
        (("model", "approve", "nothing", *SECOND), "nobody has proposed nothing"),
        (("model", "show", "nothing"), "nobody has proposed nothing"),
        (("model", "rollback", *SECOND, "--reason", "x"), "there is none before it"),
        ((*propose, str(tmp_path), "--note", "x", *SECOND), "no weights here"),
        ((*propose, str(other), "--note", "x", *SECOND), "trained with other term lists"),
        ((*propose, str(good), "--note", "x", "--report", str(wrong), *SECOND), "is of another"),
        ((*propose, str(good), "--note", "x", "--report", str(good), *SECOND), "no report"),
        (("shadow", "--weights", str(tmp_path)), "no weights here"),
    ):
        await refused(house, words, why)
    await refused(
        house, ("shadow", "--weights", str(good), "--nats-url", "nats://127.0.0.1:1"), "answer"
    )
