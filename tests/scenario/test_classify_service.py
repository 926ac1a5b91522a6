"""The classify service on a real log: what was waiting is judged, and it stops when told."""

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.classify.app import serve
from services.classify.settings import ClassifySettings
from shared.bus.nats_bus import NatsBus
from shared.bus.port import outgoing
from shared.contracts.facts import decode
from shared.contracts.ids import item_id
from shared.contracts.items import Author, ItemClassified, ItemKind, ItemReceived
from shared.contracts.org import ModelActivated
from shared.contracts.verdicts import Label
from shared.runtime.clock import SystemClock
from tests.fakes.nats_server import NatsServer
from tests.fakes.waiting import until

pytestmark = pytest.mark.servers


def a_complaint(number: int) -> ItemReceived:
    return ItemReceived(
        platform="weibo",
        account_id="a1",
        item_id=item_id("weibo", "a1", "comment", str(number)),
        item_version="1",
        item_kind=ItemKind.COMMENT,
        native_id=str(number),
        author=Author(author_id="u1"),
        text=f"我要投诉，停车场第{number}次乱收费没人管",
        published_at=datetime(2026, 3, 2, 8, tzinfo=UTC),
        source="poll",
    )


async def test_the_service_judges_what_waits_in_the_log_and_stops(
    nats: NatsServer, tmp_path: Path
) -> None:
    bus = await NatsBus.connect(nats.url, clock=SystemClock())
    items = [a_complaint(number) for number in range(20)]
    await bus.publish([outgoing(each) for each in items])
    settings = ClassifySettings.model_validate(
        {"nats_url": nats.url, "http_port": 0, "run_file": tmp_path / "run.json"}
    )

    async def all_judged() -> bool:
        end = (await bus.state()).last_seq
        facts = [decode(each.data) for each in await bus.read(len(items) + 1, end)]
        return sum(len(each.held) for each in facts if isinstance(each, ItemClassified)) == 20

    stop = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(serve(settings, stop=stop))
        await until(all_judged)
        stop.set()
    written = [decode(each.data) for each in await bus.read(1, (await bus.state()).last_seq)]
    await bus.close()
    batches = [each for each in written if isinstance(each, ItemClassified)]
    judged = [part for each in batches for part in each.verdicts]
    (model,) = {each.model for each in judged}
    assert [each.item_id for each in judged] == [each.item_id for each in items]
    assert all(Label.COMPLAINT in each.decided for each in judged)
    assert [each.model for each in written if isinstance(each, ModelActivated)] == [model]
    assert json.loads((tmp_path / "run.json").read_text())["model"] == model
