"""What the rules make of a case, as the pages show it: its queue, and who still has to approve."""

from collections.abc import Sequence
from typing import NamedTuple

from services.respond.console.context import Caller, Console
from services.respond.core.aggregates import Case, Claim, Person, Reply
from services.respond.core.approving import ANOTHER, ANYBODY, holds
from services.respond.core.flow import Approval, Ask, Hold
from services.respond.core.held import (
    IN_SUBSTANCE,
    Objection,
    Standing,
    opinion_missing,
    withheld,
)
from services.respond.core.signing import mine
from services.respond.core.unsigned import Unsigned
from services.respond.ports import QueueFilter
from shared.contracts.flows import HoldDecision
from shared.contracts.operators import Slot
from shared.policy.routing import queues_of

_WAYS: tuple[HoldDecision, ...] = ("reported_up", "proceed", "stay_silent")
CASES_READ = 500
"""Cases with open questions that the page looks at; it says when there are more."""


class Awaited(NamedTuple):
    """One approval that lacks: a post with those who hold it, or `ANYBODY`, or `ANOTHER`."""

    post: str
    people: tuple[str, ...]

    @property
    def is_post(self) -> bool:
        return self.post not in {ANYBODY, ANOTHER}


class Signing(NamedTuple):
    """How far the approvals of a reply are."""

    given: tuple[Approval, ...] = ()
    awaited: tuple[Awaited, ...] = ()
    opinion_from: str = ""
    """Whose words are awaited before anybody may approve."""


def signing_view(case: Case, reply: Reply | None, people: Sequence[Person]) -> Signing:
    """Return who approved and who still has to, by name; the first awaited comes next."""
    if reply is None or reply.status not in {"submitted", "approved"}:
        return Signing()
    opinion_from = opinion_missing(case) if reply.slot in IN_SUBSTANCE else ""
    lacks = tuple(awaited(post, people) for post in reply.awaits)
    return Signing(reply.approvals, lacks, opinion_from)


def awaited(post: str, people: Sequence[Person]) -> Awaited:
    """Return an approval that lacks, with the names of those who can give it."""
    return Awaited(post, tuple(each.registered.name for each in people if holds(each, post)))


async def mine_of(console: Console, caller: Caller) -> tuple[Unsigned, ...]:
    """Return the replies this person may approve next, the longest waiting first."""
    waits = (await console.read.signatures()).waits
    person = await console.read.person(caller.person_id) if waits else None
    return tuple(mine(waits, person, await console.read.people())) if person else ()


async def against(
    console: Console, case: Case, slot: Slot, claim: Claim | None
) -> Objection | None:
    """Return why no reply of this kind may leave in this case now, whoever approves it."""
    accounts = {
        each.registered.account_id: each.registered.pack for each in await console.read.accounts()
    }
    pack_hash = (await console.read.organisation()).packs.get(
        accounts.get(case.account_id, ""), ""
    )
    pack = await console.packs.pack(pack_hash) if pack_hash else None
    if pack is None:
        return None
    return withheld(case, slot, pack, Standing(await console.read.guidance(), claim))


async def queues(console: Console) -> tuple[str, ...]:
    """Return the queues that the rules of any account name."""
    in_force = (await console.read.organisation()).packs
    names = dict.fromkeys(each.registered.pack for each in await console.read.accounts())
    hashes = [in_force[name] for name in names if name in in_force]
    packs = [await console.packs.pack(each) for each in hashes]
    named = (queue for pack in packs if pack for queue in queues_of(pack.switches))
    return tuple(dict.fromkeys(named))


class Waiting(NamedTuple):
    """One question nobody has answered, and the case it is about."""

    case: Case
    ask: Ask


async def waiting(console: Console, of: str) -> tuple[list[Waiting], int, int]:
    """Return what was asked and waits, the soonest first; of how many cases, of how many in all."""
    rows, total = await console.read.queue(QueueFilter(asking=True), offset=0, limit=CASES_READ)
    found = [Waiting(row.case, each) for row in rows for each in row.case.flow.open_asks]
    fitting = [each for each in found if of in {"", each.ask.of}]
    return sorted(fitting, key=lambda each: each.ask.due_at), len(rows), total


async def departments(console: Console) -> tuple[str, ...]:
    """Return whom a question may go to: what people here speak for, and the queues."""
    people = await console.read.people()
    theirs = (each for person in people for each in person.registered.departments)
    return tuple(dict.fromkeys((*theirs, *await queues(console))))


def hold_ways(hold: Hold | None) -> tuple[HoldDecision, ...]:
    """Return what may be decided of what is held, as things stand."""
    if hold is None:
        return ()
    reports = hold.policy == "report_up" and hold.status == "open"
    onward: HoldDecision = "reported_up" if reports else "proceed"
    gone = {"released": "proceed", "silent": "stay_silent"}.get(hold.status)
    return tuple(each for each in _WAYS if each in {onward, "stay_silent"} and each != gone)


def partly(case: Case | None, slot: str) -> bool:
    """Tell whether the reply of a slot has been approved by some, and not by all who must."""
    replies = () if case is None else case.replies
    return any(each.slot == slot and each.approvals and each.awaits for each in replies)
