"""Rules that take effect move the open cases they lead elsewhere, at once, and say which."""

from collections.abc import Iterable, Iterator
from typing import Final

from services.respond.core.aggregates import Case
from services.respond.core.policy import MovedCase
from services.respond.core.routing import flow_for, routed
from services.respond.core.work import Work
from shared.policy.model import Pack
from shared.policy.routing import policy_of

_NOT_HELD: Final = frozenset({None, "clarify"})


def would_move(cases: Iterable[Case], pack: Pack) -> Iterator[MovedCase]:
    """Yield the open cases that these rules lead to another queue, or hold replies in."""
    for case in cases:
        queue = flow_for(pack, case.labels, case.topics).queue
        held = _newly_held(case, pack)
        if case.status != "resolved" and (queue != case.flow.queue or held):
            yield MovedCase(
                case_id=case.case_id,
                number=case.number,
                from_queue=case.flow.queue,
                to_queue=queue,
                held=held,
            )


def reroute(work: Work, name: str, pack: Pack) -> tuple[MovedCase, ...]:
    """Bring every open case of a pack to where its rules of now lead it; return those that moved.

    In the order of the cases' age: a state that was loaded holds them in any order.
    """
    cases = [
        each for each in work.under("case") if isinstance(each, Case) and _is(work, each, name)
    ]
    cases.sort(key=lambda each: (each.opened_at, each.case_id))
    moved = tuple(would_move(cases, pack))
    for case in cases:
        fresh = routed(work, case)
        if fresh != case:
            work.put(fresh)
    return moved


def _is(work: Work, case: Case, name: str) -> bool:
    account = work.account(case.account_id)
    return case.status != "resolved" and account is not None and account.registered.pack == name


def _newly_held(case: Case, pack: Pack) -> bool:
    policy = policy_of(pack, case.labels, case.topics)
    known = case.flow.hold
    return policy not in _NOT_HELD and (known is None or known.policy != policy)
