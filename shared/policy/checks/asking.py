"""The rules of one merged pack, asked of one input: the same checks that `policy check` asks."""

from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from typing import Any, Final

from shared.policy.articles import PolicyRule
from shared.policy.checks.book import RuleBook
from shared.policy.checks.evaluate import Answered, evaluate
from shared.policy.checks.given import Given
from shared.policy.model import Pack

_WRITERS: Final = frozenset({"account_type", "author_type"})
STAFF: Final = "staff"


def asked(pack: Pack, kind: str, values: Mapping[str, Any], day: date) -> tuple[Answered, ...]:
    """Return what every rule of the pack that looks at this kind of input says, hits first."""
    return evaluate(_book(pack, kind), Given.of({"kind": kind, **values}), day)


@lru_cache(maxsize=128)
def _book(pack: Pack, kind: str) -> RuleBook:
    """Return the rules that look at this kind; a house asks of few kinds."""
    rules = tuple(each for each in pack.rules if kind in each.kinds)
    narrow = pack.model_copy(update={"rules": rules})
    return RuleBook.of((pack.name,), {pack.name: narrow})


def asked_of_staff(
    pack: Pack, kinds: tuple[str, ...], values: Mapping[str, Any], day: date
) -> Iterator[Answered]:
    """Yield what forbids this to a member of staff: only rules that are made for their accounts."""
    told = {**values, "account_type": STAFF, "author_type": STAFF}
    met: set[str] = set()
    for kind in kinds:
        for each in evaluate(_staff_book(pack), Given.of({"kind": kind, **told}), day):
            if each.outcome.state == "hit" and each.ready.rule.id not in met:
                met.add(each.ready.rule.id)
                yield each


@lru_cache(maxsize=64)
def _staff_book(pack: Pack) -> RuleBook:
    rules = tuple(each for each in pack.rules if _is_for_staff(each))
    narrow = pack.model_copy(update={"rules": rules})
    return RuleBook.of((pack.name,), {pack.name: narrow})


def _is_for_staff(rule: PolicyRule) -> bool:
    """Tell whether a rule is asked of accounts of staff and of no official one."""
    meant = (
        values
        for fields, values in rule.where.items()
        if _WRITERS.intersection(fields.removesuffix("?").split("|"))
    )
    return any(STAFF in map(str, values) for values in meant)
