"""Tries rules on what came in the last days: both decide it again, from the log, on virtual time."""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from typing import Final, NamedTuple

from services.respond.core.aggregates import Case
from services.respond.core.fold import fold
from services.respond.core.operators import CaseOperation
from services.respond.core.outgoing import outgoing
from services.respond.core.pairs import Decided, Pairs, paired
from services.respond.core.state import State
from services.respond.core.suggest import offered
from services.respond.ports import ReadModel
from services.respond.rehearsing import Asked, Rehearsed
from services.respond.shell.week_inputs import Answers, inputs_of
from shared.bus.port import Bus, Message
from shared.contracts.facts import (
    Fact,
    Stored,
    StoredItem,
    Told,
    UndecodableError,
    told,
    told_singly,
)
from shared.contracts.items import ItemClassified, ItemDeleted, ItemEdited, ItemReceived
from shared.contracts.operators import ReplyDrafted
from shared.contracts.org import PolicyActivated
from shared.contracts.posts import PostSeen
from shared.contracts.verdicts import Label
from shared.policy.checks.book import Ready
from shared.policy.model import Pack
from shared.runtime.clock import Clock

DAYS: Final = 7
MOST_FACTS: Final = 10_000
"""As many of the newest facts, items counted one by one, are looked at: four seconds of a processor, in
a thread of its own and a piece at a time, so that whoever works beside it is not kept waiting. Measured
on ours."""
AT_ONCE: Final = 64
EXCERPT: Final = 60
SHOWN: Final = 30


class _Side(NamedTuple):
    """One of the two rules, with what they have folded and decided so far."""

    pack: Pack
    state: State
    decided: Decided

    @classmethod
    def of(cls, name: str, pack: Pack, head: Sequence[Fact], since: datetime) -> "_Side":
        made = cls(pack, State(), Decided())
        activated = PolicyActivated(
            pack=name, pack_hash=pack.content_hash(), activated_by="rehearsal"
        )
        made.take([Stored(0, since, each) for each in (activated, *head)])
        return made

    def take(self, facts: Sequence[Told]) -> None:
        folded = fold(self.state, facts, {self.pack.content_hash(): self.pack})
        self.decided.take(folded.lines, tuple(outgoing(self.state, facts, self.pack)))


