"""The last lines before the write: the lease, the deadline, the account, the ledger's chunks."""

import asyncio
from pathlib import Path

import pytest

from services.respond.core.aggregates import Account, Effect, Organisation
from services.respond.core.decisions import CHAIN_START, chain
from services.respond.core.state import Changes
from services.respond.shell.configuration import load_people, load_roster
from services.respond.shell.door import Withheld
from services.respond.shell.election import compare, fact_hash, take_office
from services.respond.shell.office import Office, OfficeLostError
from services.respond.shell.packs import fetch_packs
from services.respond.shell.recorder import MAX_LINES, Entries
from services.respond.shell.send_port import SendPort, Voice
from services.respond.shell.standing import Standing
from shared.bus.memory_bus import MemoryBus
from shared.bus.port import FencedError, outgoing
from shared.contracts.facts import decode, encode
from shared.contracts.system import ClockTicked, DecisionsRecorded
from shared.errors import PermanentError, TransientError, UserError
from shared.store.memory_store import MemoryStore
from shared.store.port import Cursor, StaleTermError
from tests.fakes.clock import START, FakeClock
from tests.fakes.respond_house import ACCOUNT, a_configuration, a_house, a_pack
from tests.fakes.speaker import FakeSpeaker


async def an_office(clock: FakeClock, holder: str = "me") -> Office:
    office = Office(MemoryStore(clock), clock, holder, 3.0)
    assert await office.acquire()
    return office


async def test_a_process_that_slept_past_its_lease_does_not_speak() -> None:
    """The sleeper checked everything, was stopped, and wakes in the line before the write."""
    async with a_house() as house:
        await house.lead()
        case_id = await house.complaint()
        await house.approve(case_id)
        loaded = await house.store.load()
        assert loaded is not None
        await house.clock.advance(16)
        [effect] = await house.effects()
        office = await an_office(house.clock, "sleeper")
        standing = Standing(1, loaded.cursor)
        case = await house.case(case_id)
        [account] = await house.read.accounts()
        organisation = await house.read.organisation()
        held = {each.key: each for each in (case, account, organisation)}
        standing.state.apply(Changes(puts=held), START)
        standing.packs[effect.pack_hash] = a_pack()
        speaker = FakeSpeaker(house.clock)
        port = SendPort({ACCOUNT: Voice(speaker, live=False)}, office, standing, 10.0)
        house.clock._elapsed += 3600
        with pytest.raises(OfficeLostError):
            await port.send(effect)
        assert speaker.calls == 0


async def test_an_account_that_is_not_set_up_here_is_withheld() -> None:
    clock = FakeClock()
    standing = Standing(1, Cursor("i", 1, "", 1))
    port = SendPort({}, await an_office(clock), standing, 10.0)
    effect = Effect(
        effect_id="e",
        effect_kind="send_reply",
        status="decided",
        account_id=ACCOUNT,
        approval_id="a",
        decided_at=START,
        decided_seq=1,
    )
    assert port.withheld(effect) == "account_missing"
    assert isinstance(await port.send(effect), Withheld)
    assert port.horizon_seconds(ACCOUNT) == 0.0
    with pytest.raises(PermanentError):
        await port.find(effect, START)


async def test_an_effect_of_a_case_that_is_not_known_is_withheld() -> None:
    clock = FakeClock()
    [registered] = a_configuration().accounts_registered()
    pack = a_pack()
    account = Account(registered=registered)
    organisation = Organisation(packs={"company": pack.content_hash()})
    standing = Standing(1, Cursor("i", 1, "", 1), packs={pack.content_hash(): pack})
    standing.state.apply(
        Changes(puts={account.key: account, organisation.key: organisation}), START
    )
    voices = {ACCOUNT: Voice(FakeSpeaker(clock), live=False)}
    port = SendPort(voices, await an_office(clock), standing, 10.0)
    effect = Effect(
        effect_id="e",
        effect_kind="send_reply",
        status="decided",
        account_id=ACCOUNT,
        pack_hash=pack.content_hash(),
        decided_at=START,
        decided_seq=1,
    )
    assert port.withheld(effect) == "case_missing"


async def test_a_lease_that_is_not_renewed_ends_the_office() -> None:
    clock = FakeClock()
    store = MemoryStore(clock)
    office = Office(store, clock, "me", 3.0)
    assert await office.acquire()
    await store.release("respond", "me")
    await store.acquire("respond", "other", 60)
    async with asyncio.TaskGroup() as group:
        advanced = group.create_task(clock.advance(2))
        with pytest.raises(OfficeLostError):
            await office.keep(asyncio.Event())
        await advanced


async def test_the_slower_of_two_candidates_is_fenced() -> None:
    clock = FakeClock()
    bus, store = MemoryBus(clock), MemoryStore(clock)
    office = await an_office(clock)

    mandate = await take_office(bus, store, office)
    tick = ClockTicked(term=mandate.term - 1, tick=1)
    with pytest.raises(FencedError):
        await bus.publish([outgoing(tick, term=mandate.term - 1)])


