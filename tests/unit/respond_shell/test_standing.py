"""What a fresh leader takes over: marks that nobody asks for any more are written away."""

import pytest

from services.respond.core.state import State
from services.respond.shell.standing import MARK_BYTES, SEEN, Standing, forgotten, restore
from shared.store.port import Cursor, Loaded


class Brief(State):
    SEEN_GENERATION = 4


def marks(count: int) -> bytes:
    return b"".join(number.to_bytes(MARK_BYTES, "big") for number in range(count))


async def restored(seen: bytes, state: State) -> Standing:
    standing = Standing(1, Cursor("i", 0, "", 1), state)
    await restore(standing, Loaded(Cursor("i", 9, "h", 10), {SEEN: seen}, ()))
    return standing


@pytest.mark.parametrize("count", [0, 1, 4, 8, 9, 12, 13, 40])
async def test_what_is_written_away_was_forgotten_anyway(count: int) -> None:
    seen = marks(count)
    whole = Brief().restore(iter(()), seen, None)
    standing = await restored(seen, Brief())
    for number in range(count):
        mark = number.to_bytes(MARK_BYTES, "big")
        assert standing.state.has_seen(mark) == whole.has_seen(mark)
    kept = standing.compacted.get(SEEN, seen)
    assert len(kept) <= 2 * Brief.SEEN_GENERATION * MARK_BYTES
    assert kept == seen[forgotten(len(seen), Brief.SEEN_GENERATION) :]


async def test_nothing_is_written_anew_while_all_is_remembered() -> None:
    assert (await restored(marks(100), State())).compacted == {}
