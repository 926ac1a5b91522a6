"""What the examination makes of what it sees: well, worth a word, or wrong, always with the fix."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from services.archive.core.segments import Seal
from services.archive.shell.segments import Segments
from services.cli.app import run
from services.cli.backup.note import BackupNote
from services.cli.doctor import here
from services.cli.doctor.examination import addresses, examine
from services.cli.doctor.finding import Finding, worst
from services.cli.doctor.servers import (
    processes,
    read_backup,
    read_judging,
    read_log,
    read_store,
)
from services.cli.embedded.data_dir import opened
from shared.bus.nats_inspect import LogReport
from shared.observability.metrics import Metrics
from shared.runtime.health import Health, health_app, http_server
from shared.runtime.packs import read_pack
from shared.runtime.settings import default_policies_dir
from shared.store.redis_inspect import StoreReport

NOW = datetime(2026, 11, 1, 3, 0, tzinfo=UTC)
LOG = LogReport("2.15.1", now=NOW, stream=True, facts=10, last_seq=10, bytes_stored=4096)
STORE = StoreReport("9.1.2", 1000, 0, "noeviction", append_only=True, last_write_ok=True)


def levels(found: list[Finding]) -> list[str]:
    assert all(bool(each.fix) == (each.level != "ok") for each in found), "a fix for each trouble"
    return [each.level for each in found if each.level != "ok"]


@pytest.mark.parametrize(
    ("report", "troubles"),
    [
        (LOG, []),
        (LogReport("2.15.1"), ["warn"]),
        (replace(LOG, now=NOW + timedelta(seconds=9)), ["warn"]),
        (replace(LOG, max_bytes=5000), ["fail"]),
        (replace(LOG, max_bytes=50_000), []),
        (replace(LOG, odd=("discard is old", "max_age is 5 s")), ["fail", "fail"]),
        (replace(LOG, to_classify=3000), ["warn"]),
    ],
)
def test_the_log_is_judged(report: LogReport, troubles: list[str]) -> None:
    assert levels(list(read_log(report, NOW))) == troubles


@pytest.mark.parametrize(
    ("report", "troubles"),
    [
        (STORE, []),
        (replace(STORE, append_only=False), ["warn"]),
        (replace(STORE, last_write_ok=False), ["fail"]),
        (replace(STORE, max_bytes=1100), ["fail"]),
        (replace(STORE, max_bytes=99_000, eviction="allkeys-lru"), ["fail"]),
    ],
)
def test_the_store_is_judged(report: StoreReport, troubles: list[str]) -> None:
    assert levels(list(read_store(report))) == troubles


def test_a_directory_open_to_others_is_wrong_and_one_not_there_is_said(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    assert levels(list(here.directory(tmp_path))) == ["fail"]
    tmp_path.chmod(0o700)
    assert levels(list(here.directory(tmp_path))) == []
    assert levels(list(here.directory(tmp_path / "none"))) == ["warn"]


def test_what_waits_in_the_spool_is_told(tmp_path: Path) -> None:
    (tmp_path / "spool" / "0000").mkdir(parents=True)
    assert levels(list(here.spool(tmp_path))) == []
    (tmp_path / "spool" / "0000" / "000000000001.spool").write_bytes(b"x" * 2048)
    [found] = here.spool(tmp_path)
    assert "2 KiB" in found.says
    assert found.level == "warn"


def test_an_archive_that_is_no_database_is_wrong_and_the_fix_says_how_it_comes_back(
    tmp_path: Path,
) -> None:
    place = tmp_path / "archive" / "archive.sqlite3"
    assert levels(list(here.archive(tmp_path, 5))) == ["warn"]
    place.parent.mkdir()
    place.write_bytes(b"not a database, not at all, whatever its name may say" * 30)
    [found] = here.archive(tmp_path, 5)
    assert found.level == "fail"
    assert "made again from the log" in found.fix


@pytest.mark.parametrize(
    ("hours", "live", "level"),
    [(None, False, "ok"), (None, True, "warn"), (3, True, "ok"), (30, False, "warn")],
)
def test_a_backup_that_is_missing_or_old_is_told(
    hours: int | None,
    live: bool,  # noqa: FBT001
    level: str,
) -> None:
    report = LOG
    if hours is not None:
        note = BackupNote(made_at=NOW - timedelta(hours=hours), last_seq=4)
        report = replace(LOG, backup_note=note.model_dump_json().encode())
    found = read_backup(report, NOW, live=live)
    assert found.level == level
    assert f"{hours} h old and 6 facts behind" in found.says or hours is None


def test_segments_without_their_facts_are_wrong(tmp_path: Path) -> None:
    [found] = here.segments(tmp_path)
    assert (found.level, found.says) == ("ok", "nothing is sealed yet")
    sealed = Segments(tmp_path / "archive" / "segments")
    writer = sealed.writer(1, 9)
    writer.finish()
    at = datetime(2026, 3, 2, tzinfo=UTC)
    seal = Seal(
        incarnation="i", first_seq=1, last_seq=9, facts=9, first_time=at, last_time=at,
        last_hash="", root="", previous="", chain="",
    )  # fmt: skip
    sealed.seal(seal)
    [found] = here.segments(tmp_path)
    assert (found.level, found.says) == ("ok", "1 to fact 9, 0 MiB")
    sealed.lines_file(seal).unlink()
    [found] = here.segments(tmp_path)
    assert found.level == "fail"
    next(sealed.directory.glob("*.seal.json")).write_text("{")
    [found] = here.told("segments", lambda: here.segments(tmp_path))
    assert found.level == "fail"


def test_live_accounts_without_a_second_pair_of_eyes_are_warned_about(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = {
        "account_id": "plaza",
        "platform": "weibo",
        "native_id": "1",
        "name": "plaza",
        "endpoint": "https://api.weibo.com",
        "live": True,
    }
    place = tmp_path / "accounts.yaml"
    place.write_text(json.dumps({"accounts": [account]}), encoding="utf-8")
    monkeypatch.setenv("ZHISHOU_ACCOUNTS_FILE", str(place))
    monkeypatch.setenv("ZHISHOU_DEMO", "true")
    named = {"ZHISHOU_ACCOUNTS_FILE": str(place)}
    read = here.configured(tmp_path, named)
    assert levels(list(here.settings(read, tmp_path, named))) == ["warn", "warn"]
    safe = {"ZHISHOU_DURABLE": "true", here.HEARTBEAT: "https://example.org/beat"}
    assert levels(list(here.settings(read, tmp_path, named | safe))) == []


def test_a_users_mistake_is_a_finding(tmp_path: Path) -> None:
    place = tmp_path / "accounts.yaml"
    place.write_text("accounts: 5", encoding="utf-8")
    [found] = here.told(
        "settings", lambda: here.settings(here.configured(tmp_path, {}), tmp_path, {})
    )
    assert (found.level, found.part) == ("fail", "settings")
    assert str(place) in found.says

    def forbidden() -> list[Finding]:
        raise PermissionError(13, "Permission denied")

    assert levels(here.told("spool", forbidden)) == ["fail"]


async def test_processes_are_asked_and_dead_or_unwell_ones_named(tmp_path: Path) -> None:
    async def away() -> str:
        return "no lease"

    folder = tmp_path / "run"
    folder.mkdir()
    async with http_server(
        health_app(Health({"bus": away}, Metrics())), "127.0.0.1", 0
    ) as address:
        (folder / "ingest.json").write_text(json.dumps({"pid": 7, "http": address}))
        (folder / "classify.json").write_text(json.dumps({"pid": 8, "http": "http://127.0.0.1:9"}))
        (folder / "respond.json").write_text("{ torn")
        (folder / "servers.json").write_text("{}")
        found = {each.part: each for each in await processes(tmp_path)}
    assert {each.level for each in found.values()} == {"fail"}
    assert "no lease" in found["ingest"].says
    assert set(found) == {"ingest", "classify", "respond"}


async def test_a_process_that_never_answers_is_cut_off(tmp_path: Path) -> None:
    async def sleepy(_request: web.Request) -> web.Response:
        raise aiohttp.ClientConnectionError

    app = web.Application()
    app.router.add_get("/readyz", sleepy)
    (tmp_path / "run").mkdir()
    async with http_server(app, "127.0.0.1", 0) as address:
        (tmp_path / "run" / "x.json").write_text(json.dumps({"pid": 7, "http": address}))
        [found] = await processes(tmp_path)
    assert found.level == "fail"


def test_addresses_come_from_the_environment_or_from_a_house_that_runs(tmp_path: Path) -> None:
    named = {"ZHISHOU_NATS_URL": "nats://a", "ZHISHOU_REDIS_URL": "redis://b"}
    assert addresses(tmp_path, named) == ("nats://a", "redis://b")
    place = tmp_path / "house"
    servers = json.dumps({"nats_url": "nats://c", "redis_url": "redis://d"})
    with opened(place) as data:
        data.run_file("servers").write_text(servers, encoding="utf-8")
        assert addresses(place, {}) == ("nats://c", "redis://d")
        assert addresses(place, {"ZHISHOU_NATS_URL": "nats://a"}) == ("nats://a", "redis://d")
    (place / "lock").write_text("0", encoding="utf-8")
    assert addresses(place, {}) == ("", ""), "what a house left behind is no house"


async def test_servers_that_are_away_fail_and_the_rest_is_still_looked_at(tmp_path: Path) -> None:
    nowhere = {
        "ZHISHOU_NATS_URL": "nats://127.0.0.1:9",
        "ZHISHOU_REDIS_URL": "redis://127.0.0.1:9",
    }
    found = await examine(tmp_path, nowhere, NOW)
    state = {each.part: each.level for each in found}
    assert state["nats"] == state["valkey"] == "fail"
    assert state["model"] == "ok"
    assert worst(found) == "fail"


def test_the_command_says_it_in_lines_or_as_json_and_exits_by_the_worst(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "house"
    with opened(place):
        pass
    assert run(["doctor", "--data-dir", str(place), "--json"], {}) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["state"] == "warn"
    place.chmod(0o755)
    assert run(["doctor", "--data-dir", str(place)], {}) == 1
    assert "-> chmod 700" in capsys.readouterr().out


def test_a_term_list_past_its_date_is_named_with_its_owner() -> None:
    [fresh], [old] = here.term_lists(date(2026, 1, 1)), here.term_lists(date(2999, 1, 1))
    assert fresh.level == "ok"
    assert old.level == "warn"
    assert "gambling (分类规则负责人)" in old.says


@pytest.mark.parametrize(("refused", "troubles"), [("", []), ("it is damaged", ["fail"])])
def test_a_process_that_judges_by_another_model_is_told(refused: str, troubles: list[str]) -> None:
    answer = {"model": "own", "in_office": "m2" if refused else "own", "refused": refused}
    found = read_judging("classify", answer)
    assert levels([found]) == troubles
    assert "own" in found.says
    assert refused in found.says


def test_a_year_whose_holidays_the_packs_do_not_know_is_a_warning() -> None:
    packs = [read_pack(default_policies_dir(), "company")]
    [known], [unknown] = (
        here.holidays(packs, date(2026, 5, 1)),
        here.holidays(packs, date(2031, 12, 1)),
    )
    assert (known.level, unknown.level) == ("ok", "warn")
    assert "of 2031, 2032 are not named in company" in unknown.says
