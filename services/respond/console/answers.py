"""The shapes the API answers with that are not aggregates themselves."""

from collections.abc import Sequence
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, computed_field

from services.respond.core.aggregates import (
    Account,
    AutoReceipt,
    Case,
    CaseItem,
    Entry,
    Installed,
    ModelRegister,
    Organisation,
    Page,
    Person,
    Proposal,
)
from services.respond.core.rates import Rate
from services.respond.ports import QueueRow
from shared.contracts.base import Frozen
from shared.contracts.operators import Slot
from shared.contracts.org import Role
from shared.contracts.verdicts import Label, Reason


class Me(Frozen):
    person_id: str
    name: str
    roles: tuple[Role, ...]
    may: tuple[str, ...]


class QueueList(Frozen):
    rows: tuple[QueueRow, ...]
    total: int


class ItemShown(CaseItem):
    """An item of a case with what the verdict says spelt out."""

    beliefs: str = Field("", exclude=True)
    why: str = Field("", exclude=True)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def labels(self) -> dict[Label, float]:
        return super().labels

    @computed_field  # type: ignore[prop-decorator]
    @property
    def reasons(self) -> tuple[Reason, ...]:
        return super().reasons


class CaseShown(Case):
    """One case as it is read from outside."""

    items: tuple[ItemShown, ...]

    @classmethod
    def of(cls, case: Case) -> Self:
        return cls(
            **{**dict(case), "items": tuple(ItemShown(**dict(each)) for each in case.items)}
        )


class PageList(Frozen):
    pages: tuple[Page, ...]


class AccountList(Frozen):
    accounts: tuple[Account, ...]


class ReceiptList(Frozen):
    receipts: tuple[AutoReceipt, ...]


class EntryList(Frozen):
    entries: tuple[Entry, ...]


class PersonList(Frozen):
    people: tuple[Person, ...]


class RateShown(Frozen):
    """A share of the newest verdicts beside that of the week before."""

    what: str
    share: float
    share_before: float
    verdicts: int
    odd: bool

    @classmethod
    def of(cls, rate: Rate) -> Self:
        return cls(
            what=rate.what,
            share=rate.share,
            share_before=rate.share_before,
            verdicts=rate.of_recent,
            odd=rate.odd,
        )


class Models(Frozen):
    """The last of `installed` is in office; with none, `own_model` judges."""

    model: str
    own_model: str
    installed: tuple[Installed, ...]
    proposals: tuple[Proposal, ...]
    rates: tuple[RateShown, ...]

    @classmethod
    def of(cls, house: Organisation, register: ModelRegister, rates: Sequence[Rate]) -> Self:
        return cls(
            model=house.model,
            own_model=house.own_model,
            installed=register.installed,
            proposals=register.proposals,
            rates=tuple(map(RateShown.of, rates)),
        )


class Undecided(Frozen):
    """Recorded in the log, not yet decided: ask `status_url` later."""

    op_id: str
    status_url: str


class GateBody(BaseModel):
    """A text to be checked; it may still be empty."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: Annotated[str, StringConstraints(max_length=20_000)]
    slot: Slot = "answer"
