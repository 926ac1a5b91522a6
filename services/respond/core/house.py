"""What a person does that is about no single case: pages, modes, the big red button."""

from services.respond.core.aggregates import Account, HistoryEntry, Organisation, Page
from services.respond.core.case import note
from services.respond.core.clocks import meet
from services.respond.core.effects import call_off
from services.respond.core.refusal import Refusal
from services.respond.core.work import Work
from shared.contracts.operators import ModeChanged, OutgoingPaused, PageAcknowledged


def acknowledge(work: Work, fact: PageAcknowledged) -> Refusal | None:
    """Somebody has the page: its cases count as acknowledged."""
    page = work.get(f"page:{fact.page_id}", Page)
    if page is None:
        return Refusal("not_found", "there is no such page")
    if page.acknowledged_at is not None:
        return Refusal("already_acknowledged", "somebody has this page already")
    work.put(
        page.model_copy(update={"acknowledged_at": work.at, "acknowledged_by": fact.person_id})
    )
    for case_id in page.case_ids:
        case = work.case(case_id)
        if case is not None and case.status != "resolved":
            told = HistoryEntry(at=work.at, what="acknowledged", person_id=fact.person_id)
            known = case.model_copy(update={"history": note(case, told)})
            work.put(meet(work, known, "acknowledge", fact.person_id))
    return None


def change_mode(work: Work, fact: ModeChanged) -> Refusal | None:
    """Switch an account's mode; what was decided before keeps the mode it was decided in."""
    account = work.account(fact.account_id)
    if account is None:
        return Refusal("not_found", "there is no such account")
    if not fact.reason.strip():
        return Refusal("needs_reason", "say why the mode changes")
    work.put(account.model_copy(update={"mode": fact.mode}))
    return None


def pause(work: Work, fact: OutgoingPaused) -> Refusal | None:
    """Stop everything that would leave, or let it leave again. A new epoch voids open claims."""
    if fact.account_id is not None:
        account: Account | None = work.account(fact.account_id)
        if account is None:
            return Refusal("not_found", "there is no such account")
        work.put(account.model_copy(update={"paused": fact.paused}))
    organisation = work.organisation
    fresh: dict[str, object] = {"freeze_epoch": organisation.freeze_epoch + 1}
    if fact.account_id is None:
        fresh["paused"] = fact.paused
    work.put(Organisation.model_copy(organisation, update=fresh))
    if fact.paused:
        call_off(work, fact.account_id, "paused")
    return None
