"""The organisation as the fold keeps it: its accounts, its people, what holds for everything."""

from typing import ClassVar, Literal

from pydantic import Field

from services.respond.core.loss import Loss
from services.respond.core.state import Aggregate
from shared.contracts.base import Time
from shared.contracts.org import AccountRegistered, Duty, PersonRegistered


class Account(Aggregate):
    """An official account, its mode and what its sources last said."""

    registered: AccountRegistered
    mode: Literal["observe", "suggest", "enforce"] = "suggest"
    paused: bool = False
    sources: dict[str, tuple[str, Time, str]] = Field(default_factory=dict)
    own_posts: int = 0
    own_post_ids: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        return f"account:{self.registered.account_id}"


class Post(Aggregate):
    """The beginning of one of the account's own newest posts, so that an answer can be judged."""

    account_id: str
    post_id: str
    text: str
    published_at: Time

    @staticmethod
    def key_of(account_id: str, post_id: str) -> str:
        return f"post:{account_id}:{post_id}"

    @property
    def key(self) -> str:
        return self.key_of(self.account_id, self.post_id)


class Person(Aggregate):
    """A person who may act."""

    registered: PersonRegistered

    @property
    def key(self) -> str:
        return f"person:{self.registered.person_id}"


def speaks_for(person: Person, post: str) -> bool:
    """Tell whether a person at work belongs to a department or holds a post or role."""
    said = person.registered
    return said.active and (post in said.departments or post in said.roles)


class Organisation(Aggregate):
    """What holds for everything: roster, active packs and model, freeze, term, counters.

    Verdicts of `model` count, those of `previous_model` too (in flight while it changes), and of
    `own_model`, which a classify process falls back on.
    """

    duties: tuple[Duty, ...] = ()
    packs: dict[str, str] = Field(default_factory=dict)
    model: str = ""
    paused: bool = False
    freeze_epoch: int = 0
    term: int = 0
    next_case: int = 1
    items_received: int = 0
    items_edited: int = 0
    items_deleted: int = 0
    items_classified: int = 0
    items_degraded: int = 0
    own_posts: int = 0
    cases_opened: int = 0
    replies_sent: int = 0
    breaches: int = 0
    pages_raised: int = 0
    quarantined: int = 0
    previous_model: str = ""
    own_model: str = ""
    operations: int = 0
    losses: tuple[Loss, ...] = ()
    """The newest `LOSSES_KEPT`, oldest first."""

    KEY: ClassVar[str] = "organisation:self"

    @property
    def key(self) -> str:
        return self.KEY
