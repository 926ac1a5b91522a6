"""What was said of positions, bans and automatic receipts, by whom, when and why: the newest of it.

The archive has all of it; this is what people look back at while they work.
"""

from typing import ClassVar, Final, Literal

from pydantic import Field

from services.respond.core.state import Aggregate
from shared.contracts.base import Frozen, Time

KEPT: Final = 200
What = Literal["position", "ban", "receipt"]


class Told(Frozen):
    """One thing that was done to one of them; `by` nobody: its time came.

    `says` are its words by field, as they were from then on; of an end, as they were.
    """

    what: What
    name: str
    act: str
    at: Time
    by: str = ""
    why: str = ""
    says: dict[str, str] = Field(default_factory=dict)


class Chronicle(Aggregate):
    """The newest `KEPT`, oldest first."""

    told: tuple[Told, ...] = ()

    KEY: ClassVar[str] = "chronicle:self"

    @property
    def key(self) -> str:
        return self.KEY
