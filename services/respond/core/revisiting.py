"""What follows when positions or bans change: texts come back, and drafts of a model go.

And who asked for a position where there is none, with the clock that runs on it.
"""

from datetime import timedelta
from typing import Final, Literal

from services.respond.core.aggregates import Case, Guidance, HistoryEntry
from services.respond.core.case import note
from services.respond.core.effects import end
from services.respond.core.guidance import MOST, PositionRequest
from services.respond.core.guided import bans
from services.respond.core.pages import raise_page
from services.respond.core.refusal import Refusal
from services.respond.core.replies import come_back
from services.respond.core.said import GuidanceMoved
from services.respond.core.work import Work
from shared.contracts.guidance import PositionRequested
from shared.contracts.ids import token
from shared.contracts.system import Receipt

WORD_MOST: Final = 40
REQUESTED: Final = "position_request"
_UNSENT: Final = frozenset({"drafted", "submitted", "approved", "waiting"})


def change(work: Work, before: Guidance, after: Guidance) -> None:
    """Bring it in, and give back what rests on what was said before."""
    work.put(after)
    cases = [each for each in work.under("case") if isinstance(each, Case)]
    for case in sorted(cases, key=lambda each: (each.opened_at, each.case_id)):
        if case.status != "resolved":
            _revisit(work, case, before, after)


def _revisit(work: Work, case: Case, before: Guidance, after: Guidance) -> None:
    changed = before.stamp(case) != after.stamp(case)
    fresh = case
    for reply in case.replies:
        reason = "position_changed" if changed else "banned" if bans(reply.text, after) else ""
        if not reason:
            continue
        effect = work.effect(reply.effect_id or "")
        if reply.status in _UNSENT:
            fresh = come_back(work, fresh, reply, reason)
        elif effect is not None and effect.status == "decided":
            work.put(fresh)
            end(work, effect, "returned", Receipt(), reason)
            fresh = work.case(case.case_id) or fresh
    if changed:
        if fresh.suggestions:
            fresh = fresh.model_copy(update={"suggestions": ()})
        _answered(work, fresh)
    if fresh is not case:
        work.put(fresh)


def _answered(work: Work, case: Case) -> None:
    """A position came: nobody has to ask for it any more."""
    guidance = work.guidance
    left = tuple(each for each in guidance.requests if each.case_id != case.case_id)
    if guidance.in_force(case) and len(left) < len(guidance.requests):
        work.put(guidance.model_copy(update={"requests": left}))


def moved(
    work: Work,
    what: Literal["position", "ban", "request"],
    name: str,
    status: str,
    content: str = "",
) -> None:
    work.decide(GuidanceMoved(at=work.at, what=what, name=name, status=status, content=content))


def request(work: Work, case: Case, fact: PositionRequested) -> Case | Refusal:
    """Ask for a position on the matter of a case; whoever is on duty hears of it when it is late."""
    guidance = work.guidance
    if guidance.in_force(case):
        return Refusal("has_position", "there is a position on this matter")
    if any(each.case_id == case.case_id for each in guidance.requests):
        return Refusal("already_asked", "a position was asked for")
    if not fact.matter.strip() or len(fact.matter) > WORD_MOST:
        return Refusal("bad_text", f"between 1 and {WORD_MOST} characters")
    if len(guidance.requests) >= MOST:
        return Refusal("too_many", f"{MOST} requests wait already; answer some first")
    pack, _ = work.pack_of(case.account_id)
    asked = PositionRequest(
        case_id=case.case_id,
        matter=fact.matter,
        asked_by=fact.person_id,
        asked_at=work.at,
        due_at=work.at + timedelta(minutes=pack.suggesting.position_minutes),
    )
    work.put(guidance.model_copy(update={"requests": (*guidance.requests, asked)}))
    moved(work, "request", case.case_id, "asked")
    told = HistoryEntry(at=work.at, what="position_asked", person_id=fact.person_id)
    return case.model_copy(update={"history": note(case, told)})


def late(work: Work, guidance: Guidance, case_id: str) -> None:
    """Nobody has given a position in time: tell it, if the case still needs one."""
    case = work.case(case_id)
    if case is None or case.status == "resolved":
        left = tuple(each for each in guidance.requests if each.case_id != case_id)
        work.put(guidance.model_copy(update={"requests": left}))
        return
    requests = tuple(
        each.model_copy(update={"late": True}) if each.case_id == case_id else each
        for each in guidance.requests
    )
    work.put(guidance.model_copy(update={"requests": requests}))
    page_id = token("page", REQUESTED, case_id, work.at.isoformat())
    raise_page(work, page_id, (case_id,), (REQUESTED,), case.account_id)
    moved(work, "request", case_id, "late")
