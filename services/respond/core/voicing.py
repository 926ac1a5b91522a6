"""What is kept of a reply once the platform has it: in its case, and of the account as a whole."""

from services.respond.core.aggregates import Case, Effect, Said, Spoken, Voiced
from services.respond.core.voiced import LONGEST_VOICED
from services.respond.core.work import Work
from shared.contracts.system import Receipt


def remember_voice(work: Work, case: Case, effect: Effect) -> None:
    """Keep what the account says to people, beside what it was about."""
    spoken = Spoken(
        case_id=case.case_id,
        text=effect.body[:LONGEST_VOICED],
        at=work.at,
        cluster_id=case.cluster_id,
        claim_id=case.claim_id,
    )
    standing = work.get(f"voiced:{case.account_id}", Voiced)
    work.put((standing or Voiced(account_id=case.account_id)).with_newest(spoken))


def said(work: Work, effect: Effect, receipt: Receipt) -> Said:
    """Return what was said, as the case keeps it."""
    return Said(
        slot=effect.slot or "answer",
        item_id=effect.item_id,
        text=effect.body,
        at=work.at,
        approved_by=effect.approved_by,
        native_id=receipt.native_id,
        automatic=effect.automatic,
    )
