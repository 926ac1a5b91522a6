"""Positions (口径) and bans (今日禁提): written by one person, approved by another, over in time.

Whatever rests on a position that changes, and has not left, is its writer's again (invariant 17).
"""

from collections.abc import Sequence
from datetime import timedelta
from functools import reduce
from typing import Final, assert_never

from services.respond.core.aggregates import Guidance
from services.respond.core.chronicling import record, words_of, words_of_ban
from services.respond.core.guidance import (
    ENDED_KEPT,
    MOST,
    Ban,
    Position,
    content_of_position,
)
from services.respond.core.refusal import Refusal
from services.respond.core.revisiting import WORD_MOST, change, late, moved
from services.respond.core.waiting import Timer
from services.respond.core.work import Work
from shared.contracts.guidance import (
    BanLifted,
    BanSet,
    GuidanceFact,
    PositionApproved,
    PositionEnded,
    PositionWritten,
)
from shared.contracts.ids import token
from shared.policy.gate.check import gate
from shared.policy.gate.findings import GateContext
from shared.policy.model import Pack

TEXT_MOST: Final = 2_000
WORDS_MOST: Final = 20
LONGEST_BAN: Final = timedelta(days=7)


def operate(work: Work, fact: GuidanceFact) -> Refusal | None:
    """Do or refuse what was asked."""
    match fact:
        case PositionWritten():
            return _write(work, fact)
        case PositionApproved():
            return _approve(work, fact)
        case PositionEnded():
            return _end(work, fact)
        case BanSet():
            return _ban(work, fact)
        case BanLifted():
            return _lift(work, fact)
        case _:
            assert_never(fact)


def on_time(work: Work, guidance: Guidance, timer: Timer) -> None:
    """A position begins or ends, a ban is over, a request is late."""
    kind, name = timer.timer_id.split(":", 1)
    if kind == "starts":
        change(work, guidance, _begun(guidance, name))
        moved(work, "position", name, "in_force")
        _recorded(work, guidance, name, "in_force", "approved")
    elif kind == "ends":
        change(work, guidance, _ended(guidance, name, "", "expired"))
        moved(work, "position", name, "ended")
        _recorded(work, guidance, name, "expired", "in_force")
    elif kind == "unban":
        gone = next(each for each in guidance.bans if each.ban_id == name)
        left = tuple(each for each in guidance.bans if each is not gone)
        record(work, "ban", name, "expired", words_of_ban(gone))
        work.put(guidance.model_copy(update={"bans": left}))
        moved(work, "ban", name, "lifted")
    else:
        late(work, guidance, name)


def _write(work: Work, fact: PositionWritten) -> Refusal | None:
    guidance = work.guidance
    if (wrong := _wrong(work, fact)) is not None:
        return wrong
    others = tuple(
        each
        for each in guidance.positions
        if (each.position_id, each.status) != (fact.position_id, "proposed")
    )
    if sum(each.status != "ended" for each in others) >= MOST:
        return Refusal("too_many", f"there are {MOST} positions already; end some first")
    fresh = Position(
        position_id=fact.position_id,
        content=content_of_position(fact),
        written=fact,
        written_at=work.at,
    )
    work.put(guidance.model_copy(update={"positions": (*others, fresh)}))
    moved(work, "position", fact.position_id, "proposed", fresh.content)
    record(work, "position", fact.position_id, "proposed", words_of(fresh), by=fact.person_id)
    return None


def _wrong(work: Work, fact: PositionWritten) -> Refusal | None:
    texts = (fact.text, *fact.variants)
    words = (fact.matter, *fact.words, *fact.must_say, *fact.must_not_say)
    if not all(each.strip() and len(each) <= TEXT_MOST for each in texts):
        return Refusal("bad_text", f"between 1 and {TEXT_MOST} characters")
    if not all(each.strip() and len(each) <= WORD_MOST for each in words):
        return Refusal("bad_text", f"words have between 1 and {WORD_MOST} characters")
    if max(len(words), len(texts)) > WORDS_MOST:
        return Refusal("too_many", f"at most {WORDS_MOST} words and variants")
    if fact.valid_until <= max(work.at, fact.valid_from or work.at):
        return Refusal("bad_time", "it would end before it begins")
    return None


def _approve(work: Work, fact: PositionApproved) -> Refusal | None:
    guidance = work.guidance
    meant = _meant(guidance, fact.position_id, ("proposed",))
    if meant is None or meant.content != fact.content:
        return Refusal("not_found", "nobody has proposed exactly this")
    if meant.written.person_id == fact.person_id:
        return Refusal("two_person", "a second person must approve what you wrote")
    if meant.written.valid_until <= work.at:
        return Refusal("bad_time", "it is over already")
    if (wrong := _objection(work, meant)) is not None:
        return wrong
    later = meant.written.valid_from is not None and meant.written.valid_from > work.at
    approved = meant.model_copy(
        update={
            "status": "approved" if later else "in_force",
            "approved_by": fact.person_id,
            "approved_at": work.at,
        }
    )
    rest = tuple(each for each in guidance.positions if each is not meant)
    before = _without_older(rest, approved)
    change(work, guidance, guidance.model_copy(update={"positions": (*before, approved)}))
    moved(work, "position", meant.position_id, approved.status, meant.content)
    act, says = approved.status, words_of(approved)
    record(work, "position", meant.position_id, act, says, by=fact.person_id)
    return None


