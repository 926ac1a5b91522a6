"""The model on the status page and in the API: who may do what with it, and what is odd."""

from services.respond.core.aggregates import ModelRegister
from shared.contracts import operators as ops
from tests.unit.console.conftest import Desk


async def _status(desk: Desk) -> str:
    answer = await desk.client.get("/status")
    assert answer.status == 200
    return await answer.text()


async def test_the_status_page_tells_of_the_model_and_of_a_share_that_moved(desk: Desk) -> None:
    await desk.sign_in("he")
    page = await _status(desk)
    assert "周以宁 提出，林望舒 批准" in page
    assert "投诉：最近 210 条中占 40.0%，此前一周为 12.5%" in page
    assert "多学了三百条改判" in page
    assert "批准启用 linear-2026.12" in page
    assert "退回上一个模型" in page


async def test_who_proposed_a_model_is_not_offered_to_approve_it(desk: Desk) -> None:
    await desk.sign_in("lin")
    page = await _status(desk)
    assert "须由另一人批准" in page
    assert "批准启用" not in page


async def test_a_viewer_is_offered_nothing(desk: Desk) -> None:
    desk.house.shares = []
    await desk.sign_in("guan")
    page = await _status(desk)
    assert "/do/promote" not in page
    assert "/do/roll-back" not in page
    assert "此前一周" not in page


async def test_without_a_model_in_office_there_is_nothing_to_take_back(desk: Desk) -> None:
    desk.house.register = ModelRegister()
    await desk.sign_in("he")
    assert "/do/roll-back" not in await _status(desk)


async def test_the_api_asks_for_a_model_by_its_exact_bundle(desk: Desk) -> None:
    await desk.sign_in("he")
    path = "/api/models/linear-2026.12"
    assert (await desk.ask(f"{path}/promote", {"bundle": "b" * 63})).status == 422
    assert (await desk.ask(f"{path}/promote", {"bundle": "b" * 64})).status == 200
    assert desk.house.log == [
        ops.ModelApproved(
            op_id="op-00000001", person_id="he", model_id="linear-2026.12", bundle="b" * 64
        )
    ]
    seen = await (await desk.client.get("/api/models")).json()
    assert seen["model"] == "linear-2026.11"
    assert [each["model_id"] for each in seen["proposals"]] == ["linear-2026.12"]
    [rate] = seen["rates"]
    assert (rate["what"], rate["share"], rate["odd"]) == ("complaint", 0.4, True)


async def test_a_form_takes_a_model_back(desk: Desk) -> None:
    await desk.sign_in("chen")
    form = {
        "op_id": "op-00000009",
        "target": "linear-2026.11",
        "reason": "乱判",
        "back": "/status",
    }
    answer = await desk.client.post("/do/roll-back", data=form, allow_redirects=False)
    assert (answer.status, answer.headers["Location"]) == (303, "/status")
    [fact] = desk.house.log
    assert isinstance(fact, ops.ModelRolledBack)
    assert (fact.model_id, fact.reason) == ("linear-2026.11", "乱判")
