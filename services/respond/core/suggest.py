"""Proposed texts for a case: what a position says, what is known, and approved wordings.

They are made when somebody looks, of what holds at that moment: nobody looks at most cases before
somebody else has answered, and a time that was promised an hour ago is no promise. What is taken
is a fact, and what leaves was approved; so nothing here decides anything.

Each names where it comes from. Where a position is needed and there is none, only holding replies.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta, tzinfo
from typing import Final, NamedTuple

from services.respond.core.aggregates import Case, HistoryEntry, Shelf, Suggestion
from services.respond.core.around import Around, around, in_crisis
from services.respond.core.case import SuggestionSource, note
from services.respond.core.checking import BESIDE, check_text
from services.respond.core.guided import needs_position
from services.respond.core.held import Standing, silence, standing_of, withheld
from services.respond.core.knowledge import Asking
from services.respond.core.refusal import Refusal
from services.respond.core.replies import MAX_TEXT
from services.respond.core.staff import unanswerable
from services.respond.core.state import State
from services.respond.core.wordings import About, framed, may_be_said, offers, sound_matter
from services.respond.core.work import Work
from shared.contracts.base import built
from shared.contracts.guidance import ModelDrafted
from shared.contracts.ids import token
from shared.contracts.items import ItemKind
from shared.policy.model import Pack

OFFERED: Final = 3
_FROM_POSITION: Final = 2
_SOON: Final = timedelta(minutes=10)
_STEP_MINUTES: Final = 5
_LOOK_BACK: Final = 5
NAME_MOST: Final = 12
"""A longer name of a department is not put into a reply: it may not fit."""
WORN: Final = "copy_paste"


class Desk(NamedTuple):
    """What suggestions rest on beside the case itself."""

    pack: Pack
    about: Around
    shelf: Shelf | None = None

    @property
    def standing(self) -> Standing:
        return Standing(self.about.guidance, self.about.claim)


def suggested(case: Case, desk: Desk, now: datetime) -> Case:
    """Return the case with its matter and up to three suggestions, each fit to pass the gate."""
    matter = matter_of(case, desk.pack)
    quiet = silence(case, desk.pack, desk.standing)
    shown = case.model_copy(update={"matter": matter, "suggestions": ()})
    if quiet == "none" or unanswerable(case) is not None:
        return shown
    about = _about(shown, desk, now)
    drafts = (each for each in case.suggestions if each.source == "model")
    made = [] if quiet else [*_opinion(case), *drafts]
    made = [each for each in made if _passes(case, desk, each.text)]
    if not quiet:
        made += [*_along_positions(case, desk), *_known(case, desk, about)]
    made += _worded(case, desk, about, OFFERED - len(made))
    return shown.model_copy(update={"suggestions": tuple(made[:OFFERED])})


def offered(state: State, pack: Pack) -> Mapping[str, tuple[str, ...]]:
    """Return what each case of a state would be offered by these rules, by name."""
    shelf, now = state.get(Shelf.KEY, Shelf), state.now
    return {
        case.case_id: named(case, Desk(pack, around(state, case, now), shelf), now)
        for case in state.under("case")
        if isinstance(case, Case) and now is not None
    }


def named(case: Case, desk: Desk, now: datetime) -> tuple[str, ...]:
    """Return what a case is offered, by name: two rules that offer the same wordings agree."""
    made = suggested(case, desk, now).suggestions
    return tuple(each.template_id or f"{each.source}:{each.cites}" for each in made)


def matter_of(case: Case, pack: Pack) -> str:
    """Return what the newest words that tell it say the case is about."""
    newest = reversed(case.items[-_LOOK_BACK:])
    return next(filter(None, (sound_matter(each.text, pack) for each in newest)), "")


def take_draft(work: Work, case: Case, fact: ModelDrafted) -> Case | Refusal:
    """Take what a language model drafted for the newest words, if it may be said."""
    item = case.items[-1]
    if (item.item_id, item.item_version) != (fact.item_id, fact.item_version):
        return Refusal("stale_item", "the item was edited; look again")
    pack, _ = work.pack_of(case.account_id)
    if (refusal := _kept_back(work, case, pack)) is not None:
        return refusal
    if not fact.text.strip() or len(fact.text) > MAX_TEXT:
        return Refusal("bad_text", f"between 1 and {MAX_TEXT} characters")
    result = check_text(case, pack, fact.text, around(work, case, work.at))
    if not result.passed:
        first = next(each for each in result.findings if each.level != "warn")
        return Refusal("gate_failed", first.reason)
    made = _suggestion(case, fact.text, "model", fact.model)
    told = note(case, HistoryEntry(at=work.at, what="model_drafted", person_id=fact.person_id))
    return case.model_copy(update={"suggestions": (made,), "history": told})


def _kept_back(work: Work, case: Case, pack: Pack) -> Refusal | None:
    standing = standing_of(work, case)
    held = withheld(case, "answer", pack, standing)
    if held is not None:
        return Refusal(held.code, held.why, held.what)
    if _is_unsettled(standing, case, pack):
        why = "there is no position: only what is being checked may be said"
        return Refusal("no_position", why)
    return unanswerable(case)


def next_answer(due: datetime | None, now: datetime, zone: tzinfo) -> str:
    """Return the time to promise, a little before it is owed; empty if that is too soon."""
    if due is None or due - now < _SOON:
        return ""
    local = due.astimezone(zone)
    local -= timedelta(minutes=local.minute % _STEP_MINUTES)
    return f"{local.month}月{local.day}日{local:%H:%M}"


def _about(case: Case, desk: Desk, now: datetime) -> About:
    newest = case.items[-1]
    owed = [each.due_at for each in case.clocks if each.clock == "first_reply" and not each.met_at]
    return About(
        labels=case.labels,
        matter=case.matter,
        channel=case.platform,
        severity=case.severity,
        private=newest.item_kind is ItemKind.MESSAGE,
        account_name=desk.about.account,
        author_name=newest.author.name or "",
        next_answer=next_answer(min(owed, default=None), now, desk.pack.zone),
        seed=case.case_id,
        holding=_is_unsettled(desk.standing, case, desk.pack),
        checked_by=_asked_now(case, desk.pack),
        crisis=in_crisis(case, desk.pack, desk.about),
    )


def _is_unsettled(standing: Standing, case: Case, pack: Pack) -> bool:
    if silence(case, pack, standing):
        return True
    return needs_position(case, pack) and not standing.guidance.in_force(case)


def _asked_now(case: Case, pack: Pack) -> str:
    """Return who is looking into it right now, as far as that may be said in public."""
    asked = (each.of for each in reversed(case.flow.open_asks) if not each.of_person)
    return next((each for each in asked if len(each) <= NAME_MOST and may_be_said(each, pack)), "")


def _opinion(case: Case) -> Iterator[Suggestion]:
    """Yield the words the department proposed."""
    asked = case.flow.opinion()
    if asked is not None and asked.answer:
        yield _suggestion(case, asked.answer, "opinion", asked.of)


def _along_positions(case: Case, desk: Desk) -> Iterator[Suggestion]:
    """Yield the public texts of the positions that hold, at most two, in an order of the case's."""
    texts = [
        (each.position_id, text)
        for each in desk.about.guidance.in_force(case)
        for text in each.public
    ]
    texts.sort(key=lambda each: token("variant", case.case_id, *each))
    sound = (each for each in texts if _passes(case, desk, each[1]))
    for (position_id, text), _ in zip(sound, range(_FROM_POSITION), strict=False):
        yield _suggestion(case, text, "position", position_id)


