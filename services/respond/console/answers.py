"""The shapes the API answers with that are not aggregates themselves."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

from services.respond.core.aggregates import Account, Page, Person
from services.respond.ports import QueueRow
from shared.contracts.base import Frozen
from shared.contracts.org import Role


class Me(Frozen):
    person_id: str
    name: str
    roles: tuple[Role, ...]
    may: tuple[str, ...]


class QueueList(Frozen):
    rows: tuple[QueueRow, ...]
    total: int


class PageList(Frozen):
    pages: tuple[Page, ...]


class AccountList(Frozen):
    accounts: tuple[Account, ...]


class PersonList(Frozen):
    people: tuple[Person, ...]


class Undecided(Frozen):
    """Recorded in the log, not yet decided: ask `status_url` later."""

    op_id: str
    status_url: str


class GateBody(BaseModel):
    """A text to be checked; it may still be empty."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: Annotated[str, StringConstraints(max_length=20_000)]
