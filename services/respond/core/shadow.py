"""What proposed rules would have decided beside those in force: counted, the newest shown."""

from typing import Final, Literal

from pydantic import Field

from services.respond.core.case import KEEP
from services.respond.core.state import Aggregate
from shared.contracts.base import Frozen, Time

SHOWN_KEPT: Final = KEEP
Deviation = Literal["case", "labels", "severity", "clocks", "suggestions", "gate"]


class ShadowDifference(Frozen):
    """One thing that the proposed rules would have decided otherwise; "" is: nothing."""

    at: Time
    kind: Deviation
    item_id: str
    case_id: str
    live: str
    shadow: str


class ShadowRun(Aggregate):
    """One run: items and texts looked at, differences by kind, and the newest of them.

    `failed` are items and texts on which the proposed rules raised.
    """

    pack: str
    pack_hash: str
    since: Time
    items: int = 0
    texts: int = 0
    failed: int = 0
    counts: dict[Deviation, int] = Field(default_factory=dict)
    newest: tuple[ShadowDifference, ...] = ()

    @property
    def key(self) -> str:
        return f"shadow:{self.pack}"

    def with_found(
        self, what: Literal["items", "texts"], found: tuple[ShadowDifference, ...]
    ) -> "ShadowRun":
        """Return the run with one more item or text, and what was found on it."""
        fresh: dict[str, object] = {what: getattr(self, what) + 1}
        if found:
            counts = dict(self.counts)
            for each in found:
                counts[each.kind] = counts.get(each.kind, 0) + 1
            fresh["counts"] = counts
            fresh["newest"] = (*self.newest, *found)[-SHOWN_KEPT:]
        return self.model_copy(update=fresh)
