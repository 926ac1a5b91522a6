"""What an item's weight rests on besides its words: who wrote it, what came before, who else says it."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from shared.contracts.base import Frozen, built
from shared.contracts.verdicts import Label

REACH: Final = ((10_000_000, 20), (1_000_000, 15), (100_000, 10), (10_000, 5), (1_000, 2))
"""Followers at least, points."""
EARLIER: Final = ((10, 10), (3, 6), (1, 3))
"""Earlier cases of the same person at least, points."""
SPREAD: Final = ((200, 20), (50, 15), (10, 8), (3, 3))
"""Near-identical items in the last hour at least, points."""
COORDINATED: Final = 5
RUMOUR: Final = ((900, 10), (750, 5))
"""How likely a rumour it is, in thousandths at least, points."""
REOPENED, REOPENED_MOST = 5, 10


class Part(Frozen):
    """One summand: `kind` is label, anger, doubt, reach, topic, origin, history, spread, ... or rule.

    `title` is what a pack calls it.
    """

    kind: str
    name: str = ""
    points: int
    title: str = ""


@lru_cache(maxsize=4096)
def part(kind: str, points: int, name: str = "", title: str = "") -> Part:
    """Return a summand; every case has several, and most of them come again."""
    return built(Part, {"kind": kind, "name": name, "points": points, "title": title})


class Matter(NamedTuple):
    """What the weight of an item depends on. None is unknown."""

    text: str
    decided: tuple[Label, ...]
    anger: int
    abstained: bool
    author_id: str = ""
    author_name: str | None = None
    followers: int | None = None
    verified: str | None = None
    earlier_cases: int | None = None
    reopened: int = 0
    private: bool = False
    degraded: bool = False
    alike: int | None = None
    """Items with nearly the same words in the last hour, this one among them."""
    coordinated: bool = False
    rumour: int | None = None
    """How likely it is a rumour by wording and spread, in thousandths; None: not suspected."""
    reposts: int = 0
    """How often what is suspected was passed on in the last hour."""
    reposters: int = 0
    """Followers of all who passed it on, as far as known."""


def reach(followers: int | None) -> Iterator[Part]:
    """Yield what the author's followers bring."""
    points = 0 if followers is None else _step(REACH, followers)
    if points:
        yield part("reach", points, str(followers))


def history(matter: Matter) -> Iterator[Part]:
    """Yield what earlier cases of the same person bring."""
    earlier = matter.earlier_cases or 0
    if points := _step(EARLIER, earlier):
        yield part("history", points, "earlier_cases")
    if matter.reopened:
        again = min(REOPENED * matter.reopened, REOPENED_MOST)
        yield part("history", again, "reopened")


def spread(matter: Matter) -> Iterator[Part]:
    """Yield what others bring who say the same, or pass it on."""
    alike = 0 if matter.alike is None else _step(SPREAD, matter.alike)
    if alike:
        yield part("spread", alike, str(matter.alike))
    if matter.alike is not None and matter.coordinated:
        yield part("coordinated", COORDINATED)
    if points := _step(REACH, matter.reposters):
        yield part("reposters", points, str(matter.reposters))
    if points := _step(SPREAD, matter.reposts):
        yield part("reposts", points, str(matter.reposts))
    if points := _step(RUMOUR, matter.rumour or 0):
        yield part("rumour", points, f"{matter.rumour}‰")


def unknown(matter: Matter) -> Iterator[str]:
    """Yield what is not known and therefore counts for nothing."""
    if matter.followers is None:
        yield "followers"
    if matter.verified is None:
        yield "verified"
    if matter.earlier_cases is None:
        yield "history"
    if matter.alike is None:
        yield "spread"


def _step(steps: Sequence[tuple[int, int]], value: int) -> int:
    """Return the points of the highest step that is reached, which most often is none."""
    if value < steps[-1][0]:
        return 0
    return next(points for least, points in steps if value >= least)
