"""The rules of one merged pack, asked of one input: the same checks that `policy check` asks."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from shared.policy.checks.book import RuleBook
from shared.policy.checks.evaluate import Answered, evaluate
from shared.policy.checks.given import Given
from shared.policy.model import Pack


def asked(pack: Pack, kind: str, values: Mapping[str, Any], day: date) -> tuple[Answered, ...]:
    """Return what every rule of the pack that looks at this kind of input says, hits first."""
    return evaluate(_book(pack, kind), Given.of({"kind": kind, **values}), day)


@lru_cache(maxsize=128)
def _book(pack: Pack, kind: str) -> RuleBook:
    """Return the rules that look at this kind; a house asks of few kinds."""
    rules = tuple(each for each in pack.rules if kind in each.kinds)
    narrow = pack.model_copy(update={"rules": rules})
    return RuleBook.of((pack.name,), {pack.name: narrow})
