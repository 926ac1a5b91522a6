"""Which process dies at which step, in which order: all of it follows from the seed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random  # noqa: TID251 - the seeded generator is made from the run's seed
from typing import Literal

from services.cli.chaos.steps import STEPS, STOPS, TAKING_OFFICE, Step

BLOCK = (
    *("respond", "respond", "respond", "office"),
    *("ingest", "ingest", "classify", "nats", "valkey", "other"),
)
"""The order of every eleven kills, shuffled: `office` takes two, a leader and who comes after it."""
KILLS_A_STOP = 5
LONGEST_PAUSE = 3.0
STOPPED = (1.6, 4.5)
"""Longer than a readiness check waits, so that it must show; and so long that ingest spools."""

How = Literal["kill", "stop", "kill two"]


@dataclass(frozen=True, slots=True)
class Planned:
    """One fault to come; of `kill two` the first is the leader, the second dies at the step."""

    step: Step
    how: How
    pause: float
    """Seconds of peace before it: sometimes none, so that a recovery is hit as well."""
    lasts: float = 0.0
    """Seconds a stop lasts at least."""

    @property
    def kills(self) -> int:
        return {"kill": 1, "stop": 0, "kill two": 2}[self.how]


class _Deck:
    """Every card once before any comes again."""

    def __init__(self, cards: Sequence[Step], dice: Random) -> None:
        self._cards, self._dice = cards, dice
        self._left: list[Step] = []

    def draw(self) -> Step:
        if not self._left:
            self._left = list(self._cards)
            self._dice.shuffle(self._left)
        return self._left.pop()


def schedule(kills: int, seed: int) -> list[Planned]:
    """Return so many kills, and a stop after every fifth."""
    dice = Random(seed)  # noqa: S311 - repeatability, not secrecy
    killing, stops = _kills(dice), _Deck(STOPS, dice)
    planned: list[Planned] = []
    done = stopped = 0
    while done < kills:
        each = next(killing)
        if done + each.kills > kills:
            continue
        planned.append(each)
        done += each.kills
        while stopped < done // KILLS_A_STOP:
            lasts = dice.choice(STOPPED)
            planned.append(Planned(stops.draw(), "stop", _pause(dice), lasts))
            stopped += 1
    return planned


def _kills(dice: Random) -> Iterator[Planned]:
    decks = {name: _Deck(_steps_of(name), dice) for name in dict.fromkeys(BLOCK)}
    while True:
        block = list(BLOCK)
        dice.shuffle(block)
        for name in block:
            how: How = "kill two" if name == "office" else "kill"
            yield Planned(decks[name].draw(), how, _pause(dice))


def _pause(dice: Random) -> float:
    return dice.choice((0.0, dice.uniform(0.5, LONGEST_PAUSE)))


def _steps_of(name: str) -> Sequence[Step]:
    if name == "office":
        return TAKING_OFFICE
    if name == "other":
        return [each for each in STEPS if each.victim not in BLOCK]
    return [each for each in STEPS if each.victim == name]
