"""The whole examination: every look has its own limit, none can end the others."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from services.cli.doctor import here, servers
from services.cli.doctor.finding import Finding, fail, warn
from services.cli.doctor.posts import posts
from services.cli.doctor.roster import roster
from services.cli.embedded.data_dir import in_use
from shared.bus.nats_inspect import LogReport

LOOK_SECONDS = 5.0


async def examine(data_dir: Path, environment: Mapping[str, str], now: datetime) -> list[Finding]:
    """Return all findings, in a fixed order."""
    found = [*here.program(), *here.told("data directory", lambda: here.directory(data_dir))]
    running = in_use(data_dir)
    nats_url, redis_url = addresses(data_dir, environment)
    report: LogReport | None = None
    if nats_url:
        embedded = running and not environment.get("ZHISHOU_NATS_URL")
        said, report = await _log(nats_url, now, owner=embedded)
        found += said
    if redis_url:
        found += await _limited("valkey", lambda: servers.store(redis_url))
    if not (nats_url and redis_url):
        fix = "zhishou up; or set ZHISHOU_NATS_URL and ZHISHOU_REDIS_URL"
        found.append(warn("house", "nothing runs here", fix))
    if running:
        found += await _limited("processes", lambda: servers.processes(data_dir))
    end = report.last_seq if report else None
    found += here.told("spool", lambda: here.spool(data_dir))
    found += here.told("archive", lambda: here.archive(data_dir, end))
    found += here.told("segments", lambda: here.segments(data_dir))
    found += here.told("model", here.model)
    found += here.told("term lists", lambda: here.term_lists(now.date()))
    found += here.told("settings", lambda: _settings(data_dir, environment, report, now))
    return found


def _settings(
    data_dir: Path, environment: Mapping[str, str], report: LogReport | None, now: datetime
) -> Iterator[Finding]:
    read = here.configured(data_dir, environment)
    yield from here.settings(read, data_dir, environment)
    yield from posts(read)
    yield from roster(read, now, webhook=bool(environment.get("ZHISHOU_PAGER_WEBHOOK_URL")))
    if read is not None:
        yield from here.holidays(read.packs, now.date())
    live = read is not None and any(each.live for each in read.accounts)
    if report is not None and report.stream:
        yield servers.read_backup(report, now, live=live)


def addresses(data_dir: Path, environment: Mapping[str, str]) -> tuple[str, str]:
    """Return where NATS and Valkey are: named by the environment, else of a `zhishou up` here."""
    nats_url = environment.get("ZHISHOU_NATS_URL", "")
    redis_url = environment.get("ZHISHOU_REDIS_URL", "")
    if not in_use(data_dir):
        return nats_url, redis_url
    with suppress(OSError, ValueError, KeyError):
        named = json.loads((data_dir / "run" / "servers.json").read_text(encoding="utf-8"))
        nats_url = nats_url or str(named["nats_url"])
        redis_url = redis_url or str(named["redis_url"])
    return nats_url, redis_url


async def _log(url: str, now: datetime, *, owner: bool) -> tuple[list[Finding], LogReport | None]:
    try:
        async with asyncio.timeout(LOOK_SECONDS):
            return await servers.log(url, now, owner=owner)
    except TimeoutError:
        return [fail("nats", f"no answer within {LOOK_SECONDS:g} s", servers.START)], None


async def _limited(part: str, look: Callable[[], Awaitable[list[Finding]]]) -> list[Finding]:
    try:
        async with asyncio.timeout(LOOK_SECONDS):
            return await look()
    except TimeoutError:
        return [fail(part, f"no answer within {LOOK_SECONDS:g} s", servers.START)]
