"""What may be said, from the terminal: positions, bans, receipts and plans in a whole house."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from shared.errors import UserError
from tests.e2e.house import House, a_house
from tests.e2e.terminal import FIRST, SECOND, give_passwords, zhishou
from tests.fakes.waiting import until

pytestmark = [
    pytest.mark.servers,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.timeout(180),
]


@pytest_asyncio.fixture(loop_scope="module")
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with a_house(tmp_path / "data", "--rate", "0") as house:
        await give_passwords(house)
        yield house


async def rows(house: House, *words: str) -> list[dict[str, Any]]:
    said = await zhishou(house, *words, "--json")
    return [json.loads(each) for each in said.splitlines()]


async def test_what_may_be_said_is_written_approved_ended_and_told_again(house: House) -> None:
    text = "您好，涉事蛋糕已下架，检测结果出来后公布。"
    written = ("--text", text, "--must-say", "下架", "--until", "+3d", "--id", "cake")
    assert "is proposed" in await zhishou(house, "position", "write", "蛋糕", *written, *FIRST)
    with pytest.raises(UserError, match="do not grant"):
        await zhishou(house, "position", "approve", "cake", *FIRST)
    await zhishou(house, "position", "approve", "cake", *SECOND)
    (position,) = await rows(house, "position", "list")
    assert (position["state"], position["approved_by"]) == ("in_force", "demo")
    with pytest.raises(UserError, match="nobody has proposed"):
        await zhishou(house, "position", "approve", "cake", *SECOND)
    await zhishou(house, "position", "expire", "cake", "--reason", "事毕", *SECOND)

    async def told() -> bool:
        found = await rows(house, "position", "history", "蛋糕")
        return bool(found) and found[0]["ended_reason"] == "事毕"

    await until(told, 30, pause_seconds=0.5)
    shown = await zhishou(house, "position", "history")
    assert "written by demo-second" in shown
    assert "held from" in shown


async def test_bans_and_plans_come_and_go(house: House) -> None:
    assert "may not be said" in await zhishou(
        house, "ban", "add", "召回", "--until", "+2h", *SECOND
    )
    (ban,) = await rows(house, "ban", "list")
    assert ban["text"] == "召回"
    await zhishou(house, "ban", "lift", ban["id"], "--reason", "已公布", *SECOND)
    assert await rows(house, "ban", "list") == []

    account = (await rows(house, "receipt", "list"))[0]
    assert account["state"] == "off"
    planned = ("--account", account["id"], "--at", "+1d", "--text", "明天十点开始", "--id", "p1")
    assert "is planned" in await zhishou(house, "plan", "add", *planned, *FIRST)
    assert [each["plan_id"] for each in await rows(house, "plan", "list")] == ["p1"]
    why = ("--reason", "突发事件")
    assert "are frozen" in await zhishou(house, "plan", "freeze", *why, *FIRST)
    assert (await rows(house, "plan", "list"))[0]["frozen"]["reason"] == "突发事件"
    assert "may be published" in await zhishou(house, "plan", "unfreeze", "p1", *why, *SECOND)
    assert (await rows(house, "plan", "list"))[0]["frozen"] is None
    assert "dropped" in await zhishou(house, "plan", "drop", "p1", "--reason", "改期", *FIRST)
    assert await rows(house, "plan", "list") == []


async def test_a_receipt_is_on_by_two_people_and_off_by_one(house: House) -> None:
    account = (await rows(house, "receipt", "list"))[0]["id"]
    with pytest.raises(UserError, match="no receipt is proposed"):
        await zhishou(house, "receipt", "approve", "--account", account, *SECOND)
    words = (
        "--account",
        account,
        "--text",
        "您好，这是自动回复，已收到您的消息，工作时间会有人答复您。",
    )
    assert "is proposed" in await zhishou(house, "receipt", "write", *words, *FIRST)
    assert "on" in await zhishou(house, "receipt", "approve", "--account", account, *SECOND)
    stop = ("receipt", "stop", "--account", account, "--reason", "节日", *FIRST)
    assert "off" in await zhishou(house, *stop)


async def test_an_entry_is_imported_approved_and_taken_out(house: House, tmp_path: Path) -> None:
    faq = tmp_path / "faq.csv"
    faq.write_text(
        "matter,question,answer,source\n停车费,停车费怎么收,停车前两小时免费。,停车办法\n",
        encoding="utf-8",
    )
    assert "1 entries" in await zhishou(house, "knowledge", "import", str(faq), *FIRST)
    (entry,) = await rows(house, "knowledge", "list")
    approve = ("knowledge", "approve", entry["entry_id"], *SECOND)
    assert "in use" in await zhishou(house, *approve)
    with pytest.raises(UserError, match="nobody has proposed"):
        await zhishou(house, *approve)
    gone = ("knowledge", "expire", entry["entry_id"], "--reason", "改价了", *SECOND)
    assert "out of use" in await zhishou(house, *gone)
    (entry,) = await rows(house, "knowledge", "list")
    assert entry["state"] == "expired"
