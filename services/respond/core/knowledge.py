"""The knowledge base: approved answers on a shelf, found again by the words of what is asked.

An entry is proposed by one person (or by a case that was closed) and approved by another; it names
its source and may expire. The shelf is all that a search needs, so that a case costs one search.
"""

from functools import cached_property
from itertools import pairwise
from typing import ClassVar, Final, NamedTuple

from services.respond.core.state import Aggregate
from services.respond.core.waiting import Timer
from shared.contracts.base import Frozen, Time
from shared.contracts.guidance import EntryWritten, content_of
from shared.contracts.verdicts import Label
from shared.text.ranking import Ranking
from shared.text.words import words_of

BOOKS_MOST: Final = 2_000
PROPOSED_MOST: Final = 200
EXPIRED_KEPT: Final = 100
COVERED: Final = 350
"""Per mille of an entry's own weight that a question must share with it; ours."""
_READ: Final = 400
_FEW: Final = 2


class Version(Frozen):
    """One wording of an entry; `content` names exactly these words."""

    written: EntryWritten
    content: str
    written_at: Time


class Entry(Aggregate):
    """An entry: what is offered, and what somebody proposes instead."""

    entry_id: str
    approved: Version | None = None
    proposed: Version | None = None
    approved_by: str = ""
    approved_at: Time | None = None
    expired_at: Time | None = None
    expired_by: str = ""
    expired_reason: str = ""
    case_id: str = ""
    """The closed case that offered it, if one did."""

    @property
    def key(self) -> str:
        return f"entry:{self.entry_id}"

    @property
    def newest(self) -> Version:
        """Return what is proposed, else what is offered; an entry has one of both."""
        return next(each for each in (self.proposed, self.approved) if each is not None)

    def timers(self) -> tuple[Timer, ...]:
        until = self.approved.written.valid_until if self.approved else None
        if until is None or self.expired_at is not None:
            return ()
        return (Timer(until, f"entry:{self.entry_id}", self.key),)


class Book(Frozen):
    """What a search knows of an approved entry."""

    entry_id: str
    matter: str
    asked: str
    answer: str
    labels: tuple[Label, ...] = ()
    channels: tuple[str, ...] = ()


class Asking(NamedTuple):
    """What is looked for."""

    text: str
    labels: tuple[Label, ...]
    channel: str


class Shelf(Aggregate):
    """All approved entries, and the ids of those proposed and expired.

    Made anew, never copied: what is worked out of it once belongs to exactly these books.
    """

    books: tuple[Book, ...] = ()
    proposed: tuple[str, ...] = ()
    expired: tuple[str, ...] = ()

    KEY: ClassVar[str] = "shelf:self"

    @property
    def key(self) -> str:
        return self.KEY

    @cached_property
    def ranking(self) -> Ranking:
        return Ranking([words_of(each.asked) for each in self.books])

    def find(self, asking: Asking) -> list[Book]:
        """Return the entries that answer this, best first: they share words enough, and the matter."""
        if not self.books:
            return []
        found = []
        for hit in self.ranking.find(words_of(asking.text[:_READ])):
            book = self.books[hit.place]
            enough = hit.words >= _FEW or hit.covered == 1000  # noqa: PLR2004  the whole of it
            if enough and hit.covered >= COVERED and _meant_for(book, asking):
                found.append(book)
        return found


def _meant_for(book: Book, asking: Asking) -> bool:
    speaks = any(pair in asking.text for pair in map("".join, pairwise(book.matter)))
    return (
        speaks
        and (not book.labels or not set(book.labels).isdisjoint(asking.labels))
        and (not book.channels or asking.channel in book.channels)
    )


def content_of_entry(said: EntryWritten) -> str:
    """Return the name of everything an entry says, whoever wrote it."""
    return content_of("entry", said.model_dump_json(exclude={"op_id", "person_id", "entry_id"}))
