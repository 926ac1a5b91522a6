"""Texts planned for later (排期): kept to be looked at when rules, positions or bans change.

They are published elsewhere, so nothing here holds one back; whoever planned it is told.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final, assert_never

from services.respond.core.guidance import Guidance
from services.respond.core.guided import against_bans
from services.respond.core.plan import MOST, Plan, Plans
from services.respond.core.refusal import Refusal
from services.respond.core.work import Work
from shared.contracts.plans import PlanDropped, PlanFact, PlanWritten
from shared.contracts.posts import PostSeen
from shared.policy.gate.check import gate
from shared.policy.gate.findings import GateContext, GateFinding
from shared.policy.model import Pack

TEXT_MOST: Final = 20_000
KEPT_AFTER: Final = timedelta(days=1)
"""How long a plan stays after its time: a platform may publish late, and nobody tells us."""


def operate(work: Work, fact: PlanFact) -> Refusal | None:
    """Do or refuse what was asked."""
    match fact:
        case PlanWritten():
            return _write(work, fact)
        case PlanDropped():
            return _drop(work, fact)
        case _:
            assert_never(fact)


def published(work: Work, fact: PostSeen) -> None:
    """A planned text that was seen on the platform is planned no longer."""
    known = work.get(Plans.KEY, Plans)
    if known is not None:
        said = (fact.account_id, "".join(fact.text.split()))
        left = [each for each in known.plans if _said(each) != said]
        if len(left) != len(known.plans):
            work.put(Plans(plans=tuple(left)))


def objections(
    plan: Plan, platform: str, pack: Pack, guidance: Guidance
) -> tuple[GateFinding, ...]:
    """Return what gate and bans have against a planned text, if that should keep it back."""
    result = gate(plan.text, GateContext(channel=platform, action="post"), pack)
    banned = against_bans(plan.text, guidance)
    return (*(() if result.passed else result.findings), *banned)


def ahead(plans: Iterable[Plan], now: datetime) -> tuple[Plan, ...]:
    """Return the plans whose time has not come."""
    return tuple(each for each in plans if each.publish_at > now)


def failing(
    plans: Iterable[Plan], platforms: Mapping[str, str], pack: Pack, guidance: Guidance
) -> Iterator[tuple[Plan, tuple[GateFinding, ...]]]:
    """Yield the plans of these accounts (id -> platform) that a pack would not let pass, and why."""
    for each in plans:
        if each.account_id in platforms:
            found = objections(each, platforms[each.account_id], pack, guidance)
            if found:
                yield each, found


def _write(work: Work, fact: PlanWritten) -> Refusal | None:
    if work.account(fact.account_id) is None:
        return Refusal("not_found", "there is no such account")
    if not fact.text.strip() or len(fact.text) > TEXT_MOST:
        return Refusal("bad_text", f"between 1 and {TEXT_MOST} characters")
    if fact.publish_at <= work.at:
        return Refusal("bad_time", "its time is over already")
    known = work.get(Plans.KEY, Plans) or Plans()
    others = [
        each
        for each in known.plans
        if each.plan_id != fact.plan_id and each.publish_at + KEPT_AFTER > work.at
    ]
    if len(others) >= MOST:
        return Refusal("too_many", f"there are {MOST} plans already; drop some first")
    fresh = Plan(
        plan_id=fact.plan_id,
        account_id=fact.account_id,
        text=fact.text,
        publish_at=fact.publish_at,
        written_by=fact.person_id,
        written_at=work.at,
    )
    ordered = sorted((*others, fresh), key=lambda each: (each.publish_at, each.plan_id))
    work.put(Plans(plans=tuple(ordered)))
    return None


def _drop(work: Work, fact: PlanDropped) -> Refusal | None:
    known = work.get(Plans.KEY, Plans) or Plans()
    left = tuple(each for each in known.plans if each.plan_id != fact.plan_id)
    if len(left) == len(known.plans):
        return Refusal("not_found", "nobody has planned this")
    work.put(Plans(plans=left))
    return None


def _said(plan: Plan) -> tuple[str, str]:
    return plan.account_id, "".join(plan.text.split())
