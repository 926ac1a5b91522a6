"""Telling a department of what its cases wait for: one page a matter and account, counted up."""

from typing import Final

from services.respond.core.aggregates import Case, Page
from services.respond.core.pages import count_up, raise_page, ring_again
from services.respond.core.work import Work
from shared.contracts.ids import token

CASES_NAMED: Final = 20


def tell(work: Work, case: Case, reason: str, about: str, to: str) -> None:
    """Page whoever of `to` is on duty, else whoever is.

    A hundred rumours in an hour are one page that says a hundred, until somebody takes it; while
    nobody does, it rings again every quarter of an hour in which one more comes.
    """
    page_id = _page_id(case, reason, about)
    standing = work.get(f"page:{page_id}", Page)
    if standing is not None and standing.acknowledged_at is None:
        named = tuple(dict.fromkeys((*standing.case_ids, case.case_id)))[:CASES_NAMED]
        grown = standing.model_copy(update={"case_ids": named})
        counted = count_up(work, grown, grown.reasons, case.account_id)
        ring_again(work, counted, case.account_id)
    else:
        raise_page(work, page_id, (case.case_id,), (reason,), case.account_id, to=to)


def untell(work: Work, case: Case, reason: str, about: str, by: str) -> None:
    """A case no longer waits: take it off the page, and the page down with the last one."""
    page = work.get(f"page:{_page_id(case, reason, about)}", Page)
    if page is None or page.acknowledged_at is not None or case.case_id not in page.case_ids:
        return
    left = tuple(each for each in page.case_ids if each != case.case_id)
    done = {"acknowledged_at": work.at, "acknowledged_by": by or None}
    work.put(page.model_copy(update={"case_ids": left} if left else done))


def _page_id(case: Case, reason: str, about: str) -> str:
    return token("page", reason, case.account_id, about)
