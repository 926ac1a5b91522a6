"""The short way of what asks for nothing: nine items of ten are judged, told in one line, forgotten.

It leads where the long way (`settling`) would have led; whatever is not plainly so is left to that.
"""

from hashlib import sha256
from typing import Final

from services.respond.core.decisions import ItemJudged
from services.respond.core.judging import HARMS, Calm, Judgement, depends_on_more, judge
from services.respond.core.rates import ABSTAINED, DEGRADED, OTHER_MODEL
from services.respond.core.staff import is_watched
from services.respond.core.waiting import PendingItem
from services.respond.core.work import Work
from shared.contracts.verdicts import Verdict

_made: Final = tuple.__new__
"""A named tuple of its parts, without the call in Python that its own name is."""


def passed(work: Work, pending: PendingItem, verdict: Verdict) -> bool:
    """Settle a waiting item if it is no matter for anybody; False if it may be one."""
    fact = pending.fact
    if pending.degraded or verdict.degraded or work.may_speak(fact.author.author_id):
        return False
    if work.watchful and (work.has_shadow or is_watched(work, fact.account_id, fact)):
        return False  # the long way passes by proposed rules and by those for staff
    calm = _calm(work, fact.account_id, verdict)
    if calm is None:
        return False
    work.pass_by(fact.item_id, calm.rated)
    told = (
        work.at,
        fact.account_id,
        fact.item_id,
        fact.item_version,
        sha256(fact.text.encode("utf-8", "surrogatepass")).hexdigest()[:20],
        calm.decided,
        verdict.abstained,
        calm.severity,
        verdict.model,
        (),
        "",
    )
    work.decisions.append(_made(ItemJudged, told))
    return True


def rate(work: Work, verdict: Verdict, judged: Judgement) -> None:
    """Count for the hour what became of a verdict, so that a drift is seen."""
    work.rate(_rated(work, verdict, judged))


def _rated(work: Work, verdict: Verdict, judged: Judgement) -> tuple[str, ...]:
    held: tuple[str, ...] = judged.decided
    in_office = work.organisation.model
    if verdict.abstained:
        held = (*held, ABSTAINED)
    if verdict.degraded:
        held = (*held, DEGRADED)
    if in_office and verdict.model and verdict.model != in_office:
        held = (*held, OTHER_MODEL)
    return held


def _calm(work: Work, account_id: str, verdict: Verdict) -> Calm | None:
    """Return what a verdict comes to if that is no matter; None if it may be one.

    A pack without thresholds of its own looks at nothing else of a verdict than what is asked here.
    """
    kind = (account_id, verdict.held, verdict.anger, verdict.abstained, verdict.model)
    if kind in work.calm:
        return work.calm[kind]
    pack, _ = work.pack_of(account_id)
    judged = judge(verdict, pack)
    calm = None
    if not judged.opens_case and HARMS.isdisjoint(judged.decided):
        calm = Calm(judged.decided, judged.severity, _rated(work, verdict, judged))
    if not depends_on_more(verdict, pack):
        work.calm[kind] = calm
    return calm
