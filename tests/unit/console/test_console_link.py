"""A person at the API from the terminal: in by password, told why not, and out again."""

import pytest

from services.cli.console_link import signed_in
from shared.contracts.operators import ModelProposed
from shared.errors import UserError
from tests.fakes.read_model import PASSWORD
from tests.unit.console.conftest import Desk

PATH, BODY = "/api/models/m1/propose", {"bundle": "a" * 64, "note": "更准"}


def at(desk: Desk) -> str:
    return str(desk.client.make_url("")).rstrip("/")


async def test_what_was_asked_is_decided_or_recorded(desk: Desk) -> None:
    async with signed_in(at(desk), "lin", PASSWORD) as link:
        assert await link.ask(PATH, BODY, "op-00000001") is True
        desk.house.undecided = True
        assert await link.ask(PATH, BODY, "op-00000002") is False
    asked = [each for each in desk.house.log if isinstance(each, ModelProposed)]
    assert [(each.person_id, each.model_id) for each in asked] == [("lin", "m1")] * 2


async def test_who_leaves_is_signed_out(desk: Desk) -> None:
    async with signed_in(at(desk), "lin", PASSWORD) as link:
        jar = link.session.cookie_jar
        assert len(jar) == 1
    assert len(jar) == 0


async def test_a_refusal_comes_with_its_reason(desk: Desk) -> None:
    async with signed_in(at(desk), "guan", PASSWORD) as link:
        with pytest.raises(UserError, match=r"do not grant operator\.model_proposed"):
            await link.ask(PATH, BODY, "op-00000001")


async def test_a_wrong_password_opens_nothing_and_too_many_even_less(desk: Desk) -> None:
    for why in ["wrong name or password"] * 6 + ["too many tries"]:
        with pytest.raises(UserError, match=why):
            async with signed_in(at(desk), "lin", "not it"):
                pass


async def test_a_console_that_is_away_is_told(desk: Desk) -> None:
    with pytest.raises(UserError, match="does not answer"):
        async with signed_in("http://127.0.0.1:1", "lin", PASSWORD):
            pass
    async with signed_in(at(desk), "lin", PASSWORD) as link:
        await desk.client.server.close()
        with pytest.raises(UserError, match="does not answer"):
            await link.ask(PATH, BODY, "op-00000001")
