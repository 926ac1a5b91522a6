"""Garbage in the environment, or in the place of a process, is a finding and no crash of the doctor."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiohttp import web

from services.archive.shell.database import Database, Place
from services.cli.doctor import here
from services.cli.doctor.examination import examine
from services.cli.doctor.servers import processes
from shared.runtime.health import http_server

NOW = datetime(2026, 11, 1, 3, 0, tzinfo=UTC)


@pytest.mark.parametrize("said", ["[]", "{}", '{"checks": 5}', '"hello"', "nothing"])
async def test_another_program_in_the_place_of_a_process_is_no_answer(
    tmp_path: Path, said: str
) -> None:
    async def foreign(_request: web.Request) -> web.Response:
        return web.Response(text=said, content_type="application/json")

    app = web.Application()
    app.router.add_get("/{any}", foreign)
    (tmp_path / "run").mkdir()
    async with http_server(app, "127.0.0.1", 0) as address:
        report = json.dumps({"pid": 7, "http": address})
        (tmp_path / "run" / "classify.json").write_text(report)
        (tmp_path / "run" / "ingest.json").write_text("[]")
        found = await processes(tmp_path)
    assert [each.level for each in found] == ["fail", "fail"]


@pytest.mark.parametrize(
    "nats", ["nats://[::1", "nats://me:se/cret@a:99999", "http://a", "nats://,"]
)
@pytest.mark.parametrize("redis", ["garbage", "redis://:se/cret@a:b", "sentinel://a"])
async def test_an_address_that_is_none_is_a_finding_that_repeats_no_secret(
    tmp_path: Path, nats: str, redis: str
) -> None:
    found = await examine(tmp_path, {"ZHISHOU_NATS_URL": nats, "ZHISHOU_REDIS_URL": redis}, NOW)
    said = {each.part: each for each in found}
    assert said["nats"].level == said["valkey"].level == "fail"
    assert "ZHISHOU_NATS_URL" in said["nats"].fix
    assert "ZHISHOU_REDIS_URL" in said["valkey"].fix
    assert not any("cret" in each.says + each.fix for each in found)


async def test_a_setting_of_any_service_that_is_none_is_a_finding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZHISHOU_LOG_LIMIT_MB", "much")
    found = {each.part: each for each in await examine(tmp_path, {}, NOW)}
    assert "ZHISHOU_LOG_LIMIT_MB" in found["settings"].says


def test_an_archive_is_read_wherever_somebody_stands_and_one_that_holds_nothing_is_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = Database(tmp_path / "house" / "archive" / "archive.sqlite3")
    monkeypatch.chdir(tmp_path)
    [found] = here.archive(Path("house"), 3)
    assert (found.level, found.says) == ("ok", "reaches to 0, 3 behind the log")
    database.write([], Place(incarnation="a", seq=3, fact_hash=""))
    database.close()
    [found] = here.archive(Path("house"), 3)
    assert found.says == "reaches to 3, 0 behind the log"
