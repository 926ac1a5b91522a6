"""Who has to approve a reply before it may leave: a chain of posts, and never the writer alone.

What a reply needs is found from the pack and the case, what it has stands on the reply; so the
fold and the send port ask the same question.
"""

from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import Final, NamedTuple

from services.respond.core.aggregates import Case, Person, Reply
from services.respond.core.checking import answers_for, role_of
from services.respond.core.flow import Approval
from services.respond.core.organisation import speaks_for
from services.respond.core.pages import on_duty
from services.respond.core.permissions import allowed
from services.respond.core.refusal import Refusal
from services.respond.core.work import Work
from shared.contracts.operators import Slot
from shared.contracts.verdicts import Label
from shared.policy.model import Pack
from shared.policy.routing import route_of

APPROVES: Final = "operator.approved"
ANYBODY: Final = "anybody"
"""Somebody who may approve and has not."""
ANOTHER: Final = "another"
"""The same, but not the writer."""


class Demand(NamedTuple):
    """What a reply needs: these posts in this order, so many people, somebody but the writer."""

    chain: tuple[str, ...]
    least: int
    second_person: bool


def demand(case: Case, slot: Slot, pack: Pack) -> Demand:
    """Return what a reply of this kind needs in such a case.

    A receipt says only that something came, and who is at risk does not wait for three signatures:
    neither needs the chain.
    """
    switches = pack.switches
    route = route_of(switches, case.labels, case.topics)
    marked = route is not None and route.second_person
    second = marked or not set(case.labels).isdisjoint(pack.two_person_labels)
    if slot == "receipt" or Label.SELF_HARM in case.labels:
        return Demand((), 1, second)
    binds = switches.chain_binds == "replies" or (
        switches.chain_binds == "second_person" and second
    )
    return Demand(switches.approval_chain if binds else (), switches.approvals_least, second)


def lacking(need: Demand, reply: Reply) -> tuple[str, ...]:
    """Return what is still missing, in order: posts of the chain, then `ANOTHER` or `ANYBODY`."""
    given = reply.approvals
    if reply.automatic or any(each.alone for each in given):
        return ()
    people = {each.person_id for each in given}
    missing = [*need.chain[_climbed(need.chain, given) :]]
    short = max(need.least - len(people) - len(missing), 0)
    only_writer = not missing and not people - {reply.author_id}
    if need.second_person and only_writer:
        return (ANOTHER, *(ANYBODY,) * (short - 1))
    return (*missing, *(ANYBODY,) * short)


def sign(work: Work, case: Case, reply: Reply, person_id: str) -> Reply | Refusal:
    """Return the reply with this person's approval, or why they may not give it.

    What was signed under other rules counts for nothing under these.
    """
    pack, pack_hash = work.pack_of(case.account_id)
    given = reply.approvals if reply.pack_hash == pack_hash else ()
    standing = reply.model_copy(update={"approvals": given, "pack_hash": pack_hash, "note": ""})
    need = demand(case, reply.slot, pack)
    found = _approval(work, case, standing, need, person_id)
    if isinstance(found, Refusal):
        return found
    approvals = (*(each for each in given if each.person_id != person_id), found)
    signed = standing.model_copy(
        update={"approvals": approvals, "role": _weightiest(work, approvals)}
    )
    return signed.model_copy(update={"awaits": lacking(need, signed)})


def _approval(
    work: Work, case: Case, reply: Reply, need: Demand, person_id: str
) -> Approval | Refusal:
    missing = lacking(need, reply)
    before = next((each for each in reply.approvals if each.person_id == person_id), None)
    if before is not None:
        return _waits_for(missing, "you have approved this already") if missing else before
    step = missing[0] if missing and missing[0] in need.chain else ""
    signed = Approval(person_id=person_id, at=work.at, step=step)
    if person_id == reply.author_id and (step or missing[:1] == (ANOTHER,)):
        if _may_act_alone(work, case, reply.slot):
            return signed.model_copy(update={"step": "", "alone": True})
        return Refusal("two_person", "a second person must approve what you wrote")
    holders = set(holders_of(work, step)) if step else {person_id}
    if holders and person_id not in holders:
        return _waits_for(missing, "somebody else has to approve first")
    return signed.model_copy(update={"stands_in": not holders})


def holders_of(work: Work, post: str) -> Iterator[str]:
    """Yield who holds a post or speaks for a department, and may approve."""
    for each in work.under("person"):
        if isinstance(each, Person) and holds(each, post):
            yield each.registered.person_id


def holds(person: Person, post: str) -> bool:
    """Tell whether a person at work holds this post and may approve."""
    return speaks_for(person, post) and allowed(APPROVES, person.registered.roles)


def missing_words(missing: Sequence[str]) -> str:
    """Return what lacks as one string, for a refusal."""
    return ", ".join(missing)


def _climbed(chain: tuple[str, ...], given: Sequence[Approval]) -> int:
    """Return how many steps of the chain are done, in its order."""
    steps = [each.step for each in given if each.step]
    done = takewhile(lambda pair: pair[0] == pair[1], zip(chain, steps, strict=False))
    return sum(1 for _ in done)


def _waits_for(missing: Sequence[str], why: str) -> Refusal:
    words = missing_words(missing)
    return Refusal("approvals_lacking", f"{why}; it still needs: {words}", words)


def _weightiest(work: Work, approvals: Sequence[Approval]) -> str:
    """Return the role that answers for most among those who approved."""
    people = (work.get(f"person:{each.person_id}", Person) for each in approvals)
    return max(map(role_of, people), key=answers_for)


def _may_act_alone(work: Work, case: Case, slot: Slot) -> bool:
    pack, _ = work.pack_of(case.account_id)
    awake = len({duty.person_id for duty in on_duty(work)})
    return pack.may_act_alone("self_harm" if Label.SELF_HARM in case.labels else slot, awake)
