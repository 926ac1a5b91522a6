"""What a person sees before rules are approved: what differs, and which texts would fail by them."""

from collections.abc import AsyncIterator, Container, Mapping, Sequence
from datetime import datetime
from typing import Final

from services.respond.core.aggregates import Case
from services.respond.core.around import Around
from services.respond.core.plans import ahead
from services.respond.core.policy import MovedCase
from services.respond.core.rerouting import would_move
from services.respond.core.stale import (
    StaleText,
    StaleWording,
    stale_entries,
    stale_plans,
    stale_receipts,
    stale_templates,
    stale_texts,
)
from services.respond.ports import PackShelf, QueueFilter, ReadModel
from shared.contracts.base import Frozen
from shared.policy.changes import What, differences
from shared.policy.model import NO_PACK, Pack

MOST_CASES: Final = 2_000
"""More open cases than anybody can look through; how many were left out is said."""
_AT_ONCE: Final = 200


class Changed(Frozen):
    """One place at which the proposed rules are not those in force."""

    path: tuple[str, ...]
    what: What
    before: str = ""
    after: str = ""


class Review(Frozen):
    """Proposed rules against those in force: what passes today and would not by them.

    `left_out` open cases were not looked at.
    """

    pack: str
    pack_hash: str
    in_force: str
    differences: tuple[Changed, ...]
    texts: tuple[StaleText, ...]
    wordings: tuple[StaleWording, ...]
    moves: tuple[MovedCase, ...] = ()
    """Open cases that would go elsewhere, or whose replies would wait."""
    left_out: int = 0


def changed(old: Pack, new: Pack) -> tuple[Changed, ...]:
    """Return what differs, in the shape that is shown."""
    return tuple(Changed(**each._asdict()) for each in differences(old, new))


async def review(
    read: ReadModel, shelf: PackShelf, name: str, pack_hash: str, now: datetime
) -> Review | None:
    """Return what the rules under this hash would change here; None if there are none.

    Raises TransientError.
    """
    candidate = await shelf.pack(pack_hash)
    in_force = (await read.organisation()).packs.get(name, "")
    if candidate is None:
        return None
    standing = await shelf.pack(in_force) if in_force else None
    before = standing or NO_PACK
    about = Around(guidance=await read.guidance())
    texts: list[StaleText] = []
    moves: list[MovedCase] = []
    left_out = 0
    accounts = await _accounts(read, name)
    async for cases, total in _cases(read, accounts):
        ill = {(each.case_id, each.slot) for each in stale_texts(cases, before, about)}
        texts += [
            each
            for each in stale_texts(cases, candidate, about)
            if (each.case_id, each.slot) not in ill
        ]
        moves += would_move(cases, candidate)
        left_out = max(0, total - MOST_CASES)
    return Review(
        pack=name,
        pack_hash=pack_hash,
        in_force=in_force,
        differences=changed(before, candidate),
        texts=tuple(texts),
        wordings=await _wordings(read, accounts, (before, candidate), now),
        moves=tuple(moves),
        left_out=left_out,
    )


async def _wordings(
    read: ReadModel, accounts: Mapping[str, str], packs: tuple[Pack, Pack], now: datetime
) -> tuple[StaleWording, ...]:
    """Return the wordings that pass by the first rules and would not by the second."""
    books, receipts = (await read.shelf()).books, await read.receipts(sorted(accounts))
    planned, guidance = ahead((await read.plans()).plans, now), await read.guidance()
    ill, found = (
        (
            *stale_templates(pack),
            *stale_entries(books, pack),
            *stale_receipts(receipts, pack),
            *stale_plans(planned, accounts, pack, guidance),
        )
        for pack in packs
    )
    known = {(each.kind, each.name, each.text) for each in ill}
    return tuple(each for each in found if (each.kind, each.name, each.text) not in known)


async def _accounts(read: ReadModel, name: str) -> dict[str, str]:
    """Return the accounts of a pack, and the platform of each."""
    registered = (each.registered for each in await read.accounts())
    return {each.account_id: each.platform for each in registered if each.pack == name}


async def _cases(
    read: ReadModel, accounts: Container[str]
) -> AsyncIterator[tuple[Sequence[Case], int]]:
    """Yield the open cases of these accounts, as far as anybody looks, and how many are open."""
    offset = total = 0
    while offset == 0 or offset < min(total, MOST_CASES):
        rows, total = await read.queue(QueueFilter(), offset=offset, limit=_AT_ONCE)
        yield [row.case for row in rows if row.case.account_id in accounts], total
        offset += _AT_ONCE
