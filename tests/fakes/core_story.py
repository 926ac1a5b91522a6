"""A story told to the fold fact by fact, with the case, effect and page it is about at hand."""

import json
from collections.abc import Mapping
from typing import TypeVar

from services.respond.core.aggregates import (
    Account,
    Case,
    Effect,
    Organisation,
    Page,
    Shelf,
)
from services.respond.core.around import around
from services.respond.core.fold import Folded, fold
from services.respond.core.state import Aggregate, State
from services.respond.core.suggest import Desk, suggested
from shared.contracts.facts import Fact, Stored
from shared.contracts.operators import Outcome
from shared.contracts.verdicts import Label
from shared.policy.model import Pack
from tests.fakes.builders import (
    a_comment,
    a_person,
    a_roster,
    a_verdict,
    an_account,
    an_activation,
    at,
)

_Found = TypeVar("_Found", bound=Aggregate)


BARE = Pack(name="company")
"""Rules that forbid nothing; without any, nothing could be approved."""


class Story:
    """Facts go in one a second unless told otherwise; a fact on which the fold raises fails."""

    def __init__(self, pack: Pack | None = None, *, duty: tuple[str, ...] = ("li",)) -> None:
        self.state, self.seconds, self.seq = State(), 0.0, 0
        self.packs: dict[str, Pack] = {}
        self.lines: list[str] = []
        self.tell(an_account(), a_person("li"))
        if duty:
            self.tell(a_roster(*duty))
        self.adopt(pack or BARE)

    def adopt(self, pack: Pack) -> None:
        self.packs[pack.content_hash()] = pack
        self.tell(an_activation(pack.content_hash()))

    def tell(self, *facts: Fact, after: float = 1) -> Folded:
        """Fold the facts, the first one `after` seconds from the last."""
        result = Folded()
        for fact in facts:
            self.seconds += after
            self.seq += 1
            stored = Stored(seq=self.seq, time=at(self.seconds), fact=fact)
            result = fold(self.state, [stored], self.packs)
            assert result.quarantined == []
            self.lines += result.lines
        return result

    def complain(self, *labels: Label) -> Case:
        """Let a complaint come and be judged; return its case."""
        self.tell(a_comment(), a_verdict("c1", *(labels or (Label.COMPLAINT,))))
        return self.case

    @property
    def case(self) -> Case:
        return self._only("case", Case)

    def shown(self, case: Case | None = None) -> Case:
        """Return a case as people see it: with its matter and what may be said in it now."""
        found = case or self.case
        account = self.state.get(f"account:{found.account_id}", Account)
        assert account is not None
        pack = self.packs[self.organisation.packs[account.registered.pack]]
        now, shelf = at(self.seconds), self.state.get(Shelf.KEY, Shelf)
        return suggested(found, Desk(pack, around(self.state, found, now), shelf), now)

    @property
    def effect(self) -> Effect:
        return self._only("effect", Effect)

    @property
    def page(self) -> Page:
        return self._only("page", Page)

    @property
    def organisation(self) -> Organisation:
        return self._only("organisation", Organisation)

    def has(self, prefix: str) -> int:
        """Return how many aggregates there are of a kind."""
        return len(list(self.state.under(prefix)))

    def outcome(self, op_id: str) -> Outcome:
        found = next(
            each for each in self.state.under("outcome") if each.key == f"outcome:{op_id}"
        )
        outcome: object = getattr(found, "outcome", None)
        assert isinstance(outcome, Outcome)
        return outcome

    def decided(self, kind: str) -> list[Mapping[str, object]]:
        """Return the decisions of one kind, in order."""
        told = [json.loads(each) for each in self.lines]
        return [each for each in told if each["kind"] == kind]

    def _only(self, prefix: str, kind: type[_Found]) -> _Found:
        found = [each for each in self.state.under(prefix) if isinstance(each, kind)]
        assert found, f"there is no {prefix}"
        return found[-1]
