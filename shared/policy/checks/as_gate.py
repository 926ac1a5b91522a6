"""Checks of wording that ask the gate: what it would not let leave, a rule does not let pass either."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, ClassVar, Final

from pydantic import Field

from shared.policy.checks.check import Ask, Check, by_name
from shared.policy.checks.outcome import Outcome, Place, hit, miss, unknown
from shared.policy.gate.families import check_families
from shared.policy.gate.findings import GateContext, GateFinding, HistoryDigest
from shared.policy.gate.manners import check_manners
from shared.policy.gate.same import Same
from shared.policy.gate.tone import check_tone
from shared.policy.lexicons import plain_of
from shared.policy.model import Pack

_LOOKS: Final = (check_families, check_manners, check_tone)
_NO_HISTORY: Final = HistoryDigest()


class Gated(Check):
    """What the gate finds in a text of these of its families; `tone` and `manners` are two of them."""

    name: ClassVar[str] = "gated"
    families: tuple[str, ...] = Field(description="categories of the gate that this article means")
    says: dict[str, Any] = Field(default_factory=dict)

    def run(self, ask: Ask) -> Outcome:
        if ask.given.placeholder or not ask.given.word("text"):
            return unknown("text")
        places = told_by_gate(ask, self.families)
        if not places:
            return miss()
        return hit(ask.verdict, *places, reason=ask.reason, span=places[0].text, **self.says)


def told_by_gate(ask: Ask, families: tuple[str, ...]) -> tuple[Place, ...]:
    """Return where the gate would stop the text for one of these families; a warning stops nothing."""
    text = ask.given.word("text")
    found = _found(text, ask.given.word("quoted", "customer_text"), Same(ask.pack))
    return tuple(
        Place("text", each.start, each.end, text[each.start : each.end], each.reason,
              each.suggestion or "")
        for each in found
        if each.category in families and each.level != "warn"
    )  # fmt: skip


@lru_cache(maxsize=256)
def _found(text: str, quoted: str, pack: Same[Pack]) -> tuple[GateFinding, ...]:
    """Several articles ask of one text."""
    context = GateContext(quoted=quoted)
    return tuple(
        each for look in _LOOKS for each in look(plain_of(text), context, pack.it, _NO_HISTORY)
    )


CHECKS: Mapping[str, type[Check]] = by_name(Gated)
