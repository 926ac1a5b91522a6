"""The API: validation, operation ids, refusals, and its own description."""

import json

import pytest
from openapi_spec_validator import validate

from services.respond.console.openapi import openapi
from services.respond.console.wish import Ask
from services.respond.console.wishes import WISHES, PauseBody
from tests.unit.console.conftest import Desk

CLAIM = "/api/cases/case1042/claim"


def test_the_description_is_valid_openapi() -> None:
    validate(json.loads(json.dumps(openapi())))


@pytest.mark.parametrize("name", sorted(WISHES))
def test_every_field_of_a_body_is_a_field_of_its_fact(name: str) -> None:
    wish = WISHES[name]
    target = {wish.target} if wish.target else set()
    assert (wish.about == "organisation") == (not target)
    assert set(wish.body.model_fields) | target | {"person_id"} <= set(wish.becomes.model_fields)


def test_a_body_of_another_wish_is_a_bug_that_shows() -> None:
    body = PauseBody(paused=True, reason="x")
    with pytest.raises(ValueError, match="revision"):
        WISHES["approve"].fact(Ask("op-00000001", "lin", "case1"), body)


async def test_an_accepted_wish_returns_its_outcome(desk: Desk) -> None:
    await desk.sign_in("chen")
    answer = await desk.ask(CLAIM, {})
    assert answer.status == 200
    assert (await answer.json())["accepted"] is True
    assert desk.house.cases["case1042"].owner_id == "chen"
    assert (await desk.client.get("/api/outcomes/op-00000001")).status == 200


async def test_a_retry_is_the_same_operation(desk: Desk) -> None:
    await desk.sign_in("chen")
    first = await (await desk.ask(CLAIM, {})).json()
    assert await (await desk.ask(CLAIM, {})).json() == first
    assert len(desk.house.log) == 1


async def test_a_refusal_says_why_with_a_stable_code(desk: Desk) -> None:
    await desk.sign_in("chen")
    await desk.ask(CLAIM, {})
    await desk.sign_in("zhou")
    answer = await desk.ask(CLAIM, {}, "op-00000002")
    assert answer.status == 409
    problem = await answer.json()
    assert (problem["code"], problem["op_id"]) == ("claimed_by_other", "op-00000002")


async def test_an_undecided_wish_has_a_status_address(desk: Desk) -> None:
    await desk.sign_in("chen")
    desk.house.undecided = True
    answer = await desk.ask(CLAIM, {})
    assert answer.status == 202
    assert answer.headers["Location"] == "/api/outcomes/op-00000001"
    assert (await desk.client.get("/api/outcomes/op-00000001")).status == 404


async def test_a_store_that_is_just_starting_again_is_asked_again_not_called_a_fault(
    desk: Desk,
) -> None:
    await desk.sign_in("chen")
    desk.records.away = True
    answer = await desk.client.get("/api/queue")
    assert (answer.status, answer.headers["Retry-After"]) == (503, "1")
    assert (await answer.json())["code"] == "away"
    page = await desk.client.get("/queue", headers={"Accept-Language": "en"})
    assert page.status == 503
    assert "starting again" in await page.text()
    desk.records.away = False
    assert (await desk.client.get("/api/queue")).status == 200


async def test_a_log_that_is_away_is_said_so(desk: Desk) -> None:
    await desk.sign_in("chen")
    desk.house.away = True
    answer = await desk.ask(CLAIM, {})
    assert (answer.status, answer.headers["Retry-After"]) == (503, "2")


@pytest.mark.parametrize(
    ("body", "key", "status"),
    [
        ({}, "short", 422),
        ({"unknown": 1}, "op-00000001", 422),
        ({"take_over": 0}, "op-00000001", 422),
        ({"op_id": "op-00000009"}, "", 200),
        ({}, "", 422),
    ],
)
async def test_input_that_does_not_fit_is_named(
    desk: Desk, body: dict[str, object], key: str, status: int
) -> None:
    await desk.sign_in("chen")
    headers = {"Idempotency-Key": key} if key else {}
    answer = await desk.client.post(CLAIM, json=body, headers=headers)
    assert answer.status == status


async def test_other_media_large_bodies_and_double_parameters_are_refused(desk: Desk) -> None:
    await desk.sign_in("chen")
    assert (await desk.client.post(CLAIM, data="x=1")).status == 415
    large = {"base_revision": 0, "text": "x" * 200_000}
    assert (await desk.ask("/api/cases/case1042/draft", large)).status == 413
    assert (await desk.client.get("/api/queue?limit=1&limit=2")).status == 422
    assert (await desk.client.get("/api/queue?limit=1000")).status == 422
    assert (await desk.client.delete("/api/queue")).status == 405
    assert (await desk.client.get("/api/nowhere")).status == 404


async def test_a_case_is_read_with_what_its_verdicts_say(desk: Desk) -> None:
    await desk.sign_in("chen")
    body = await (await desk.client.get("/api/cases/case1042")).json()
    [*_, item] = body["items"]
    assert 0 < item["labels"]["complaint"] <= 1
    assert {"label", "start", "end", "source"} <= item["reasons"][0].keys()
    assert "beliefs" not in item


async def test_reading_gives_what_the_house_knows(desk: Desk) -> None:
    await desk.sign_in("guan")
    queue = await (await desk.client.get("/api/queue?label=complaint&limit=1")).json()
    assert (queue["total"], len(queue["rows"])) == (2, 1)
    mine = await (await desk.client.get("/api/queue?mine_or_free=true")).json()
    assert mine["total"] == 5
    for path in (
        "me",
        "health",
        "pages",
        "accounts",
        "people",
        "effects/effect1",
        "pages/page1",
        "openapi.json",
    ):
        assert (await desk.client.get(f"/api/{path}")).status == 200, path
    for path in ("cases/none", "effects/none", "pages/none"):
        assert (await desk.client.get(f"/api/{path}")).status == 404, path


async def test_the_gate_answers_while_one_writes(desk: Desk) -> None:
    await desk.sign_in("chen")
    path = "/api/cases/case1042/gate-check"
    answer = await (await desk.client.post(path, json={"text": "此事概不负责"})).json()
    assert (answer["level"], answer["findings"][0]["start"]) == ("block", 2)
    assert (await desk.client.post("/api/cases/none/gate-check", json={"text": ""})).status == 404


async def test_somebody_too_fast_is_told_to_wait(desk: Desk) -> None:
    await desk.sign_in("chen")
    answers = [(await desk.ask(CLAIM, {}, f"op-{n:08}")).status for n in range(61)]
    assert answers[-1] == 429