def _known(case: Case, desk: Desk, about: About) -> Iterator[Suggestion]:
    """Yield the best approved answer to what was asked, as long as it may be given."""
    if desk.shelf is None or about.holding:
        return
    asking = Asking(case.items[-1].text, case.labels, case.platform)
    for book in desk.shelf.find(asking):
        for text in (framed(book.answer, about, desk.pack), book.answer):
            if _passes(case, desk, text):
                yield _suggestion(case, text, "knowledge", book.entry_id)
                return


def _worded(case: Case, desk: Desk, about: About, most: int) -> Iterator[Suggestion]:
    """Yield wordings; such as many were told lately only where there is nothing else."""

    def fresh(text: str) -> bool:
        said = check_text(case, desk.pack, text, desk.about, checks=BESIDE)
        return said.passed and all(each.category != WORN for each in said.findings)

    def may(text: str) -> bool:
        return check_text(case, desk.pack, text, desk.about, checks=BESIDE).passed

    found = offers(about, desk.pack, most, fresh) or offers(about, desk.pack, most, may)
    for offer in found:
        made = _suggestion(case, offer.text, "wording", "", offer.template_id)
        yield made.model_copy(update={"tone": offer.tone})


def _passes(case: Case, desk: Desk, text: str) -> bool:
    return check_text(case, desk.pack, text, desk.about).passed


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
