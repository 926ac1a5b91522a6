"""Law of snapshots: one and the rest of the log are the whole log, wherever it was taken."""

import asyncio
from collections.abc import Sequence
from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from services.respond.core.decisions import CHAIN_START, chain
from services.respond.core.fold import fold, low_seq
from services.respond.core.state import State
from services.respond.shell.election import fact_hash
from services.respond.shell.recall import recall, resume
from services.respond.shell.snapshot_keeper import Rhythm, SnapshotKeeper
from services.respond.shell.snapshots import picture
from services.respond.shell.standing import Standing
from services.respond.shell.telemetry import Telemetry
from shared.bus.memory_bus import MemoryBus
from shared.bus.port import Message
from shared.contracts.facts import Fact, Stored, encode
from shared.contracts.ids import token
from shared.contracts.subjects import subject_for
from shared.contracts.verdicts import Label, Verdict
from shared.observability.metrics import Metrics
from shared.store.memory_store import MemoryStore
from shared.store.port import Cursor, Loaded
from tests.fakes.builders import a_comment, classified
from tests.fakes.clock import FakeClock
from tests.property.test_step_laws import CHOICES, GAPS, PACKS, SETUP, laid_out, play, stories


class Forgetful(State):
    """Forgets the marks of all but the last few versions, so that stories come to that.

    It forgets between two runs of facts, so what is compared must be cut alike.
    """

    SEEN_GENERATION = 4


class Whole(NamedTuple):
    """All that a state is, in an order in which two of them can be compared."""

    aggregates: dict[str, object]
    timers: list[object]
    marks: tuple[list[bytes], list[bytes], set[bytes]]
    now: object
    waiting: object
    due: object


def whole(state: State) -> Whole:
    view = state.view()
    return Whole(
        dict(view.aggregates),
        list(state.timers()),
        (list(view.older), list(view.newer), state._seen),
        view.now,
        [each._replace(fact=each.whole()) for each in view.waiting],
        [due for due in state.waiting.by_due() if state.waiting.get(due[1])],
    )


def a_bus(log: Sequence[Stored]) -> MemoryBus:
    bus = MemoryBus(FakeClock())
    bus._log = [
        Message(each.seq, each.time, subject_for(each.fact), encode(each.fact)) for each in log
    ]
    return bus


def folded(state: State, log: Sequence[Stored]) -> list[str]:
    return list(fold(state, log, PACKS).lines) if log else []


def standing_at(log: Sequence[Stored], incarnation: str, state: State) -> Standing:
    """Fold a log as a leader would and stand behind its last fact."""
    standing = Standing(1, Cursor(incarnation, 0, "", 1), state)
    lines = folded(standing.state, log)
    seq = log[-1].seq
    standing.cursor = Cursor(
        incarnation, seq, fact_hash(encode(log[-1].fact)), low_seq(standing.state, seq)
    )
    standing.chain = chain(CHAIN_START, lines)
    return standing


async def resumed(bus: MemoryBus, standing: Standing, state: State) -> tuple[Standing, Loaded]:
    """Take a snapshot; resume from what was kept, in an empty store; return what stands there."""
    telemetry, store = Telemetry(Metrics()), MemoryStore(FakeClock())
    await SnapshotKeeper(bus, FakeClock(), Rhythm(1, 2), telemetry).take(picture(standing))
    found = await recall(bus, await bus.state(), telemetry)
    assert found is not None
    fresh = Standing(2, Cursor("memory-1", 0, "", 1), state)
    await resume(fresh, found, store)
    loaded = await store.load()
    assert loaded is not None
    return fresh, loaded


def the_same_from(log: Sequence[Stored], cut: int, kind: type[State] = State) -> None:
    """Compare: folded on, and folded from a snapshot taken after `cut` facts."""
    expected = kind()
    parts = [log] if kind is State else [log[:cut], log[cut:]]
    lines = [line for part in parts for line in folded(expected, part)]
    before = standing_at(log[:cut], "memory-1", kind())
    fresh, loaded = asyncio.run(resumed(a_bus(log), before, kind()))
    assert fresh.chain == before.chain
    assert fresh.cursor == before.cursor == loaded.cursor
    assert whole(fresh.state) == whole(before.state)
    assert list(fresh.state.view().aggregates) == list(before.state.view().aggregates)
    rest = folded(fresh.state, log[cut:])
    assert lines[len(lines) - len(rest) :] == rest
    assert chain(fresh.chain, rest) == chain(CHAIN_START, lines)
    assert whole(fresh.state) == whole(expected)
    kept = before.state.view().aggregates.keys()
    assert {key for key in loaded.values if key in kept} == kept


@settings(max_examples=60)
@given(stories(), st.integers(1, 40))
def test_a_snapshot_and_the_rest_of_the_log_are_the_whole_log(log: list[Stored], cut: int) -> None:
    the_same_from(log, min(cut, len(log)))


@settings(max_examples=60)
@given(stories(), st.integers(1, 40))
def test_what_a_state_has_forgotten_a_snapshot_has_forgotten_too(
    log: list[Stored], cut: int
) -> None:
    the_same_from(log, min(cut, len(log)), Forgetful)


@st.composite
def floods(draw: st.DrawFn) -> list[Stored]:
    """Draw a log in which people repeat a few texts: clusters, claims, heavier cases."""
    parts: list[tuple[Fact, int]] = [(fact, 0) for fact in SETUP]
    said = st.tuples(st.integers(0, 2), st.integers(0, 3), GAPS)
    for number, (text, author, gap) in enumerate(draw(st.lists(said, max_size=14))):
        words = f"你们二楼的蛋糕发霉了还在卖,大家都别去了{text}"
        item = a_comment(f"f{number}", words, author=f"flood{author}", followers=100)
        labels = (Label.RUMOUR if text else Label.COMPLAINT,)
        verdict = Verdict.of(dict.fromkeys(labels, 0.9), decided=labels, model="m1")
        signature = "".join(f"{value:08x}" for value in range(16 - 6 * text, 32 - 6 * text))
        signed = verdict._replace(exact=token("text", words), signature=signature)
        parts += [(item, gap), (classified(item.item_id, item.item_version, signed), 1)]
    return laid_out(parts)


@settings(max_examples=40)
@given(floods(), st.integers(1, 40))
def test_a_snapshot_amid_a_flood_changes_nothing(log: list[Stored], cut: int) -> None:
    the_same_from(log, min(cut, len(log)))


@settings(max_examples=40)
@given(CHOICES, st.integers(8, 40))
def test_a_snapshot_amid_the_work_of_people_changes_nothing(
    choices: list[tuple[int, int, str]], cut: int
) -> None:
    _, log, _ = play(choices)
    the_same_from(log, min(cut, len(log)))
