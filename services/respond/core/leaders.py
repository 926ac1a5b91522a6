"""A new leader: its place in the log is the term, and a rebuild sends nothing by itself."""

from services.respond.core.aggregates import Effect, Page
from services.respond.core.effects import call_off, end
from services.respond.core.pages import raise_page
from services.respond.core.work import Work
from shared.contracts.ids import token
from shared.contracts.system import LeaderElected, Receipt

LATE = "补发"


def take_office(work: Work, fact: LeaderElected) -> None:
    """Set the term. After a rebuild, replies go back to their owners and pages go out as one.

    What had left the house before the rebuild stands in the log as started; everything else was
    decided by a leader whose memory is lost, so people look at it (invariant 1).
    """
    work.put(work.organisation.model_copy(update={"term": work.seq}))
    if fact.rebuilt_to is None:
        return
    call_off(work, None, "rebuilt", fact.rebuilt_to)
    _coalesce_pages(work, fact.rebuilt_to)


def _coalesce_pages(work: Work, upto_seq: int) -> None:
    owed = [
        effect
        for effect in work.under("effect")
        if isinstance(effect, Effect)
        and effect.effect_kind == "page"
        and effect.status == "decided"
        and effect.decided_seq <= upto_seq
    ]
    coalesced: list[Page] = []
    for effect in sorted(owed, key=lambda each: (each.decided_at, each.effect_id)):
        end(work, effect, "returned", Receipt(), "coalesced")
        page = work.get(f"page:{effect.page_id}", Page)
        if page is not None and page.acknowledged_at is None:
            work.drop(page.key)
            coalesced.append(page)
    if not coalesced:
        return
    case_ids = tuple(dict.fromkeys(each for page in coalesced for each in page.case_ids))
    reasons = tuple(dict.fromkeys(each for page in coalesced for each in page.reasons))
    page_id = token("page", "rebuilt", str(work.seq))
    cases = [case for case_id in case_ids if (case := work.case(case_id)) is not None]
    work.put(*(case.model_copy(update={"page_id": page_id}) for case in cases))
    account_id = cases[0].account_id if cases else ""
    raise_page(work, page_id, case_ids, reasons, account_id, late=True, said=LATE)
