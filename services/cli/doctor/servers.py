"""What the two servers and our own processes say of themselves when they are asked."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path

import aiohttp
from pydantic_core import from_json

from services.cli.backup.note import BackupNote
from services.cli.doctor.finding import Finding, fail, ok, warn
from shared.bus.nats_inspect import LogReport, inspect_log
from shared.errors import TransientError, UserError
from shared.store.port import StoreRefusedError
from shared.store.redis_inspect import StoreReport, inspect_store

SKEW_SECONDS = 2.0
BACKLOG = 2_000
FULL_SHARE = 0.8
ANSWER_SECONDS = 2.0
OLD_BACKUP = timedelta(hours=26)
"""A nightly one that is two hours late."""
BACK_UP = "zhishou backup --to DIRECTORY, every night"
START = "start it: 'zhishou up', or your own server"
MIB = 1024**2
NO_ANSWER = (OSError, ValueError, KeyError, TimeoutError, aiohttp.ClientError)
OTHERS = frozenset({"servers", "mock"})
"""Run files of what is no service of ours."""


async def log(
    url: str, now: datetime, *, owner: bool = False
) -> tuple[list[Finding], LogReport | None]:
    """Ask NATS; its `owner` hears more."""
    try:
        report = await inspect_log(url, owner=owner)
    except UserError as error:
        return [fail("nats", error.what, error.fix)], None
    except TransientError as error:
        return [fail("nats", str(error), START)], None
    return list(read_log(report, now)), report


def read_log(report: LogReport, now: datetime) -> Iterator[Finding]:
    """Judge what NATS said."""
    yield ok("nats", f"nats-server {report.server_version} answers")
    if not report.stream or report.now is None:
        yield warn("log", "there is none yet", "the first service that starts makes it")
        return
    skew = abs((report.now - now).total_seconds())
    if skew > SKEW_SECONDS:
        fix = "let both machines follow the same time server"
        yield warn("clock", f"ours and the server's differ by {skew:.1f} s", fix)
    if report.stuck:
        fix = "make room on its disk, then start nats-server again ('zhishou up' does)"
        yield fail("log", f"takes nothing any more since a write failed: {report.stuck}", fix)
    share = report.bytes_stored / report.max_bytes if report.max_bytes > 0 else 0.0
    says = f"{report.facts} facts to {report.last_seq}, {report.bytes_stored / MIB:.0f} MiB"
    if share > FULL_SHARE:
        fix = "docs/runbooks/ZhishouLogFilling.md: who holds it, and what may leave it"
        yield fail("log", f"{says}: {share:.0%} of its limit", fix)
    else:
        yield ok("log", says)
    for each in report.odd:
        yield fail("log", each, "set the stream as deploy/nats describes")
    waiting = report.to_classify + report.in_hand
    if waiting > BACKLOG:
        yield warn(
            "verdicts", f"{waiting} messages with items wait", "start more classify processes"
        )
    else:
        yield ok("verdicts", f"{waiting} messages with items wait")


def read_backup(report: LogReport, now: datetime, *, live: bool) -> Finding:
    """Judge how old the newest backup is; a house without live accounts may do without one."""
    if not report.backup_note:
        if live:
            return warn("backup", "none was ever made", BACK_UP)
        return ok("backup", "none was ever made")
    note = BackupNote.model_validate_json(report.backup_note)
    age = now - note.made_at
    hours = age.total_seconds() / 3600
    says = f"the newest is {hours:.0f} h old and {report.last_seq - note.last_seq} facts behind"
    return warn("backup", says, BACK_UP) if age > OLD_BACKUP else ok("backup", says)


async def store(url: str) -> list[Finding]:
    """Ask Valkey or Redis."""
    try:
        report = await inspect_store(url)
    except UserError as error:
        return [fail("valkey", error.what, error.fix)]
    except StoreRefusedError as error:
        fix = "check user and password in ZHISHOU_REDIS_URL"
        return [fail("valkey", f"refuses us: {error}", fix)]
    except TransientError as error:
        return [fail("valkey", str(error), START)]
    return list(read_store(report))


def read_store(report: StoreReport) -> Iterator[Finding]:
    """Judge what Valkey said."""
    yield ok("valkey", f"{report.version} answers, {report.used_bytes / MIB:.0f} MiB in use")
    if not report.append_only:
        fix = "appendonly yes: without it each restart rebuilds from the log"
        yield warn("valkey", "keeps nothing on disk", fix)
    if not report.last_write_ok:
        yield fail("valkey", "its last write to disk failed", "free its disk")
    if report.max_bytes and report.used_bytes > FULL_SHARE * report.max_bytes:
        yield fail(
            "valkey", f"{report.used_bytes / report.max_bytes:.0%} of its memory", "give it more"
        )
    if report.max_bytes and report.eviction != "noeviction":
        yield fail(
            "valkey", f"throws away keys ({report.eviction})", "set maxmemory-policy noeviction"
        )


async def processes(data_dir: Path) -> list[Finding]:
    """Ask every process that reported itself in the data directory."""
    places = [
        each for each in sorted((data_dir / "run").glob("*.json")) if each.stem not in OTHERS
    ]
    timeout = aiohttp.ClientTimeout(total=ANSWER_SECONDS)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        found = [await _process(session, place, place.read_bytes()) for place in places]
        judges = [each for each in places if each.stem.startswith("classify")]
        return found + [
            finding
            for place in judges
            for finding in await _judging(session, place.stem, place.read_bytes())
        ]


async def _judging(session: aiohttp.ClientSession, name: str, said: bytes) -> list[Finding]:
    """Ask a classify process by which model it judges; one that does not answer was told of."""
    try:
        async with session.get(f"{from_json(said)['http']}/model") as response:
            answer = await response.json()
            return [read_judging(name, answer)]
    except (*NO_ANSWER, AttributeError, TypeError):
        return []


def read_judging(name: str, answer: Mapping[str, str]) -> Finding:
    """Judge by which model a classify process judges."""
    if answer["refused"]:
        fix = "zhishou model rollback, or propose and approve a bundle that loads"
        why = f"judges with {answer['model']}, not {answer['in_office']}: {answer['refused']}"
        return fail(name, why, fix)
    return ok(name, f"judges with {answer['model']}")


async def _process(session: aiohttp.ClientSession, place: Path, said: bytes) -> Finding:
    name = place.stem
    fix = f"its log: {place.parents[1] / 'logs' / name}.log"
    try:
        report = from_json(said)
        address = report.get("health") or report["http"]
        async with session.get(f"{address}/readyz") as response:
            checks = dict((await response.json())["checks"])
            ready = f"ready, process {report['pid']}"
    except (*NO_ANSWER, AttributeError, TypeError) as error:  # or another program answers
        return fail(name, f"does not answer ({type(error).__name__})", fix)
    unwell = {what: why for what, why in checks.items() if why != "ok"}
    if unwell:
        return fail(name, "; ".join(f"{what}: {why}" for what, why in unwell.items()), fix)
    return ok(name, ready)
