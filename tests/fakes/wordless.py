"""Builders of what has no words in it, and of the person who makes a case of it."""

from shared.contracts.items import ItemClassified, ItemReceived
from shared.contracts.taking_up import ItemTakenUp, Judged
from shared.contracts.verdicts import Label
from tests.fakes.builders import a_verdict


def nothing_to_read(native: str, *held: Label, kind: str = "comment") -> ItemClassified:
    """Return what classify says of an item without a word: nothing is denied."""
    return a_verdict(native, *held, kind=kind, abstained=True, degraded=("no_text",))


def a_take_up(
    item_id: str,
    *,
    item: ItemReceived | None = None,
    judged: Judged | None = None,
    answer: bool = True,
    reason: str = "要答复",
    op: str = "op-take",
) -> ItemTakenUp:
    return ItemTakenUp(
        op_id=op,
        person_id="li",
        item_id=item_id,
        answer=answer,
        reason=reason,
        item=item,
        judged=judged,
    )
