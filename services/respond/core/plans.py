"""Texts planned for later (排期): looked at when rules, positions or bans change, frozen in a crisis.

They are published elsewhere, so nothing here holds one back: whoever planned it is told, and who is
on duty is paged when a frozen one is seen on the platform all the same.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final, assert_never

from services.respond.core.guidance import Guidance
from services.respond.core.guided import against_bans
from services.respond.core.pages import raise_page
from services.respond.core.plan import MOST, Decided, Plan, Plans
from services.respond.core.refusal import Refusal
from services.respond.core.work import Work
from shared.contracts.ids import token
from shared.contracts.plans import (
    PlanDropped,
    PlanFact,
    PlansFrozen,
    PlanUnfrozen,
    PlanWritten,
)
from shared.contracts.posts import PostSeen
from shared.policy.gate.check import gate
from shared.policy.gate.findings import GateContext, GateFinding
from shared.policy.model import Pack

FROZEN_PUBLISHED: Final = "frozen_published"
_NEEDS_REASON: Final = Refusal("needs_reason", "say why")
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
        case PlansFrozen():
            return _freeze(work, fact)
        case PlanUnfrozen():
            return _unfreeze(work, fact)
        case _:
            assert_never(fact)


def published(work: Work, fact: PostSeen) -> None:
    """A planned text that was seen on the platform is planned no longer; a frozen one pages."""
    known = work.get(Plans.KEY, Plans)
    if known is None:
        return
    said = (fact.account_id, "".join(fact.text.split()))
    gone = [each for each in known.plans if _said(each) == said]
    if gone:
        work.put(_with(known, (each for each in known.plans if each not in gone)))
    if any(each.frozen for each in gone):
        page_id = token("page", FROZEN_PUBLISHED, fact.account_id, fact.post_id)
        raise_page(work, page_id, (), (FROZEN_PUBLISHED,), fact.account_id)


def objections(
    plan: Plan, platform: str, pack: Pack, guidance: Guidance
) -> tuple[GateFinding, ...]:
    """Return what gate and bans have against a planned text, if that should keep it back."""
    result = gate(plan.text, GateContext(channel=platform, action="post"), pack)
    banned = against_bans(plan.text, guidance)
    return (*(() if result.passed else result.findings), *banned)


def ahead(plans: Iterable[Plan], now: datetime) -> tuple[Plan, ...]:
    """Return the plans whose time has not come, and those that missed it because they waited."""
    return tuple(each for each in plans if each.publish_at > now or each.frozen)


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
    older = next((each for each in known.plans if each.plan_id == fact.plan_id), None)
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
        frozen=(older.frozen if older else None) or known.frozen,
    )
    ordered = sorted((*others, fresh), key=lambda each: (each.publish_at, each.plan_id))
    work.put(_with(known, ordered))
    return None


def _drop(work: Work, fact: PlanDropped) -> Refusal | None:
    known = work.get(Plans.KEY, Plans) or Plans()
    left = tuple(each for each in known.plans if each.plan_id != fact.plan_id)
    if len(left) == len(known.plans):
        return Refusal("not_found", "nobody has planned this")
    work.put(_with(known, left))
    return None


def _freeze(work: Work, fact: PlansFrozen) -> Refusal | None:
    if not fact.reason.strip():
        return _NEEDS_REASON
    known = work.get(Plans.KEY, Plans) or Plans()
    if not fact.frozen:
        work.put(known.model_copy(update={"frozen": None}))
        return None
    decided = Decided(by=fact.person_id, at=work.at, reason=fact.reason)
    waits = {"frozen": decided, "unfrozen": None}
    plans = tuple(
        each if each.frozen or each.publish_at <= work.at else each.model_copy(update=waits)
        for each in known.plans
    )
    work.put(Plans(plans=plans, frozen=decided))
    return None


def _unfreeze(work: Work, fact: PlanUnfrozen) -> Refusal | None:
    known = work.get(Plans.KEY, Plans) or Plans()
    meant = next((each for each in known.plans if each.plan_id == fact.plan_id), None)
    if meant is None:
        return Refusal("not_found", "nobody has planned this")
    if meant.frozen is None:
        return Refusal("not_frozen", "this text does not wait")
    if not fact.reason.strip():
        return _NEEDS_REASON
    if meant.publish_at <= work.at:
        return Refusal("bad_time", "its time is over: plan it for another")
    decided = Decided(by=fact.person_id, at=work.at, reason=fact.reason)
    free = meant.model_copy(update={"frozen": None, "unfrozen": decided})
    work.put(_with(known, (free if each is meant else each for each in known.plans)))
    return None


def _with(known: Plans, plans: Iterable[Plan]) -> Plans:
    return known.model_copy(update={"plans": tuple(plans)})


def _said(plan: Plan) -> tuple[str, str]:
    return plan.account_id, "".join(plan.text.split())
