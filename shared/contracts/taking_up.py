"""The fact that somebody made a case of its own of an item."""

from typing import Literal

from shared.contracts.base import Frozen
from shared.contracts.items import ItemReceived
from shared.contracts.operators import OperatorFactBase


class Judged(Frozen):
    """What classify said of the item's newest words, as the log has it."""

    model: str
    beliefs: str = ""
    held: str = ""
    abstained: bool = False
    why: str = ""
    anger: int = 0
    degraded: tuple[str, ...] = ()


class ItemTakenUp(OperatorFactBase):
    """Make a case of an item that opened none, or that lies in a case that collects.

    `item` and `judged` are what the log has of it: the house fills them in, since the fold has
    forgotten what opened no case. `answer` false: it is only to be looked at, or taken away.
    """

    kind: Literal["operator.item_taken_up"] = "operator.item_taken_up"
    item_id: str
    answer: bool
    reason: str
    item: ItemReceived | None = None
    judged: Judged | None = None
