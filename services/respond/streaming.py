"""What came in lately, whatever became of it: what the console asks of respond's shell."""

from typing import Protocol

from shared.contracts.base import Frozen
from shared.contracts.items import ItemReceived
from shared.contracts.taking_up import Judged


class ItemSeen(Frozen):
    """An item as the log has it: its newest words, what classify says of them, its case if any."""

    item: ItemReceived
    judged: Judged | None = None
    case_id: str = ""
    deleted: bool = False


class Streamed(Frozen):
    """The newest items, newest first; `complete` if the log has no others."""

    items: tuple[ItemSeen, ...]
    complete: bool


class ItemStream(Protocol):
    """Everything that came in lately, also what opened no case."""

    async def newest(self) -> Streamed:
        """Return the newest items, newest first. Raises TransientError."""
        ...

    async def find(self, item_id: str) -> ItemSeen | None:
        """Return one of them. Raises TransientError."""
        ...
