"""`zhishou quarantine`: on a real log, in one line whatever is asked."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from services.cli.app import build
from shared.bus.nats_bus import NatsBus
from shared.bus.port import outgoing
from shared.contracts.system import FactQuarantined
from shared.errors import UserError
from shared.runtime.clock import SystemClock
from tests.fakes.nats_server import NatsServer

pytestmark = pytest.mark.servers


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    server = NatsServer(tmp_path_factory.mktemp("nats"))
    server.start()
    try:
        asyncio.run(_fill(server.url))
        yield server.url
    finally:
        server.kill()


async def _fill(url: str) -> None:
    bus = await NatsBus.connect(url, clock=SystemClock(), name="test")
    facts = (
        FactQuarantined(seq=3, where="respond", error="KeyError: 'x'"),
        FactQuarantined(seq=4, part=2, where="respond", error="ValueError"),
        FactQuarantined(seq=5, where="classify", error="too long"),
    )
    await bus.publish([outgoing(each) for each in facts])
    await bus.close()


def zhishou(url: str, *words: str) -> Result:
    return CliRunner().invoke(build(), ["quarantine", *words], obj={"ZHISHOU_NATS_URL": url})


def test_what_is_quarantined_is_listed_and_released_once_it_is_named_exactly(url: str) -> None:
    rows = [json.loads(each) for each in zhishou(url, "list", "--json").output.splitlines()]
    assert [(each["seq"], each["part"]) for each in rows] == [(3, None), (4, 2), (5, None)]
    told = json.loads(zhishou(url, "release", "4", "--part", "2", "--json").output)
    assert told["seq"] == 4
    plain = zhishou(url, "list").output.splitlines()
    assert "KeyError" in plain[0]
    assert f"released at {told['released_at_seq']}" in plain[1]
    assert "is folded at" in zhishou(url, "release", "3").output


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (("release", "9"), "9 is not quarantined"),
        (("release", "4"), "4 is not quarantined"),
        (("release", "5"), "5 was folded; it is its text that could not be judged"),
    ],
)
def test_what_cannot_be_released_is_one_line(url: str, words: tuple[str, ...], what: str) -> None:
    refused = zhishou(url, *words)
    assert isinstance(refused.exception, UserError)
    assert refused.exception.what == what
    assert refused.exception.fix


def test_nobody_there_is_one_line(tmp_path: Path) -> None:
    refused = zhishou("nats://127.0.0.1:1", "list")
    assert isinstance(refused.exception, UserError)
    words = ["quarantine", "list", "--data-dir", str(tmp_path)]
    nowhere = CliRunner().invoke(build(), words, obj={})
    assert isinstance(nowhere.exception, UserError)


@pytest.mark.long
def test_a_log_that_hangs_is_one_line(tmp_path: Path) -> None:
    server = NatsServer(tmp_path)
    server.start()
    try:
        server.pause()
        result = zhishou(server.url, "list")
    finally:
        server.stop()
    assert isinstance(result.exception, UserError)
    assert "does not answer" in result.exception.what
