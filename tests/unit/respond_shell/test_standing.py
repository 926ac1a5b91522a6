"""What a fresh leader takes over: marks that nobody asks for any more are written away."""

import pytest

from services.respond.core.state import State
from services.respond.shell.standing import MARK_BYTES, SEEN, Standing, forgotten, restore
from shared.store.port import Cursor, Loaded


def marks(count: int) -> bytes:
    return b"".join(number.to_bytes(MARK_BYTES, "big") for number in range(count))


def restored(seen: bytes) -> Standing:
    standing = Standing(1, Cursor("i", 0, "", 1))
    restore(standing, Loaded(Cursor("i", 9, "h", 10), {SEEN: seen}, ()))
    return standing


@pytest.mark.parametrize("count", [0, 1, 4, 8, 9, 12, 13, 40])
def test_what_is_written_away_was_forgotten_anyway(
    monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    monkeypatch.setattr(State, "SEEN_GENERATION", 4)
    seen = marks(count)
    whole = State().restore(iter(()), seen, None)
    standing = restored(seen)
    for number in range(count):
        mark = number.to_bytes(MARK_BYTES, "big")
        assert standing.state.has_seen(mark) == whole.has_seen(mark)
    kept = standing.compacted.get(SEEN, seen)
    assert len(kept) <= 2 * State.SEEN_GENERATION * MARK_BYTES
    assert kept == seen[forgotten(len(seen)) :]


def test_nothing_is_written_anew_while_all_is_remembered() -> None:
    assert restored(marks(100)).compacted == {}
