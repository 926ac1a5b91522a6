"""docs/traces.md, done: one item from its arrival to the reply, through the log and every log."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nats
import pytest

from services.cli.app import run
from shared.contracts.subjects import STREAM
from shared.errors import UserError
from shared.observability.traces import HEADER, trace_id
from tests.e2e.house import House, a_house, write_policies
from tests.fakes.two_people import PEOPLE, two_people
from tests.fakes.waiting import until

pytestmark = [pytest.mark.servers, pytest.mark.timeout(120)]
ANSWER = "您好,电梯的事我们已经请工程部到场,有结果马上向您说明。"
COMPLAINT = "你们商场的电梯坏了三天没人修,投诉也没人理,太差劲了,我要退款!"
THE_WAY = [
    ("fact", "item.received"),
    ("ingest", "items.published"),
    ("fact", "item.judged"),
    ("fact", "case.opened"),
    ("classify", "batch.classified"),
    ("respond", "cases.opened"),
    ("fact", "operator.approved"),
    ("respond", "action.decided"),
    ("fact", "effect.decided"),
    ("respond", "effect.started"),
    ("fact", "effect.started"),
    ("fact", "effect.finished"),
    ("respond", "effect.finished"),
]


def write_files(place: Path) -> dict[str, str]:
    write_policies(place / "policies")
    (place / "people.yaml").write_text(PEOPLE, encoding="utf-8")
    return {
        "ZHISHOU_POLICIES_DIR": str(place / "policies"),
        "ZHISHOU_PEOPLE_FILE": str(place / "people.yaml"),
        "ZHISHOU_LOG_LEVEL": "debug",
    }


async def answered(house: House) -> tuple[str, str]:
    """Let a complaint be answered; return what the platform and what we call it."""
    servers = house.report("servers")
    async with two_people("day", servers["nats_url"], servers["redis_url"]) as people:
        native_id = str(await house.say(COMPLAINT))
        case = await people.case_of(native_id)
        await people.approve(case.case_id, ANSWER)
        await people.until_status(case.case_id, "sent")
        end = (await people.bus.state()).last_seq

    async def archived() -> bool:
        return (await house.archived())["seq"] >= end

    await until(archived)
    return native_id, case.items[0].item_id


def traced(house: House, wanted: str, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    capsys.readouterr()
    run(["trace", wanted, "--data-dir", str(house.data), "--json"], {})
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


async def parents(house: House, steps: list[Mapping[str, Any]]) -> dict[str, str]:
    """Return the trace that NATS carries with each kind of fact among the steps."""
    connection = await nats.connect(house.report("servers")["nats_url"])
    found: dict[str, str] = {}
    for each in steps:
        where, _, seq = each["where"].partition(" ")
        if where == "fact":
            stored = await connection.jetstream().get_msg(STREAM, int(seq))
            kind = json.loads(stored.data or b"{}")["kind"]
            found[kind] = (stored.headers or {})[HEADER].split("-")[1]
    verdict = await connection.jetstream().get_last_msg(STREAM, "zs.v1.item.classified")
    found["item.classified"] = (verdict.headers or {})[HEADER].split("-")[1]
    await connection.close()
    return found


async def test_one_item_is_followed_through_the_log_and_every_process(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    environment = write_files(tmp_path)
    async with a_house(tmp_path / "data", "--rate", "0", environment=environment) as house:
        native_id, item_id = await answered(house)
        story = traced(house, native_id, capsys)
        steps = story["steps"]
        way = [(each["where"].split(" ")[0], each["what"]) for each in steps]
        assert [each for each in THE_WAY if each not in way] == []
        assert COMPLAINT not in json.dumps(steps, ensure_ascii=False)
        of_item, of_case = story["traces"]
        assert of_item == trace_id(item_id)
        carried = await parents(house, steps)
        of_the_item = ("item.batch", "item.classified", "effect.started", "effect.finished")
        assert {carried[kind] for kind in of_the_item} == {of_item}
        assert carried["operator.approved"] == of_case
        assert of_item in house.log("respond")
        for name in (item_id, of_item, *story["cases"]):
            assert traced(house, name, capsys)["steps"] == steps
        run(["trace", native_id, "--data-dir", str(house.data)], {})
        assert len(capsys.readouterr().out.splitlines()) == len(steps)
        quiet = str(await house.say("今天天气真好", user="路过的人"))
        counts = await house.settled(60, least=2)
        assert counts.archive_classified == 2
        steps = traced(house, quiet, capsys)["steps"]
        assert [each["what"] for each in steps if each["where"].startswith("fact")] == [
            "item.received",
            "item.judged",
        ]
        with pytest.raises(UserError, match="knows nothing"):
            run(["trace", "nothing", "--data-dir", str(house.data)], {})
