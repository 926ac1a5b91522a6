"""What is asked of a state by name, and remembered while a run of facts is folded."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import timedelta

from services.respond.core.aggregates import (
    Account,
    Case,
    Closed,
    Effect,
    Guidance,
    Organisation,
    PolicyRegister,
)
from services.respond.core.guidance import NO_GUIDANCE
from services.respond.core.judging import Calm
from services.respond.core.state import AnyAggregate
from shared.policy.model import NO_PACK, Pack
from shared.policy.staff import staff_of


class Lookups(ABC):
    """The organisation, its accounts and their rules, and single aggregates by their id."""

    def __init__(self, packs: Mapping[str, Pack]) -> None:
        self.packs = packs
        self.look_anew()

    @abstractmethod
    def get(self, key: str, kind: type[AnyAggregate]) -> AnyAggregate | None:
        """Return the newest aggregate under `key`."""

    def look_anew(self) -> None:
        """Forget what follows from the rules: they changed."""
        self._known: dict[str, tuple[Pack, str]] = {}
        self.calm: dict[tuple[str, str, int, bool, str], Calm | None] = {}
        """What verdicts came to, None where that may be a matter; holds as long as the rules."""
        self._patience: dict[str, timedelta] = {}
        self._organisation: Organisation | None = None
        self._beside: bool | None = None
        self._watchful: bool | None = None

    @property
    def organisation(self) -> Organisation:
        if self._organisation is None:
            self._organisation = self.get(Organisation.KEY, Organisation) or Organisation()
        return self._organisation

    def account(self, account_id: str) -> Account | None:
        return self.get(f"account:{account_id}", Account)

    def case(self, case_id: str) -> Case | None:
        return self.get(f"case:{case_id}", Case)

    @property
    def closed(self) -> Closed:
        return self.get(Closed.KEY, Closed) or Closed()

    @property
    def guidance(self) -> Guidance:
        return self.get(Guidance.KEY, Guidance) or NO_GUIDANCE

    def effect(self, effect_id: str) -> Effect | None:
        return self.get(f"effect:{effect_id}", Effect)

    def pack_of(self, account_id: str) -> tuple[Pack, str]:
        """Return the pack active for an account, and its hash; `NO_PACK` when there is none."""
        known = self._known.get(account_id)
        if known is None:
            account = self.account(account_id)
            name = account.registered.pack if account else "company"
            pack_hash = self.organisation.packs.get(name, "")
            known = (self.packs[pack_hash], pack_hash) if pack_hash else (NO_PACK, "")
            self._known[account_id] = known
        return known

    def patience_with(self, account_id: str) -> timedelta:
        """Return how long an item of an account waits for its verdict."""
        known = self._patience.get(account_id)
        if known is None:
            pack, _ = self.pack_of(account_id)
            known = self._patience[account_id] = timedelta(seconds=pack.verdict_seconds)
        return known

    @property
    def has_shadow(self) -> bool:
        """Tell whether proposed rules look at what comes."""
        if self._beside is None:
            register = self.get(PolicyRegister.KEY, PolicyRegister)
            self._beside = register is not None and bool(register.shadows)
        return self._beside

    @property
    def watchful(self) -> bool:
        """Tell whether more than its verdict may make an item a matter: proposed rules, staff."""
        if self._watchful is None:
            in_force = (self.packs[each] for each in self.organisation.packs.values())
            self._watchful = self.has_shadow or any(map(staff_of, in_force))
        return self._watchful
