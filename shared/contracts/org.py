"""Facts about the organisation itself: accounts, people, rosters, packs (invariant 6)."""

from enum import StrEnum
from typing import Literal

from shared.contracts.base import FactBase, Frozen, Time


class Role(StrEnum):
    """What a person may do; the console's permission table refers to these."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    REVIEWER = "reviewer"
    LEAD = "lead"
    ADMIN = "admin"
    AUDITOR = "auditor"


class AccountRegistered(FactBase):
    """An official account is looked after from here. A later fact replaces an earlier one."""

    kind: Literal["account.registered"] = "account.registered"
    version: Literal[1] = 1
    revision: str
    account_id: str
    platform: str
    native_id: str
    name: str
    live: bool = False
    pack: str = "company"

    def cause(self) -> tuple[str, ...]:
        return (self.account_id, self.revision)

    def scope(self) -> tuple[str, str]:
        return (self.platform, self.account_id)


class PersonRegistered(FactBase):
    """A person and the roles they hold from now on; never a password, never a phone number.

    `departments` are the departments and posts they speak for, as the rules of a pack name them.
    """

    kind: Literal["person.registered"] = "person.registered"
    version: Literal[1] = 1
    revision: str
    person_id: str
    name: str
    roles: tuple[Role, ...]
    departments: tuple[str, ...] = ()
    active: bool = True

    def cause(self) -> tuple[str, ...]:
        return (self.person_id, self.revision)


class Contact(Frozen):
    """One way to reach a person; the address itself lives in the pager's own settings."""

    channel: str
    address_ref: str


class Duty(Frozen):
    """One person's turn on call: [start, end)."""

    person_id: str
    start: Time
    end: Time
    contacts: tuple[Contact, ...]


class RosterSet(FactBase):
    """Who is on call when; replaces the roster before it."""

    kind: Literal["roster.set"] = "roster.set"
    version: Literal[1] = 1
    revision: str
    duties: tuple[Duty, ...]

    def cause(self) -> tuple[str, ...]:
        return (self.revision,)


class PolicyActivated(FactBase):
    """From this place in the log on, `pack` means exactly the body with this hash."""

    kind: Literal["policy.activated"] = "policy.activated"
    version: Literal[1] = 1
    pack: str
    pack_hash: str
    activated_by: str

    def cause(self) -> tuple[str, ...]:
        return (self.pack, self.pack_hash, self.activated_by)


class ModelActivated(FactBase):
    """A classify process has this model of its own: its verdicts count, unless one is in office."""

    kind: Literal["model.activated"] = "model.activated"
    version: Literal[1] = 1
    model: str
    activated_by: str

    def cause(self) -> tuple[str, ...]:
        return (self.model, self.activated_by)
