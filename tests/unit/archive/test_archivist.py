"""The archive is a projection: written once per fact, made again when the log is another one."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from services.archive.core.rows import rows_of
from services.archive.shell.archivist import Archivist
from services.archive.shell.database import Database, Place
from services.archive.shell.reading import copy, search
from services.respond.core.decisions import ItemJudged, line
from shared.bus.memory_bus import MemoryBus
from shared.bus.port import Outgoing, outgoing
from shared.contracts.base import stamp
from shared.contracts.facts import Fact, encode
from shared.contracts.items import ItemDeleted, ItemEdited
from shared.contracts.operators import CaseClaimed, ModeChanged
from shared.contracts.system import (
    Ancestor,
    ClockTicked,
    DecisionsRecorded,
    EffectFinished,
    EffectStarted,
    LogRestored,
)
from shared.contracts.verdicts import Label
from shared.errors import UserError
from shared.observability.metrics import Metric, Metrics
from tests.fakes.clock import START, FakeClock
from tests.fakes.respond_house import a_comment, a_verdict
from tests.fakes.waiting import until

ITEM = a_comment(1, START)
EDIT = ItemEdited(
    platform="weibo",
    account_id=ITEM.account_id,
    item_id=ITEM.item_id,
    item_version="v2",
    native_id=ITEM.native_id,
    text="改了",
    edited_at=START,
)
GONE = ItemDeleted(
    platform="weibo",
    account_id=ITEM.account_id,
    item_id=ITEM.item_id,
    item_version="v3",
    native_id=ITEM.native_id,
)
JUDGED = (
    '{"account_id":"a","at":"2026-03-02T09:00:00Z","case_id":"c1",'
    f'"item_id":"{ITEM.item_id}","kind":"item.judged","model":"m1"}}'
)
LINES = (
    JUDGED,
    '{"account_id":"a","at":"2026-03-02T09:00:00Z","case_id":"c1","kind":"case.opened"}',
    '{"account_id":"a","at":"2026-03-02T09:10:00Z","case_id":"c1","kind":"clock.breached"}',
    '{"at":"2026-03-02T09:11:00Z","effect_id":"e1","effect_kind":"send_reply","kind":"effect.decided"}',
)
FACTS: tuple[Fact, ...] = (
    ITEM,
    EDIT,
    GONE,
    a_verdict(ITEM),
    CaseClaimed(op_id="o1", person_id="wang", case_id="c1"),
    ModeChanged(op_id="o2", person_id="li", account_id="a", mode="observe", reason="夜间"),
    EffectStarted(
        effect_id="e1",
        attempt=1,
        term=1,
        body="您好",
        target="t",
        pack_hash="h",
        core_version="1",
    ),
    EffectFinished(effect_id="e1", attempt=1, term=1, status="done"),
    DecisionsRecorded(after_seq=0, upto_seq=4, lines=LINES, chain="x"),
    ClockTicked(term=1, tick=1),
)
COUNTS = {
    "items": 1,
    "edits": 1,
    "deletions": 1,
    "classified": 1,
    "cases": 1,
    "resolved": 0,
    "breaches": 1,
    "pages": 0,
    "actions": 2,
    "replies": 1,
}


@asynccontextmanager
async def archiving(
    bus: MemoryBus, clock: FakeClock, file: Path, metrics: Metrics | None = None
) -> AsyncIterator[Archivist]:
    archivist = Archivist(bus, Database(file), clock, metrics or Metrics())
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        task = group.create_task(archivist.run(stop))
        end = (await bus.state()).last_seq

        async def written() -> bool:
            await clock.advance(0.6)
            return archivist.seq == end

        await until(written)  # a thread writes meanwhile
        yield archivist
        stop.set()
        await clock.advance(1)
        task.cancel()
    await archivist.close()


async def a_log(clock: FakeClock) -> MemoryBus:
    bus = MemoryBus(clock)
    await bus.publish([outgoing(each) for each in FACTS])
    return bus


async def test_everything_worth_keeping_is_counted(tmp_path: Path) -> None:
    clock = FakeClock()
    async with archiving(await a_log(clock), clock, tmp_path / "a.sqlite3") as archivist:
        assert await archivist.counts() == COUNTS


def test_decisions_on_items_of_no_case_are_one_row_and_counted(tmp_path: Path) -> None:
    quiet = ItemJudged(START, "a", "i1", "v1", "t", (Label.PRAISE,), False, 10, "m1", (), "")
    blind = quiet._replace(item_id="i2", model="", degraded=("unclassified",))
    loud = quiet._replace(item_id="i3", case_id="c1")
    lines = tuple(map(line, (quiet, blind, loud, quiet._replace(item_id="i4"))))
    fact = DecisionsRecorded(after_seq=0, upto_seq=4, lines=lines, chain="x")
    rows = list(rows_of(7, stamp(START), encode(fact)))
    assert [table for table, _ in rows] == ["judgements", "quiet"]
    [kept] = rows[1].values
    assert kept == (7, 3, 2, "[]", "\n".join((lines[0], lines[1], lines[3])))
    database = Database(tmp_path / "a.sqlite3")
    database.write(rows, Place(incarnation="i", seq=7, fact_hash="h"))
    assert database.counts()["classified"] == 3
    assert database.counts()["classified"] == 3, "counted once"
    database.close()


async def test_a_restart_goes_on_and_adds_nothing_twice(tmp_path: Path) -> None:
    clock = FakeClock()
    bus = await a_log(clock)
    for _ in range(2):
        async with archiving(bus, clock, tmp_path / "a.sqlite3") as archivist:
            assert await archivist.counts() == COUNTS


@pytest.mark.parametrize("fault", ["tail", "anew"])
async def test_another_log_makes_another_archive(tmp_path: Path, fault: str) -> None:
    clock = FakeClock()
    bus = await a_log(clock)
    async with archiving(bus, clock, tmp_path / "a.sqlite3"):
        pass
    if fault == "tail":
        bus.lose_tail(1)
    else:
        bus.remake()
        await bus.publish([outgoing(ITEM)])
    async with archiving(bus, clock, tmp_path / "a.sqlite3") as archivist:
        counts = await archivist.counts()
    assert (counts["items"], counts["edits"]) == (1, 0)


@pytest.mark.parametrize(("upto", "written"), [(2, 1), (1, 3)])
async def test_an_archive_no_further_than_the_backup_of_its_log_goes_on(
    tmp_path: Path, upto: int, written: int
) -> None:
    clock = FakeClock()
    bus = MemoryBus(clock)
    await bus.publish([outgoing(ITEM), outgoing(ClockTicked(term=1, tick=1))])
    async with archiving(bus, clock, tmp_path / "a.sqlite3"):
        pass
    lives = (Ancestor(incarnation=(await bus.state()).incarnation, upto_seq=upto),)
    bus.remake()
    fact = LogRestored(made_at=START, upto_seq=upto, upto_time=START, ancestors=lives)
    again: list[Fact] = [ITEM, ClockTicked(term=1, tick=1), fact]
    await bus.publish([outgoing(each) for each in again])
    metrics = Metrics()
    for _ in range(2):
        async with archiving(bus, clock, tmp_path / "a.sqlite3", metrics) as archivist:
            assert (await archivist.counts())["items"] == 1
    assert metrics.value(Metric.ARCHIVED) == written


async def test_a_rewritten_fact_at_the_cursor_is_noticed(tmp_path: Path) -> None:
    clock = FakeClock()
    bus = MemoryBus(clock)
    await bus.publish([outgoing(ITEM), outgoing(ClockTicked(term=1, tick=1))])
    async with archiving(bus, clock, tmp_path / "a.sqlite3"):
        pass
    bus.lose_tail(1)
    await bus.publish([outgoing(EDIT)])
    async with archiving(bus, clock, tmp_path / "a.sqlite3") as archivist:
        assert (await archivist.counts())["edits"] == 1


async def test_what_is_no_fact_is_passed_over(tmp_path: Path) -> None:
    clock = FakeClock()
    bus = await a_log(clock)
    await bus.publish([Outgoing("zs.v1.no.such", b"{", "poison")])
    async with archiving(bus, clock, tmp_path / "a.sqlite3") as archivist:
        assert await archivist.counts() == COUNTS


def test_writing_the_same_rows_twice_changes_nothing(tmp_path: Path) -> None:
    database = Database(tmp_path / "deep" / "a.sqlite3")
    rows = [
        row
        for seq, fact in enumerate(FACTS, 1)
        for row in rows_of(seq, stamp(START), encode(fact))
    ]
    place = Place(incarnation="i", seq=len(FACTS), fact_hash="h")
    database.write(rows, place)
    database.write(rows, place)
    assert database.counts() == COUNTS
    assert database.place() == place
    database.close()


async def test_two_character_words_are_found_in_what_became_a_case(tmp_path: Path) -> None:
    clock, file = FakeClock(), tmp_path / "a.sqlite3"
    bus = await a_log(clock)
    await bus.publish(
        [
            outgoing(a_comment(2, START)),
        ]
    )
    async with archiving(bus, clock, file):
        [found] = search(file, "退款 第1次")
        assert (found.source, found.case_id, found.text) == ("item", "c1", ITEM.text)
        assert [each.source for each in search(file, "夜间")] == ["action"]
        assert [each.source for each in search(file, "您好")] == ["reply"]
        assert search(file, "退货") == []
        assert search(file, "第2次") == [], "what became no case is kept, but not word by word"


async def test_a_copy_is_whole_while_the_archivist_goes_on(tmp_path: Path) -> None:
    clock, file, out = FakeClock(), tmp_path / "a.sqlite3", tmp_path / "copy.sqlite3"
    async with archiving(await a_log(clock), clock, file) as archivist:
        copy(file, out)
        assert await archivist.counts() == COUNTS
    copied = Database(out)
    assert copied.counts() == COUNTS
    copied.close()
    with pytest.raises(UserError, match="there already"):
        copy(file, out)
    with pytest.raises(UserError, match="cannot copy"):
        copy(file, tmp_path / "no" / "such" / "folder")


def test_searching_where_there_is_no_archive_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot read"):
        search(tmp_path / "none.sqlite3", "退款")
    with pytest.raises(UserError, match="no word"):
        search(tmp_path / "none.sqlite3", "，。!")


async def test_an_archive_of_older_tables_is_made_anew_from_the_log(tmp_path: Path) -> None:
    clock, file = FakeClock(), tmp_path / "a.sqlite3"
    old = sqlite3.connect(file)
    old.execute("CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL)")
    old.execute("INSERT INTO meta VALUES ('version', '1')")
    old.commit()
    old.close()
    async with archiving(await a_log(clock), clock, file) as archivist:
        assert await archivist.counts() == COUNTS


def test_a_file_that_is_no_archive_is_a_clear_error(tmp_path: Path) -> None:
    file = tmp_path / "a.sqlite3"
    file.write_bytes(b"this is no database, whatever its name says" * 50)
    with pytest.raises(UserError) as raised:
        Database(file)
    assert "made again from the log" in raised.value.fix
