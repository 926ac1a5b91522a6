"""Telling the person on duty: one page a matter, counted up while nobody has it, never expiring."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final

from services.respond.core.aggregates import Case, Effect, HistoryEntry, Page, Person
from services.respond.core.case import note
from services.respond.core.decisions import EffectDecided, PageRaised
from services.respond.core.organisation import speaks_for
from services.respond.core.work import Work
from shared.contracts.ids import token
from shared.contracts.org import Contact, Duty

NOBODY = "nobody_on_duty"
RING_AGAIN: Final = timedelta(minutes=15)
"""Whoever has not taken a page for so long may have slept through it: another case rings again."""
TAKEN: Final = "taken"
SILENT: Final = "pager_silent"
"""Why an attempt to page ended: somebody has it by now; the channel gave no answer for a minute."""
QUARANTINED = "quarantined"
_WORDS = {
    "acknowledge": "受理超时",
    "first_reply": "首次回复超时",
    "return_visit": "回访超时",
    "return_visit_soon": "回访快到期了",
    "promise": "承诺到期未兑现",
    "promise_soon": "承诺即将到期，工单无人承办",
    QUARANTINED: "有数据处理不了，已隔离",
    "position_request": "申请口径超时",
    "self_harm": "有人可能有轻生风险，请马上查看",
    "held": "有回复等候决定",
    "held_late": "等候决定的回复已逾期",
    "asked": "有内部询问",
    "remind": "内部询问待答",
    "unanswered": "内部询问超时未答",
    "frozen_published": "冻结的排期文字已经发出，请马上查看",
    "sign": "有回复等您审核",
    "unsigned": "送审的回复迟迟无人审核",
}
"""What a pager says for each reason; the console has its own words for them."""


def page_for_breach(work: Work, case: Case, clock: str) -> None:
    """Raise a page for a broken promise, or count up the one nobody has acknowledged yet."""
    standing = work.get(f"page:{case.page_id}", Page) if case.page_id else None
    if standing is not None and standing.acknowledged_at is None:
        named = tuple(dict.fromkeys((*standing.reasons, clock)))
        count_up(work, standing, named, case.account_id)
        return
    page_id = token("page", case.case_id, clock, work.at.isoformat())
    page = raise_page(work, page_id, (case.case_id,), (clock,), case.account_id)
    told = HistoryEntry(at=work.at, what="paged", person_id=page.person_id or None)
    work.put(case.model_copy(update={"page_id": page_id, "history": note(case, told)}))


def settle_page(work: Work, case: Case, by: str) -> None:
    """Take a page down once nothing it told of is still owed: who did the work has answered it."""
    page = work.get(f"page:{case.page_id}", Page) if case.page_id else None
    if page is None or page.acknowledged_at is not None:
        return
    others = (work.case(each) for each in page.case_ids if each != case.case_id)
    if any(each is not None and _is_late(each) for each in (case, *others)):
        return
    work.put(page.model_copy(update={"acknowledged_at": work.at, "acknowledged_by": by or None}))


def _is_late(case: Case) -> bool:
    if any(each.broken_at is not None and each.is_owed for each in case.promises):
        return True
    broken = (clock for clock in case.clocks if clock.breached_at is not None)
    return case.status != "resolved" and any(clock.met_at is None for clock in broken)


def page_for_poison(work: Work) -> None:
    """Something could not be folded: somebody must know, once until they take it."""
    for each in list(work.under("page")):
        if not isinstance(each, Page) or each.reasons != (QUARANTINED,):
            continue
        if each.acknowledged_at is None:
            count_up(work, each, each.reasons, "")
            return
        work.drop(each.key)
    raise_page(work, token("page", QUARANTINED, str(work.seq)), (), (QUARANTINED,), "")


def raise_page(
    work: Work,
    page_id: str,
    case_ids: tuple[str, ...],
    reasons: tuple[str, ...],
    account_id: str,
    *,
    late: bool = False,
    said: str = "",
    to: str = "",
) -> Page:
    """Raise a page to whoever is on duty now; with nobody on duty it stays, visibly undeliverable.

    Of those on duty, one of the department or post `to` comes first.

    A second try of the same page makes a new effect: the first one never reached a person.
    """
    found = next(_ways(work, to), None)
    page = Page(
        page_id=page_id,
        case_ids=case_ids,
        person_id="",
        channel="",
        address_ref="",
        reasons=reasons,
        raised_at=work.at,
        late=late,
        failed="" if found else NOBODY,
        again_at=None if found else _next_duty(work),
    )
    page = _by_way_of(page, *found) if found else page
    work.put(page)
    work.count("pages_raised")
    words = said or _words(reasons)
    _tell(work, page, account_id, words)
    if found:
        _owe(work, page, account_id, words)
    return page


def pass_on(work: Work, page: Page, effect: Effect, reason: str) -> None:
    """A channel does not take this page: try the next way to somebody on duty, each once.

    With none left it stays visibly undelivered until the roster changes or the next duty begins.
    """
    tried = (*page.tried, _way(page.person_id, page.channel, page.address_ref))
    found = next((each for each in _ways(work, "") if _named(*each) not in tried), None)
    if page.acknowledged_at is not None or found is None:
        again_at = None if page.acknowledged_at else _next_duty(work)
        told = {"failed": reason, "tried": tried, "again_at": again_at}
        work.put(page.model_copy(update=told))
        return
    moved = _by_way_of(page, *found).model_copy(update={"tried": tried, "rung_at": work.at})
    work.put(moved)
    _tell(work, moved, effect.account_id, effect.body)
    _owe(work, moved, effect.account_id, effect.body)


def at_hand(duties: Iterable[Duty], now: datetime) -> Duty | None:
    """Return the duty whose person is told first now; one without a contact reaches nobody."""
    return next((each for each in duties if each.start <= now < each.end and each.contacts), None)


def other_ways(duties: Iterable[Duty], page: Page, now: datetime) -> bool:
    """Tell whether somebody on duty can be told in another way than all that were tried."""
    tried = {*page.tried, _way(page.person_id, page.channel, page.address_ref)}
    able = (duty for duty in duties if duty.start <= now < duty.end)
    return any(_named(duty, each) not in tried for duty in able for each in duty.contacts)


def on_next_duty(work: Work, page: Page) -> None:
    """A duty begins: what reached nobody before it goes out now, late; else it waits on."""
    work.put(page.model_copy(update={"again_at": _next_duty(work)}))
    retry_undeliverable(work)


def on_duty(work: Work) -> tuple[Duty, ...]:
    """Return the duties that cover this instant."""
    return tuple(duty for duty in work.organisation.duties if duty.start <= work.at < duty.end)


def retry_undeliverable(work: Work) -> None:
    """A roster came or a duty began: send what reached nobody, late (补发), the oldest first."""
    waiting = [each for each in work.under("page") if isinstance(each, Page) and _waits(each)]
    if next(_ways(work, ""), None) is None:
        for page in waiting:
            work.put(page.model_copy(update={"again_at": _next_duty(work)}))
        return
    for page in sorted(waiting, key=lambda each: (each.raised_at, each.page_id)):
        case = work.case(_first(page))
        account_id = case.account_id if case else ""
        raise_page(work, page.page_id, page.case_ids, page.reasons, account_id, late=True)


def _waits(page: Page) -> bool:
    return page.acknowledged_at is None and (
        page.failed == NOBODY or bool(page.failed and page.tried)
    )


def _ways(work: Work, to: str) -> Iterator[tuple[Duty, Contact]]:
    """Yield the ways to people on duty: first who belongs to `to`, and everybody's in their order."""
    able = sorted(on_duty(work), key=lambda duty: not (to and is_of(work, duty.person_id, to)))
    return ((duty, contact) for duty in able for contact in duty.contacts)


