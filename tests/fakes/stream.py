"""What came in lately in the house of the console's tests: an advertisement that opened no case."""

from collections.abc import Mapping, Sequence

from services.respond.core.aggregates import Case
from services.respond.streaming import ItemSeen, Streamed
from shared.contracts.taking_up import Judged
from tests.fakes.builders import a_comment


class Stream:
    """The part of the read model that single items come from."""

    cases: dict[str, Case]
    streamed: tuple[ItemSeen, ...] = ()
    all_of_it = True

    async def newest(self) -> Streamed:
        return Streamed(items=self.streamed, complete=self.all_of_it)

    async def find(self, item_id: str) -> ItemSeen | None:
        return next((each for each in self.streamed if each.item.item_id == item_id), None)

    async def places(self, item_ids: Sequence[str]) -> Mapping[str, str]:
        known = {item.item_id: case.case_id for case in self.cases.values() for item in case.items}
        return {each: known[each] for each in item_ids if each in known}


def seen(
    native: str, text: str, held: str = "", *, case_id: str = "", deleted: bool = False
) -> ItemSeen:
    """Return an item with a verdict on it."""
    return ItemSeen(
        item=a_comment(native, text, account="plaza"),
        judged=Judged(model="linear-2026.11", held=held, abstained=not held),
        case_id=case_id,
        deleted=deleted,
    )
