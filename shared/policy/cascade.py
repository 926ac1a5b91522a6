"""How likely a post is a rumour as its reposts come in: the post's own text, then what they say.

Where a rumour spreads, some deny it and some ask whether it is true; where they do not and many
are delighted, it hardly is one. Each of these is weighed by how often it happens under rumours and
elsewhere, with the uncertainty that few reposts leave. What is held of a cascade is four counts,
so it can be folded fact by fact, and replayed.
"""

import math
from dataclasses import dataclass
from typing import Final, NamedTuple

MINUTES: Final = (0, 5, 15, 30, 60, 360, 1440)
"""When a cascade is judged anew."""


class Habit(NamedTuple):
    """How often reposts do something: beta distributions under rumours and elsewhere.

    The share of a and b is the mean; the smaller their sum, the more cascades differ.
    """

    a: float
    b: float
    a_elsewhere: float
    b_elsewhere: float


HABITS: Final = {
    "denial": Habit(0.8, 17.0, 1.7, 640.0),
    "doubt": Habit(0.85, 18.0, 1.1, 210.0),
    "delight": Habit(3.2, 36.0, 2.3, 6.2),
}
"""Rounded from 80 cascades of one platform; a rule, not weights, and no text of theirs."""
TRUST: Final = 0.5
"""Reposts repeat each other, so what they say counts for less than as many strangers' words."""
GRID: Final = 1000
"""Log odds are kept in thousandths, so that every machine decides alike."""
EVEN: Final = 500_000
REACHES: Final = ((1_000_000, -1000), (100_000, 0), (0, 500))
"""(followers from, log odds): half of what was measured, for part of it is how posts were found."""
QUARTER: Final = 15
"""Minutes after which it is known how many passed it on at once."""
RUSHES: Final = ((100, -1000), (10, 0), (0, 500))
"""(reposts of the first quarter of an hour from, log odds): they stand for the reach of an author
whose followers nobody told, and count as that does."""
WIDEST: Final = 6.0
"""Log odds beyond which a probability is no longer told apart."""


class Hearing(NamedTuple):
    """How much is heard of what a text alone says, in thousandths of log odds.

    `usual`: how many of a million texts were rumours where that was learnt; `against` and `for_`:
    how far a text can speak against a rumour and for one.
    """

    usual: int = EVEN
    against: int = -6000
    for_: int = 6000


IN_FULL: Final = Hearing()
UNHEARD: Final = Hearing(EVEN, 0, 0)
"""Nobody said how far the text is to be heard, so it says nothing."""
SPARING: Final = (0, 1000)
"""For weights that learnt few wordings of rumours: to be worded like one of them says something,
to be worded otherwise says nothing."""


@dataclass(frozen=True, slots=True)
class Spread:
    """What is known of one cascade so far, apart from the post itself.

    `early` are the reposts of the first quarter of an hour; None before it is over.
    """

    reposts: int = 0
    denial: int = 0
    doubt: int = 0
    delight: int = 0
    early: int | None = None

    def told(self, says: int) -> "Spread":
        """Return the spread with one repost more; `says` is the sum of the bits of HABITS."""
        denial, doubt, delight = (bool(says >> place & 1) for place in range(len(HABITS)))
        return self.joined(denial=denial, doubt=doubt, delight=delight)

    def joined(self, *, denial: bool, doubt: bool, delight: bool) -> "Spread":
        """Return the spread with one repost more, and what it does."""
        return Spread(
            self.reposts + 1,
            self.denial + denial,
            self.doubt + doubt,
            self.delight + delight,
            self.early,
        )


def believed(
    text: int, spread: Spread, followers: int | None = None, *, hearing: Hearing = IN_FULL
) -> int:
    """Return how likely the post is a rumour, in millionths, by its text, author and spread.

    `text` is how likely it is by its text alone. Of posts that spread, half are taken to be.
    """
    return likely(wording(text, hearing), spread, followers)


def wording(text: int, hearing: Hearing) -> int:
    """Return what a text alone adds to the log odds, as far as it is to be heard."""
    odds = _log_odds(text) - _log_odds(hearing.usual)
    return min(max(odds, hearing.against), hearing.for_)


def likely(wording: int, spread: Spread, followers: int | None) -> int:
    """Return how likely it is a rumour, in millionths, by the log odds that its wording adds."""
    odds = wording + authority(followers, spread.early) + evidence(spread)
    return round(1_000_000 / (1 + math.exp(-odds / GRID)))


def authority(followers: int | None, early: int | None = None) -> int:
    """Return what an author's reach adds to the log odds.

    Where nobody told it, those who passed the post on at once stand for it; without either it adds
    nothing.
    """
    if followers is not None:
        return next(odds for least, odds in REACHES if followers >= least)
    if early is not None:
        return next(odds for least, odds in RUSHES if early >= least)
    return 0


def evidence(spread: Spread) -> int:
    """Return what the reposts add to the log odds, in thousandths."""
    total = 0.0
    for name, habit in HABITS.items():
        count = getattr(spread, name)
        total += _chance(count, spread.reposts, habit.a, habit.b)
        total -= _chance(count, spread.reposts, habit.a_elsewhere, habit.b_elsewhere)
    return round(GRID * TRUST * total)


def _log_odds(millionths: int) -> int:
    share = min(max(millionths, 1), 999_999) / 1_000_000
    odds = math.log(share / (1 - share))
    return round(GRID * min(max(odds, -WIDEST), WIDEST))


def _chance(count: int, of: int, a: float, b: float) -> float:
    """Return the log of the beta-binomial chance, without the part that no habit changes."""
    return _log_beta(count + a, of - count + b) - _log_beta(a, b)


def _log_beta(a: float, b: float) -> float:
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)
