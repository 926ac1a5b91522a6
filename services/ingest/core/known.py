"""Which versions of one account's items the log holds, and how they are cut into messages; pure."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

MAX_ITEMS = 256
MAX_BYTES = 256 << 10
"""Of one message: far below the 1 MiB that a server takes, and a quarter of what is taken at once."""


class Known:
    """The marks of all versions in the log up to `seq`, the newest message that was looked at.

    A mark is a number: a million of them take 90 MB less than a million subjects (ADR 0066).
    """

    def __init__(self) -> None:
        self.seq = self.singles_seq = 0
        self.newest = b""
        self._marks: set[int] = set()
        self._old: deque[tuple[datetime, tuple[int, ...]]] = deque()

    def __len__(self) -> int:
        return len(self._marks)

    def has(self, mark: str) -> bool:
        """Tell whether the log has this version."""
        return int(mark, 16) in self._marks

    def learn(self, marks: Iterable[str], newest: datetime) -> None:
        """Take note of versions, all of which were written by `newest`."""
        numbers = tuple([int(each, 16) for each in marks])
        self._marks.update(numbers)
        self._old.append((newest, numbers))

    def let_go(self, before: datetime) -> None:
        """Forget what was written before: such items are too old to be let in again."""
        while self._old and self._old[0][0] < before:
            self._marks.difference_update(self._old.popleft()[1])


def cut(sizes: Sequence[int]) -> Iterator[slice]:
    """Yield which neighbours go together: not too many, not too large, one at least."""
    start = held = 0
    for place, size in enumerate(sizes):
        if place > start and (place - start == MAX_ITEMS or held + size > MAX_BYTES):
            yield slice(start, place)
            start, held = place, 0
        held += size
    if sizes:
        yield slice(start, len(sizes))