def _way(person_id: str, channel: str, address_ref: str) -> str:
    return f"{person_id} {channel} {address_ref}"


def _named(duty: Duty, contact: Contact) -> str:
    return _way(duty.person_id, contact.channel, contact.address_ref)


def _by_way_of(page: Page, duty: Duty, contact: Contact) -> Page:
    whom = {"person_id": duty.person_id, "channel": contact.channel, "failed": ""}
    return page.model_copy(update={**whom, "address_ref": contact.address_ref})


def _next_duty(work: Work) -> datetime | None:
    """Return when the next duty begins on which somebody can be reached."""
    later = (
        each.start for each in work.organisation.duties if each.contacts and each.start > work.at
    )
    return min(later, default=None)


def is_of(work: Work, person_id: str, post: str) -> bool:
    """Tell whether a person at work belongs to a department or holds a post, or is who is meant."""
    person = work.get(f"person:{person_id}", Person)
    return person is not None and (person_id == post or speaks_for(person, post))


def count_up(work: Work, page: Page, reasons: tuple[str, ...], account_id: str) -> Page:
    """Add to a page that nobody has taken yet, without waking anybody again."""
    counted = page.model_copy(update={"count": page.count + 1, "reasons": reasons})
    work.put(counted)
    _tell(work, counted, account_id, _words(reasons))
    return counted


def ring_again(work: Work, page: Page, account_id: str) -> None:
    """Another case waits on a page nobody has taken: ring once more, but not within RING_AGAIN."""
    if page.failed or work.at - (page.rung_at or page.raised_at) < RING_AGAIN:
        return
    rung = page.model_copy(update={"rung_at": work.at})
    work.put(rung)
    _owe(work, rung, account_id, _words(rung.reasons))


def _first(page: Page) -> str:
    """Return the case a page is about; one about the house itself has none."""
    return next(iter(page.case_ids), "")


def _words(reasons: Iterable[str]) -> str:
    return "、".join(_WORDS.get(each, each) for each in reasons)


def _tell(work: Work, page: Page, account_id: str, words: str) -> None:
    work.decide(
        PageRaised(
            at=work.at,
            account_id=account_id,
            page_id=page.page_id,
            case_id=_first(page),
            person_id=page.person_id,
            channel=page.channel,
            reason=words,
            count=page.count,
            late=page.late,
        )
    )


def _owe(work: Work, page: Page, account_id: str, words: str) -> None:
    account = work.account(account_id)
    effect = Effect(
        effect_id=token("effect", page.page_id, work.at.isoformat(), *page.tried),
        effect_kind="page",
        status="decided",
        platform=account.registered.platform if account else "",
        account_id=account_id,
        case_id=_first(page),
        page_id=page.page_id,
        target=page.address_ref,
        body=words,
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
