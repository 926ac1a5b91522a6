"""Proposed texts for a case: what a position says, what is known, and approved wordings.

Each names where it comes from. Where a position is needed and there is none, only holding replies.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Final

from services.respond.core.aggregates import Case, HistoryEntry, Lately, Shelf, Suggestion
from services.respond.core.case import SuggestionSource, note
from services.respond.core.checking import check_text
from services.respond.core.decisions import SuggestionsMade
from services.respond.core.guidance import Guidance
from services.respond.core.guided import guided, needs_position
from services.respond.core.knowledge import Asking
from services.respond.core.refusal import Refusal
from services.respond.core.replies import MAX_TEXT
from services.respond.core.wordings import About, framed, offers, sound_matter
from services.respond.core.work import Work
from shared.contracts.base import built
from shared.contracts.guidance import ModelDrafted
from shared.contracts.ids import token
from shared.contracts.items import ItemKind
from shared.policy.model import Pack
from shared.policy.suggesting import Suggesting

OFFERED: Final = 3
KEEP_LATELY: Final = 60
_FROM_POSITION: Final = 2
_SOON: Final = timedelta(minutes=10)
_STEP_MINUTES: Final = 5
_LOOK_BACK: Final = 5


def suggest(work: Work, case: Case) -> Case:
    """Return the case with its matter and up to three suggestions, each fit to pass the gate."""
    pack, _ = work.pack_of(case.account_id)
    known = work.get(f"lately:{case.account_id}", Lately)
    lately = known.wordings if known else ()
    matter = _matter(case, pack)
    about = _about(work, case, matter, lately)
    made = [*_along_positions(work, case, pack), *_known(work, case, pack, about)]
    wordings = tuple(_worded(work, case, pack, about, OFFERED - len(made)))
    made += wordings
    if wordings:
        kept = (*lately, *(each.template_id for each in wordings))[-KEEP_LATELY:]
        work.put(built(Lately, {"account_id": case.account_id, "wordings": kept}))
    if made:
        told = {"at": work.at, "account_id": case.account_id, "case_id": case.case_id}
        names = tuple(each.template_id or f"{each.source}:{each.cites}" for each in made)
        work.decide(built(SuggestionsMade, {**told, "templates": names}))
    return case.model_copy(update={"suggestions": tuple(made), "matter": matter})


def take_draft(work: Work, case: Case, fact: ModelDrafted) -> Case | Refusal:
    """Take what a language model drafted for the newest words, if it may be said."""
    item = case.items[-1]
    if (item.item_id, item.item_version) != (fact.item_id, fact.item_version):
        return Refusal("stale_item", "the item was edited; look again")
    pack, _ = work.pack_of(case.account_id)
    if _is_unsettled(work.guidance, case, pack):
        return Refusal(
            "no_position", "there is no position: only what is being checked may be said"
        )
    if not fact.text.strip() or len(fact.text) > MAX_TEXT:
        return Refusal("bad_text", f"between 1 and {MAX_TEXT} characters")
    result = check_text(case, pack, fact.text, work.guidance)
    if not result.passed:
        first = next(each for each in result.findings if each.level != "warn")
        return Refusal("gate_failed", first.reason)
    made = _suggestion(case, fact.text, "model", fact.model)
    others = tuple(each for each in case.suggestions if each.source != "model")
    told = note(case, HistoryEntry(at=work.at, what="model_drafted", person_id=fact.person_id))
    return case.model_copy(update={"suggestions": (made, *others)[:OFFERED], "history": told})


def next_answer(due: datetime | None, now: datetime, suggesting: Suggesting) -> str:
    """Return the time to promise, a little before it is owed; empty if that is too soon."""
    if due is None or due - now < _SOON:
        return ""
    local = due.astimezone(timezone(timedelta(minutes=suggesting.utc_offset_minutes)))
    local -= timedelta(minutes=local.minute % _STEP_MINUTES)
    return f"{local.month}月{local.day}日{local:%H:%M}"


def _matter(case: Case, pack: Pack) -> str:
    """Return what the newest words that tell it say the case is about."""
    newest = reversed(case.items[-_LOOK_BACK:])
    return next(filter(None, (sound_matter(each.text, pack) for each in newest)), "")


def _about(work: Work, case: Case, matter: str, lately: tuple[str, ...]) -> About:
    pack, _ = work.pack_of(case.account_id)
    account = work.account(case.account_id)
    newest = case.items[-1]
    owed = [each.due_at for each in case.clocks if each.clock == "first_reply" and not each.met_at]
    return About(
        labels=case.labels,
        matter=matter,
        channel=case.platform,
        severity=case.severity,
        private=newest.item_kind is ItemKind.MESSAGE,
        account_name=account.registered.name if account else "",
        author_name=newest.author.name or "",
        next_answer=next_answer(min(owed, default=None), work.at, pack.suggesting),
        seed=case.case_id,
        lately=lately,
        holding=_is_unsettled(work.guidance, case, pack),
    )


def _is_unsettled(guidance: Guidance, case: Case, pack: Pack) -> bool:
    return needs_position(case, pack) and not guidance.in_force(case)


def _along_positions(work: Work, case: Case, pack: Pack) -> Iterator[Suggestion]:
    """Yield the public texts of the positions that hold, at most two, in an order of the case's."""
    texts = [
        (each.position_id, text) for each in work.guidance.in_force(case) for text in each.public
    ]
    texts.sort(key=lambda each: token("variant", case.case_id, *each))
    sound = (each for each in texts if _passes(work, case, pack, each[1]))
    for (position_id, text), _ in zip(sound, range(_FROM_POSITION), strict=False):
        yield _suggestion(case, text, "position", position_id)


def _known(work: Work, case: Case, pack: Pack, about: About) -> Iterator[Suggestion]:
    """Yield the best approved answer to what was asked, as long as it may be given."""
    shelf = work.get(Shelf.KEY, Shelf)
    if shelf is None or about.holding:
        return
    asking = Asking(case.items[-1].text, case.labels, case.platform)
    for book in shelf.find(asking):
        for text in (framed(book.answer, about, pack), book.answer):
            if _passes(work, case, pack, text):
                yield _suggestion(case, text, "knowledge", book.entry_id)
                return


def _worded(work: Work, case: Case, pack: Pack, about: About, most: int) -> Iterator[Suggestion]:
    guidance = work.guidance

    def may(text: str) -> bool:
        found = guided(case, pack, text, guidance, "answer")
        return all(each.level == "warn" for each in found)

    for offer in offers(about, pack, most, may):
        made = _suggestion(case, offer.text, "wording", "", offer.template_id)
        yield made.model_copy(update={"tone": offer.tone})


def _passes(work: Work, case: Case, pack: Pack, text: str) -> bool:
    return check_text(case, pack, text, work.guidance).passed


def _suggestion(
    case: Case, text: str, source: SuggestionSource, cites: str, template_id: str = ""
) -> Suggestion:
    return built(
        Suggestion,
        {
            "suggestion_id": token("suggestion", case.case_id, template_id or cites, text),
            "template_id": template_id,
            "text": text,
            "source": source,
            "cites": cites,
        },
    )