async def test_a_store_of_a_higher_term_than_the_log_is_emptied() -> None:
    clock = FakeClock()
    bus, store = MemoryBus(clock), MemoryStore(clock)
    await bus.publish([outgoing(ClockTicked(term=1, tick=1))])
    await store.take_office(500)
    mandate = await take_office(bus, store, await an_office(clock))
    assert (mandate.term, mandate.from_store) == (2, False)
    with pytest.raises(StaleTermError):
        await store.take_office(1)


async def test_a_cursor_knows_its_log() -> None:
    clock = FakeClock()
    bus = MemoryBus(clock)
    await bus.publish([outgoing(ClockTicked(term=1, tick=tick)) for tick in range(3)])
    [message] = await bus.read(2, 2)
    log = await bus.state()
    good = Cursor(log.incarnation, 2, fact_hash(message.data), 3)
    assert await compare(bus, good, log) == ""
    for bad in (
        Cursor("other", 2, good.fact_hash, 3),
        Cursor(log.incarnation, 9, good.fact_hash, 10),
        Cursor(log.incarnation, 2, "other", 3),
    ):
        assert await compare(bus, bad, log)


def test_long_ledgers_are_cut_into_entries_that_chain() -> None:
    standing = Standing(1, Cursor("i", 0, "", 1))
    lines = [f'{{"n":{number}}}' for number in range(MAX_LINES + 3)]
    facts = [decode(each) for each in Entries(standing).make(lines, 0, 9)]
    assert [len(each.lines) for each in facts if isinstance(each, DecisionsRecorded)] == [
        MAX_LINES,
        3,
    ]
    last = facts[-1]
    assert isinstance(last, DecisionsRecorded)
    assert last.chain == chain(CHAIN_START, lines) == standing.chain


def test_a_refold_records_only_what_the_log_does_not_have() -> None:
    lines = ["a", "b", "c", "d"]
    standing = Standing(1, Cursor("i", 0, "", 1))
    standing.recorded = DecisionsRecorded(
        after_seq=0, upto_seq=5, lines=("a", "b"), chain=chain(CHAIN_START, lines[:2])
    )
    entries = Entries(standing)
    assert entries.boundary == 5
    [entry] = entries.make(lines, 0, 5)
    fact = decode(entry)
    assert isinstance(fact, DecisionsRecorded)
    assert fact.lines == ("c", "d")
    assert not entries.diverged


def test_a_ledger_that_only_waits_to_be_recorded_is_no_other_one() -> None:
    chains = [chain(CHAIN_START, ["a"]), chain(CHAIN_START, ["a", "b"])]
    first = DecisionsRecorded(after_seq=0, upto_seq=5, lines=("a",), chain=chains[0])
    second = DecisionsRecorded(after_seq=5, upto_seq=9, lines=("b",), chain=chains[1])
    standing = Standing(1, Cursor("i", 9, "", 10), chain=chains[1])
    standing.recorded, standing.outbox = first, [encode(second)]
    entries = Entries(standing)
    assert not entries.diverged
    assert len(entries.make(["c"], 9, 10)) == 1


def test_a_refold_that_decides_otherwise_is_noticed_and_goes_on() -> None:
    standing = Standing(1, Cursor("i", 0, "", 1))
    standing.recorded = DecisionsRecorded(after_seq=0, upto_seq=5, lines=("x",), chain="x")
    entries = Entries(standing)
    assert entries.make(["a"], 0, 5) == []
    standing.cursor = Cursor("i", 5, "", 6)
    assert entries.diverged
    entries.forgive()
    assert len(entries.make(["b"], 5, 6)) == 1


async def test_a_pack_is_fetched_whole_or_not_at_all() -> None:
    bus = MemoryBus(FakeClock())
    with pytest.raises(TransientError):
        await fetch_packs(bus, ["0" * 64])
    broken = await bus.put_object(b"{}")
    with pytest.raises(PermanentError):
        await fetch_packs(bus, [broken])


def test_people_and_roster_come_from_files(tmp_path: Path) -> None:
    people, roster = tmp_path / "people.yaml", tmp_path / "roster.yaml"
    people.write_text(
        "people:\n- {person_id: li, name: 李组长, roles: [lead]}\n", encoding="utf-8"
    )
    roster.write_text(
        "duties:\n- person_id: li\n  start: 2026-03-01T00:00:00+08:00\n"
        "  end: 2026-03-08T00:00:00+08:00\n"
        "  contacts: [{channel: webhook, address_ref: li}]\n",
        encoding="utf-8",
    )
    assert load_people(people)[0].name == "李组长"
    assert load_roster(roster)[0].contacts[0].channel == "webhook"


@pytest.mark.parametrize("content", ["people: [", "people: [{person_id: x}]", None])
def test_a_mistake_in_the_people_file_is_one_clear_line(
    tmp_path: Path, content: str | None
) -> None:
    file = tmp_path / "people.yaml"
    if content is not None:
        file.write_text(content, encoding="utf-8")
    with pytest.raises(UserError) as raised:
        load_people(file)
    assert str(file) in raised.value.where
