"""Items of one account that came together travel together: one message of the log for all of them."""

from collections.abc import Sequence
from typing import Literal, Self

from pydantic import Field, model_validator

from shared.contracts.base import FactBase
from shared.contracts.items import ItemReceived


class ItemBatch(FactBase):
    """New items of one account, in the order they came; each means what it means alone."""

    kind: Literal["item.batch"] = "item.batch"
    version: Literal[1] = 1
    platform: str
    account_id: str
    items: tuple[ItemReceived, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _of_one_account(self) -> Self:
        if any(each.scope() != self.scope() for each in self.items):
            message = "items of several accounts"
            raise ValueError(message)
        return self

    @classmethod
    def of(cls, items: Sequence[ItemReceived]) -> Self:
        """Return the fact that these came. Raises ValueError for several accounts, or none."""
        platform, account_id = items[0].scope() if items else ("", "")
        return cls(platform=platform, account_id=account_id, items=tuple(items))

    def cause(self) -> tuple[str, ...]:
        ids = " ".join([each.item_id for each in self.items])
        return (ids, " ".join([each.item_version for each in self.items]))

    def scope(self) -> tuple[str, str]:
        return (self.platform, self.account_id)
