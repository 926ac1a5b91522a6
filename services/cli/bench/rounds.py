"""Rounds of several contenders in turn, and what their figures say together."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from statistics import median
from typing import Protocol

LEAST_SECONDS = 1e-6
"""A process that did nothing at all cost this much, so that whatever did something compares."""


@dataclass(frozen=True, slots=True)
class Round:
    """What one contender spent on its items."""

    items: int
    seconds: float
    cpu_seconds: Mapping[str, float]

    @property
    def cpu_us(self) -> float:
        """Return microseconds of CPU an item, all processes together."""
        return max(sum(self.cpu_seconds.values()), LEAST_SECONDS) / self.items * 1e6


class Contender(Protocol):
    """A set of processes, warm, that can be given items."""

    async def round(self, run: str) -> Round: ...


@dataclass(slots=True)
class Score:
    """All rounds of one contender."""

    rounds: list[Round] = field(default_factory=list)

    def figures(self) -> dict[str, object]:
        """Return the medians."""
        names = self.rounds[0].cpu_seconds
        by_process = {
            name: _middle(each.cpu_seconds[name] / each.items * 1e6 for each in self.rounds)
            for name in names
        }
        return {
            "cpu_us_per_item": _middle(each.cpu_us for each in self.rounds),
            "cpu_us_per_item_by_process": by_process,
            "items_per_s": round(median(each.items / each.seconds for each in self.rounds)),
            "items": self.rounds[0].items,
            "rounds": len(self.rounds),
        }

    def ratio_to(self, other: "Score") -> float:
        """Return the median of the ratios of the rounds that stood side by side."""
        pairs = zip(self.rounds, other.rounds, strict=True)
        return round(median(mine.cpu_us / theirs.cpu_us for mine, theirs in pairs), 2)


async def in_turn(contenders: Mapping[str, Contender], times: int) -> dict[str, Score]:
    """Let everybody go `times` times, one after the other: A B C, A B C, ..."""
    scores = {name: Score() for name in contenders}
    for number in range(times):
        for name, contender in contenders.items():
            scores[name].rounds.append(await contender.round(f"r{number}"))
    return scores


def _middle(values: Iterable[float]) -> float:
    return round(median(values), 1)
