"""How often labels hold, hour by hour of the log's time: what a drift is seen by."""

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from services.respond.core.state import Aggregate, Changes, State
from shared.contracts.verdicts import Label

HOUR_SECONDS: Final = 3600
WEEK_HOURS: Final = 24 * 7
MOST_RECENT_HOURS: Final = 24
HOURS_KEPT: Final = WEEK_HOURS + MOST_RECENT_HOURS
LEAST_RECENT, LEAST_BEFORE = 200, 1_000
"""Verdicts without which nothing is said: a share of a few items means nothing."""
CERTAINTY: Final = 25
"""Five standard deviations, squared: chance alone hardly ever does that."""
VERDICTS, ABSTAINED, DEGRADED, OTHER_MODEL = "verdicts", "abstained", "degraded", "other_model"
WATCHED: Final = (*(label.value for label in Label), ABSTAINED, DEGRADED, OTHER_MODEL)

Tallied = Mapping[tuple[int, tuple[str, ...]], int]


class HourRates(Aggregate):
    """What became of the verdicts of one hour, counted since 1970."""

    hour: int
    counts: dict[str, int]

    @property
    def key(self) -> str:
        return f"hour:{self.hour}"


class Rate(NamedTuple):
    """How often something holds lately and in the week before; `odd` when chance is no reason."""

    what: str
    recent: int
    of_recent: int
    before: int
    of_before: int
    odd: bool

    @property
    def share(self) -> float:
        return round(self.recent / self.of_recent, 4)

    @property
    def share_before(self) -> float:
        return round(self.before / self.of_before, 4)


def grown(state: State, tallied: Tallied) -> Changes:
    """Return the hours with what was tallied; those older than a week and a day go."""
    hours = {each.hour: each.counts for each in of_state(state)}
    fresh: dict[int, dict[str, int]] = {}
    for (hour, held), count in tallied.items():
        counts = fresh.setdefault(hour, dict(hours.get(hour, {})))
        _add(counts, dict.fromkeys((VERDICTS, *map(str, held)), count))
    oldest = max((*hours, *fresh), default=0) - HOURS_KEPT
    puts = [HourRates(hour=hour, counts=counts) for hour, counts in fresh.items() if hour > oldest]
    gone = [f"hour:{hour}" for hour in hours if hour <= oldest]
    return Changes({each.key: each for each in puts} | dict.fromkeys(gone))


def of_state(state: State) -> list[HourRates]:
    """Return the hours that are kept."""
    return [each for each in state.under("hour") if isinstance(each, HourRates)]


def rates(hours: Iterable[HourRates]) -> tuple[Rate, ...]:
    """Compare the newest hours with the week before them; nothing when there are too few verdicts.

    The newest hours are as many as hold enough verdicts, at most a day.
    """
    newest_first = sorted(hours, key=lambda each: -each.hour)
    recent, before = dict[str, int](), dict[str, int]()
    for each in newest_first:
        age = newest_first[0].hour - each.hour
        if age < MOST_RECENT_HOURS and not before and recent.get(VERDICTS, 0) < LEAST_RECENT:
            _add(recent, each.counts)
        elif age < HOURS_KEPT:
            _add(before, each.counts)
    lately, earlier = recent.get(VERDICTS, 0), before.get(VERDICTS, 0)
    if lately < LEAST_RECENT or earlier < LEAST_BEFORE:
        return ()
    pairs = ((what, recent.get(what, 0), before.get(what, 0)) for what in WATCHED)
    return tuple(
        Rate(what, now, lately, then, earlier, is_odd(what, now, lately, then, earlier))
        for what, now, then in pairs
        if now or then
    )


def is_odd(what: str, recent: int, lately: int, before: int, earlier: int) -> bool:
    """Tell whether a share moved by half or to double, by a point at least, and not by chance.

    All in whole numbers. Right after a change of models a few verdicts are by the one before;
    most of them is another matter.
    """
    if what == OTHER_MODEL:
        return 2 * recent > lately
    now, then = recent * earlier, before * lately
    held, total = recent + before, lately + earlier
    moved = now >= 2 * then or 2 * now <= then
    by_a_point = 100 * abs(now - then) >= lately * earlier
    chance = CERTAINTY * held * (total - held) * lately * earlier
    return moved and by_a_point and (now - then) ** 2 * total >= chance


def _add(to: dict[str, int], counts: Mapping[str, int]) -> None:
    for name, count in counts.items():
        to[name] = to.get(name, 0) + count
