"""When an alarm is told, told again, and told to be over: pure, so that it can be tried by table."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

HOLD: Mapping[str, timedelta] = {
    "nats": timedelta(seconds=15),
    "valkey": timedelta(seconds=15),
    "respond": timedelta(0),
    "promises": timedelta(0),
    "log": timedelta(0),
    "disk": timedelta(0),
}
"""How long a condition must last before somebody is woken; a restart takes seconds."""
AGAIN = (timedelta(minutes=5), timedelta(minutes=15), timedelta(minutes=60))
"""Pauses between tellings; the last one for ever."""


class Standing(NamedTuple):
    """A condition that lasts: since when, and when and how often it was told."""

    since: datetime
    told_at: datetime | None = None
    times: int = 0
    text: str = ""


class Alarm(NamedTuple):
    """Something to tell. `over` says that what was told before has passed."""

    key: str
    kind: Literal["new", "again", "over"]
    text: str
    since: datetime
    times: int


Book = Mapping[str, Standing]


def turn(book: Book, conditions: Mapping[str, str], now: datetime) -> tuple[Book, list[Alarm]]:
    """Return the book as it stands now, and what is to be told.

    `conditions` maps the key of each condition that holds to what it says.
    """
    fresh: dict[str, Standing] = {}
    for key, text in conditions.items():
        fresh[key] = book.get(key, Standing(now))._replace(text=text)
    told = [*_due(fresh, now), *_over(book, conditions, now)]
    for alarm in told:
        if alarm.kind != "over":
            fresh[alarm.key] = fresh[alarm.key]._replace(told_at=now, times=alarm.times)
    return fresh, told


def _due(book: Book, now: datetime) -> Iterator[Alarm]:
    for key, standing in book.items():
        if standing.told_at is None:
            due = standing.since + HOLD.get(key, timedelta(0))
        else:
            due = standing.told_at + AGAIN[min(standing.times, len(AGAIN)) - 1]
        if due <= now:
            kind: Literal["new", "again"] = "new" if standing.told_at is None else "again"
            yield Alarm(key, kind, standing.text, standing.since, standing.times + 1)


def _over(book: Book, conditions: Mapping[str, str], now: datetime) -> Iterator[Alarm]:
    for key, standing in book.items():
        if key not in conditions and standing.told_at is not None:
            text = f"{standing.text}(自 {standing.since:%m-%d %H:%M:%S},现已恢复)"
            yield Alarm(key, "over", text, now, standing.times)
