"""Rules on their whole way through every process: proposed, reviewed, approved, confirmed, taken back."""

import json
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from shared.errors import UserError
from shared.runtime.packs import read_pack
from shared.runtime.settings import default_policies_dir
from tests.e2e.house import House, a_house
from tests.e2e.terminal import FIRST, SECOND, give_passwords, zhishou

pytestmark = [
    pytest.mark.servers,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.timeout(180),
]

RULES = """\
inherits: base
organisation: 我们
service_line: 请私信本账号
taboos:
  - {category: haste, level: block, reason: 不要急着许诺, phrases: [马上处理]}
templates:
  - {id: hasty, text: 您好，我们马上处理。, approved_by: 宣传负责人}
"""


@pytest_asyncio.fixture(loop_scope="module")
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """A house of its own for each: somebody signs in only so often within a minute."""
    async with a_house(tmp_path / "data", "--rate", "0") as house:
        await give_passwords(house)
        yield house


async def refused(house: House, words: Sequence[str], why: str) -> None:
    with pytest.raises(UserError, match=why):
        await zhishou(house, "policy", *words)


async def standing(house: House) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(await zhishou(house, "policy", "status", "--json"))
    return found


@pytest.fixture
def folder(tmp_path: Path) -> str:
    mine = tmp_path / "company"
    mine.mkdir()
    (mine / "pack.yaml").write_text(RULES, encoding="utf-8")
    return str(mine)


async def test_rules_come_into_force_by_two_people_and_go_by_one(
    house: House, folder: str
) -> None:
    files = (await standing(house))["in_force"]["company"]
    assert files == read_pack(default_policies_dir(), "company").content_hash()
    propose = ("policy", "propose", folder, "--note", "少许诺", "--shadow", *FIRST)
    assert "runs beside" in await zhishou(house, *propose)
    await refused(house, ("approve", "company", *FIRST), "do not grant")
    shown = await zhishou(house, "policy", "review", "company")
    assert "+ taboos.haste" in shown
    assert "0 unsent texts and 1 wordings would fail" in shown
    found = json.loads(await zhishou(house, "policy", "review", "company", "--json"))
    assert [each["name"] for each in found["wordings"]] == ["hasty"]
    listed = await zhishou(house, "policy", "status")
    assert "proposed by demo-second, waits for approval, runs beside: 少许诺" in listed
    await house.say("电梯坏了三天没人修", user="住户")
    await house.settled(60, least=1)
    beside = json.loads(await zhishou(house, "policy", "shadow", "company", "--json"))
    assert (beside["items"], beside["failed"]) == (1, 0)
    assert "beside since" in await zhishou(house, "policy", "shadow", "company")
    now = ("policy", "approve", "company", "--activate", *SECOND)
    approved = await zhishou(house, *now)
    assert "+ taboos.haste" in approved
    assert "  template hasty: 不要急着许诺" in approved
    assert "is in force" in approved
    assert (await standing(house))["in_force"]["company"] == found["pack_hash"]
    told = await zhishou(house, "policy", "confirm", "company", *SECOND)
    assert "+ taboos.haste" in told
    assert "demo knows the rules of company" in told
    back = ("policy", "rollback", "company", "--reason", "误拦", *FIRST)
    assert f"{files[:12]} holds again" in await zhishou(house, *back)
    assert (await standing(house))["in_force"]["company"] == files


async def test_what_is_approved_waits_until_it_is_activated(house: House, folder: str) -> None:
    await zhishou(house, "policy", "propose", folder, "--note", "再试", *FIRST)
    await refused(house, ("activate", "company", *SECOND), "has not approved")
    assert "is approved" in await zhishou(house, "policy", "approve", "company", *SECOND)
    assert "approved by demo" in await zhishou(house, "policy", "status")
    assert "is in force" in await zhishou(house, "policy", "activate", "company", *SECOND)
    assert "in force since" in await zhishou(house, "policy", "status")


async def test_who_proposed_rules_may_not_approve_them(house: House, folder: str) -> None:
    await zhishou(house, "policy", "propose", folder, "--note", "再试", *SECOND)
    await refused(house, ("approve", "company", *SECOND), "a second person must approve")
    reject = ("policy", "reject", "company", "--reason", "太严", *FIRST)
    assert "is rejected" in await zhishou(house, *reject)
    assert (await standing(house))["proposals"] == []


async def test_mistakes_are_told_with_their_reason(house: House, folder: str) -> None:
    for words, why in (
        (("review", "company"), "nobody has proposed such rules"),
        (("shadow", "company"), "no proposal has run beside"),
        (("shadow", "company", "--stop"), "say --start or --stop, and --person"),
        (("rollback", "company", "--reason", "x", *FIRST), "there are none before them"),
        (("propose", "no-such", "--note", "x", *FIRST), "no pack no-such"),
        (("confirm", "base", *FIRST), "no account here uses the pack base"),
        (("propose", "base", "--note", "x", *FIRST), "no account here uses the pack base"),
    ):
        await refused(house, words, why)
    await zhishou(house, "policy", "propose", folder, "--note", "一", *FIRST)
    with Path(folder, "pack.yaml").open("a", encoding="utf-8") as rules:  # noqa: ASYNC230
        rules.write("undo_seconds: 20\n")
    await zhishou(house, "policy", "propose", folder, "--note", "二", *FIRST)
    await refused(house, ("review", "company"), "several proposals")
    await refused(house, ("review", "company", "--hash", "zz"), "nobody has proposed")
