"""Telling the person on duty: one page a matter, counted up while nobody has it, never expiring."""

from services.respond.core.aggregates import Case, Effect, Page
from services.respond.core.decisions import EffectDecided, PageRaised
from services.respond.core.work import Work
from shared.contracts.ids import token
from shared.contracts.org import Contact, Duty

NOBODY = "nobody_on_duty"
_AND = "、"
_WORDS = {"acknowledge": "受理超时", "first_reply": "首次回复超时"}


def page_for_breach(work: Work, case: Case, clock: str) -> None:
    """Raise a page for a broken promise, or count up the one nobody has acknowledged yet."""
    standing = work.get(f"page:{case.page_id}", Page) if case.page_id else None
    if standing is not None and standing.acknowledged_at is None:
        word = _WORDS.get(clock, clock)
        named = dict.fromkeys((*standing.reason.split(_AND), word))
        counted = standing.model_copy(
            update={"count": standing.count + 1, "reason": _AND.join(named)}
        )
        work.put(counted)
        _tell(work, counted, case.account_id)
        return
    page_id = token("page", case.case_id, clock, work.at.isoformat())
    work.put(case.model_copy(update={"page_id": page_id}))
    raise_page(work, page_id, (case.case_id,), _WORDS.get(clock, clock), case.account_id)


def raise_page(
    work: Work,
    page_id: str,
    case_ids: tuple[str, ...],
    reason: str,
    account_id: str,
    *,
    late: bool = False,
) -> None:
    """Raise a page to whoever is on duty now; with nobody on duty it stays, visibly undeliverable.

    A second try of the same page makes a new effect: the first one never reached a person.
    """
    duty, contact = _reachable(work)
    page = Page(
        page_id=page_id,
        case_ids=case_ids,
        person_id=duty.person_id if duty else "",
        channel=contact.channel if contact else "",
        address_ref=contact.address_ref if contact else "",
        reason=reason,
        raised_at=work.at,
        late=late,
        failed="" if contact else NOBODY,
    )
    work.put(page)
    work.count("pages_raised")
    _tell(work, page, account_id)
    if contact:
        _owe(work, page, account_id)


def on_duty(work: Work) -> tuple[Duty, ...]:
    """Return the duties that cover this instant."""
    return tuple(duty for duty in work.organisation.duties if duty.start <= work.at < duty.end)


def retry_undeliverable(work: Work) -> None:
    """A roster came: send what could not go to anybody, marked late (补发), the oldest first."""
    if not any(duty.contacts for duty in on_duty(work)):
        return
    waiting = [
        page
        for page in work.under("page")
        if isinstance(page, Page) and page.failed == NOBODY and page.acknowledged_at is None
    ]
    for page in sorted(waiting, key=lambda each: (each.raised_at, each.page_id)):
        case = work.case(page.case_ids[0])
        account_id = case.account_id if case else ""
        raise_page(work, page.page_id, page.case_ids, page.reason, account_id, late=True)


def _reachable(work: Work) -> tuple[Duty | None, Contact | None]:
    for duty in on_duty(work):
        if duty.contacts:
            return duty, duty.contacts[0]
    return None, None


def _tell(work: Work, page: Page, account_id: str) -> None:
    work.decide(
        PageRaised(
            at=work.at,
            account_id=account_id,
            page_id=page.page_id,
            case_id=page.case_ids[0],
            person_id=page.person_id,
            channel=page.channel,
            reason=page.reason,
            count=page.count,
            late=page.late,
        )
    )


def _owe(work: Work, page: Page, account_id: str) -> None:
    account = work.account(account_id)
    effect = Effect(
        effect_id=token("effect", page.page_id, work.at.isoformat()),
        effect_kind="page",
        status="decided",
        platform=account.registered.platform if account else "",
        account_id=account_id,
        case_id=page.case_ids[0],
        page_id=page.page_id,
        target=page.address_ref,
        body=page.reason,
        mode=account.mode if account else "suggest",
        decided_at=work.at,
        decided_seq=work.seq,
    )
    work.put(effect)
    work.decide(
        EffectDecided(
            at=work.at,
            account_id=account_id,
            effect_id=effect.effect_id,
            effect_kind="page",
            case_id=effect.case_id,
            target=effect.target,
            body=effect.body,
            mode=effect.mode,
            pack_hash="",
        )
    )