class LogRehearsal:
    """One rehearsal at a time: it shares the process with the people who work."""

    def __init__(
        self, bus: Bus, clock: Clock, read: ReadModel, most_facts: int = MOST_FACTS
    ) -> None:
        self._bus, self._clock, self._read, self._most = bus, clock, read, most_facts
        self._one = asyncio.Lock()

    async def rehearse(self, name: str, live: Pack, candidate: Pack) -> Rehearsed:
        """Return what `candidate` decides otherwise than `live`. Raises TransientError."""
        async with self._one:
            return await self._rehearse(name, live, candidate)

    async def ask(self, name: str, candidate: Pack, rule_id: str, zone: tzinfo) -> Asked:
        """Return what one rule says of what came and what left. Raises TransientError."""
        async with self._one:
            since = self._clock.now() - timedelta(days=DAYS)
            accounts = {each.registered.account_id: each for each in await self._read.accounts()}
            mine = {key: each for key, each in accounts.items() if each.registered.pack == name}
            week = await self._week(since, frozenset(mine))
            cases = await self._cases(week.facts)
            inputs = inputs_of(week.facts, cases, zone)
            rule = next(each for each in candidate.rules if each.id == rule_id)
            answers = Answers(Ready.alone(rule, candidate), week.labels())
            for at in range(0, len(inputs), AT_ONCE):
                await asyncio.to_thread(answers.take, inputs[at : at + AT_ONCE])
            first = week.facts[0].time if week.facts else since
            return answers.told(first, complete=week.complete)

    async def _cases(self, facts: Sequence[Told]) -> dict[str, Case]:
        """Return the cases in which something was said; those that are gone have no labels now."""
        named = dict.fromkeys(
            each.fact.case_id for each in facts if isinstance(each.fact, ReplyDrafted)
        )
        found = [await self._read.case(each) for each in named]
        return {each.case_id: each for each in found if each is not None}

    async def _rehearse(self, name: str, live: Pack, candidate: Pack) -> Rehearsed:
        since = self._clock.now() - timedelta(days=DAYS)
        registered = [each.registered for each in await self._read.accounts()]
        mine = frozenset(each.account_id for each in registered if each.pack == name)
        people = [each.registered for each in await self._read.people()]
        head: list[Fact] = [*registered, *people]
        sides = [_Side.of(name, pack, head, since) for pack in (live, candidate)]
        week = await self._week(since, mine)
        facts = week.judged()
        for at in range(0, len(facts), AT_ONCE):
            for side in sides:
                await asyncio.to_thread(side.take, facts[at : at + AT_ONCE])
        for side in sides:
            side.decided.offer(await asyncio.to_thread(offered, side.state, side.pack))
        words = {
            each.fact.item_id: each.fact.text[:EXCERPT]
            for each in facts
            if isinstance(each, StoredItem)
        }
        found = paired(sides[0].decided, sides[1].decided)
        return _told(found, words, facts[0].time if facts else since, complete=week.complete)

    async def _week(self, since: datetime, accounts: frozenset[str]) -> "_Week":
        """Read what decides something for these accounts, as far back as anybody looks."""
        first = (await self._bus.state()).last_seq + 1
        looked, found, complete = 0, deque[Told](), first == 1
        while looked < self._most and not complete:
            first, last = max(1, first - min(AT_ONCE, self._most - looked)), first - 1
            messages = await self._bus.read(first, last)
            complete = first == 1 or (bool(messages) and messages[0].time < since)
            come = [one for each in messages if each.time >= since for one in _told_by(each)]
            looked += max(len(come), last - first + 1)
            found.extendleft(reversed([each for each in come if _matters(each, accounts)]))
        return _Week(complete=complete, facts=list(found))


@dataclass(slots=True)
class _Week:
    """The facts of the last days, oldest first; `complete` if nothing of them was left out."""

    complete: bool
    facts: list[Told] = field(default_factory=list)

    def labels(self) -> dict[str, tuple[Label, ...]]:
        """Return what classify decided of each item, as far as it stands in the log."""
        return {
            item_id: verdict.decided
            for each in self.facts
            if isinstance(each.fact, ItemClassified)
            for item_id, verdict in zip(each.fact.item_id, each.fact.verdicts, strict=True)
        }

    def judged(self) -> list[Told]:
        """Return them without the items whose verdict is not in the log, or not any more."""
        known = self.labels()
        return [
            each
            for each in self.facts
            if not isinstance(each, StoredItem) or each.fact.item_id in known
        ]


def _told_by(message: Message) -> Sequence[Told]:
    try:
        return tuple(told_singly(told(message.seq, message.time, message.data)))
    except UndecodableError:
        return ()


def _matters(each: Told, accounts: frozenset[str]) -> bool:
    if isinstance(each, StoredItem):
        return each.fact.account_id in accounts
    match each.fact:
        case ItemReceived() | ItemEdited() | ItemDeleted() | PostSeen():
            return each.fact.account_id in accounts
        case ItemClassified():
            return True
        case _:
            return isinstance(each.fact, CaseOperation)


def _told(found: Pairs, words: dict[str, str], since: datetime, *, complete: bool) -> Rehearsed:
    return Rehearsed(
        since=since,
        complete=complete,
        items=len(words),
        cases=found.cases,
        counts={kind: len(some) for kind, some in found.differing.items()},
        shown={
            kind: tuple(
                (words.get(each.item_id, each.about), each.first, each.second)
                for each in some[:SHOWN]
            )
            for kind, some in found.differing.items()
        },
    )
