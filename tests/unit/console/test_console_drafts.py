"""A person asks the house's model for a draft: what it is told, and what comes of its answer."""

from dataclasses import replace

from services.respond.console.context import CONSOLE
from shared.contracts.guidance import ModelDrafted
from tests.unit.console.conftest import Desk

PATH = "/api/cases/case1042/model-draft"


async def test_what_comes_back_becomes_a_fact_of_whoever_asked(desk: Desk) -> None:
    await desk.sign_in("chen")
    assert (await desk.ask(PATH, {})).status == 200
    [fact] = desk.house.log
    assert isinstance(fact, ModelDrafted)
    case = desk.house.cases["case1042"]
    assert (fact.person_id, fact.model, fact.text) == ("chen", "writer-1", "您好，正在核实。")
    assert fact.item_version == case.items[-1].item_version
    [asked] = desk.house.drafter.asked
    assert asked.text == case.items[-1].text
    assert str(case.items[-1].author.name) not in asked.model_dump_json()


async def test_the_button_shows_the_case_with_the_draft(desk: Desk) -> None:
    await desk.sign_in("chen")
    shown = await (await desk.client.get("/case/case1042")).text()
    assert "请模型起草" in shown
    form = {"op_id": "op-00000009"}
    plain = await desk.client.post("/case/case1042/model-draft", data=form, allow_redirects=False)
    assert plain.status == 303
    form = {"op_id": "op-00000010", "slot": "answer"}
    live = {"HX-Request": "true"}
    answer = await desk.client.post("/case/case1042/model-draft", data=form, headers=live)
    assert "模型草稿已列入参考话术" in await answer.text()


async def test_a_model_that_is_away_or_refused_or_a_case_nobody_has_is_said(desk: Desk) -> None:
    await desk.sign_in("chen")
    desk.house.drafter.away = True
    answer = await desk.ask(PATH, {})
    assert (answer.status, (await answer.json())["code"]) == (503, "model_away")
    assert (await desk.ask("/api/cases/none/model-draft", {})).status == 404
    desk.house.drafter.away = False
    desk.house.undecided = True
    assert (await desk.ask(PATH, {}, "op-00000003")).status == 202


async def test_without_a_model_there_is_no_button_and_no_draft(desk: Desk) -> None:
    app = desk.client.app
    assert app is not None
    app._state[CONSOLE] = replace(app[CONSOLE], drafter=None)
    await desk.sign_in("chen")
    assert "请模型起草" not in await (await desk.client.get("/case/case1042")).text()
    answer = await desk.ask(PATH, {})
    assert (answer.status, (await answer.json())["code"]) == (404, "no_model")


async def test_a_model_is_not_asked_by_somebody_too_fast(desk: Desk) -> None:
    await desk.sign_in("chen")
    for n in range(burst := 10):
        assert (await desk.ask(PATH, {}, f"op-{n:08}")).status == 200
    assert (await desk.ask(PATH, {}, "op-00000099")).status == 429
    assert len(desk.house.drafter.asked) == burst