def _objection(work: Work, position: Position) -> Refusal | None:
    """What is to be said in public must pass the gate of every pack that holds."""
    packs: list[Pack] = [work.packs[each] for each in work.organisation.packs.values()]
    for text in position.public:
        for pack in packs:
            result = gate(text, GateContext(), pack)
            if not result.passed:
                first = next(each for each in result.findings if each.level != "warn")
                return Refusal("gate_failed", first.reason)
    return None


def _without_older(positions: Sequence[Position], fresh: Position) -> tuple[Position, ...]:
    """Return the others; one of the same name is replaced when the fresh one holds."""
    replaced = {"status": "ended", "ended_reason": "replaced", "ended_by": fresh.approved_by}
    alive = {"approved", "in_force"} if fresh.status == "in_force" else {"approved"}
    return tuple(
        each.model_copy(update=replaced)
        if each.position_id == fresh.position_id and each.status in alive
        else each
        for each in positions
    )


def _end(work: Work, fact: PositionEnded) -> Refusal | None:
    guidance = work.guidance
    meant = _meant(guidance, fact.position_id, ("in_force", "approved", "proposed"))
    if meant is None:
        return Refusal("not_found", "there is no such position")
    if not fact.reason.strip():
        return Refusal("needs_reason", "say why it ends")
    change(work, guidance, _ended(guidance, fact.position_id, fact.person_id, fact.reason))
    moved(work, "position", fact.position_id, "ended")
    by, why = fact.person_id, fact.reason
    record(work, "position", fact.position_id, "ended", words_of(meant), by=by, why=why)
    return None


def _ban(work: Work, fact: BanSet) -> Refusal | None:
    guidance = work.guidance
    if not fact.text.strip() or len(fact.text) > WORD_MOST:
        return Refusal("bad_text", f"between 1 and {WORD_MOST} characters")
    if not work.at < fact.until <= work.at + LONGEST_BAN:
        return Refusal("bad_time", f"it ends within {LONGEST_BAN.days} days from now")
    if len(guidance.bans) >= MOST:
        return Refusal("too_many", f"there are {MOST} bans already; lift some first")
    fresh = Ban(
        ban_id=token("ban", fact.op_id),
        text=fact.text,
        until=fact.until,
        set_by=fact.person_id,
        set_at=work.at,
    )
    change(work, guidance, guidance.model_copy(update={"bans": (*guidance.bans, fresh)}))
    moved(work, "ban", fresh.ban_id, "set")
    record(work, "ban", fresh.ban_id, "set", words_of_ban(fresh), by=fact.person_id)
    return None


def _lift(work: Work, fact: BanLifted) -> Refusal | None:
    guidance = work.guidance
    meant = next((each for each in guidance.bans if each.ban_id == fact.ban_id), None)
    if meant is None:
        return Refusal("not_found", "there is no such ban")
    if not fact.reason.strip():
        return Refusal("needs_reason", "say why it may be said again")
    left = tuple(each for each in guidance.bans if each is not meant)
    work.put(guidance.model_copy(update={"bans": left}))
    moved(work, "ban", fact.ban_id, "lifted")
    by, why = fact.person_id, fact.reason
    record(work, "ban", fact.ban_id, "lifted", words_of_ban(meant), by=by, why=why)
    return None


def _begun(guidance: Guidance, name: str) -> Guidance:
    meant = [
        each
        for each in guidance.positions
        if each.position_id == name and each.status == "approved"
    ]
    begun = [each.model_copy(update={"status": "in_force"}) for each in meant]
    rest = tuple(each for each in guidance.positions if each not in meant)
    return guidance.model_copy(
        update={"positions": (*reduce(_without_older, begun, rest), *begun)}
    )


def _ended(guidance: Guidance, name: str, by: str, reason: str) -> Guidance:
    over = {"status": "ended", "ended_by": by, "ended_reason": reason}
    positions = [
        each.model_copy(update=over)
        if each.position_id == name and each.status != "ended"
        else each
        for each in guidance.positions
    ]
    gone = [each for each in positions if each.status == "ended"][:-ENDED_KEPT]
    return guidance.model_copy(
        update={"positions": tuple(each for each in positions if each not in gone)}
    )


def _recorded(work: Work, guidance: Guidance, name: str, act: str, was: str) -> None:
    """Record what the time did, with the words of each it did it to."""
    for each in guidance.positions:
        if (each.position_id, each.status) == (name, was):
            record(work, "position", name, act, words_of(each))


def _meant(guidance: Guidance, name: str, statuses: Sequence[str]) -> Position | None:
    return next(
        (
            each
            for each in guidance.positions
            if each.position_id == name and each.status in statuses
        ),
        None,
    )
