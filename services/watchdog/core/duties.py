"""Who must have been told by when, read from the recorded decisions and nothing else."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple

from pydantic_core import from_json

GRACE = timedelta(seconds=60)
"""After a clock has run out its breach stands in the log within a second; a minute is a fault."""
PAGE_DELIVERY = timedelta(seconds=120)
REPLY_DELIVERY = timedelta(minutes=10)
"""For an approved reply that names no time after which it must not be sent any more."""
_ITEMS = '"kind":"item.'
_DELIVERED = frozenset({"done", "simulated"})
_CLOCKS = ("acknowledge", "first_reply")

What = Literal["clock", "page", "reply", "duty"]
Line = Mapping[str, Any]


class Promise(NamedTuple):
    """By `due` the log must say that this was kept, or that it was broken."""

    key: str
    due: datetime
    what: What
    case_id: str
    detail: str = ""


class Made(NamedTuple):
    """A promise that stands from here on; one that stands already keeps its time."""

    promise: Promise


class Kept(NamedTuple):
    """A promise that is done with, kept or not: the log has the last word on it."""

    key: str


class Ended(NamedTuple):
    """An effect ended. A page that did not reach its person is due at once; a reply is settled."""

    key: str
    at: datetime
    delivered: bool


class Settled(NamedTuple):
    """Nobody is to be told of a case any more, and nothing is owed in it whose keys begin so."""

    case_id: str
    begins: tuple[str, ...]


Change = Made | Kept | Ended | Settled


def changes(lines: Sequence[str]) -> Iterator[Change]:
    """Yield what canonical decision lines change, in order; kinds that promise nothing are skipped.

    Raises: ValueError, KeyError when a line is no decision this version knows how to read.
    """
    for text in lines:
        if _ITEMS in text:
            continue
        line = from_json(text)
        reader = _READERS.get(line["kind"])
        if reader is not None:
            yield from reader(line)


def _clocks(line: Line) -> Iterator[Change]:
    for clock in _CLOCKS:
        if line[f"{clock}_due"] is None:  # nobody is owed an answer
            continue
        key, due = f"clock:{line['case_id']}:{clock}", _time(line[f"{clock}_due"])
        yield Kept(key)
        yield Made(Promise(key, due + GRACE, "clock", line["case_id"], clock))


def _started(line: Line) -> Iterator[Change]:
    key = f"clock:{line['case_id']}:{line['clock']}"
    yield Made(Promise(key, _time(line["due"]) + GRACE, "clock", line["case_id"], line["clock"]))


def _promised(line: Line) -> Iterator[Change]:
    """A promise of ours in public runs until it is broken, kept or given up."""
    key = f"clock:{line['case_id']}:{line['promise_id']}"
    if line["status"] == "open":
        due = _time(line["due"]) + GRACE
        yield Made(Promise(key, due, "clock", line["case_id"], "promise"))
    elif line["status"] != "reminded":
        yield Kept(key)


def _resolved(line: Line) -> Iterator[Change]:
    yield Settled(line["case_id"], ("clock", "held", "ask", "duty"))


def _breached(line: Line) -> Iterator[Change]:
    yield Kept(f"clock:{line['case_id']}:{line['clock']}")


def _met(line: Line) -> Iterator[Change]:
    yield from _breached(line)
    yield Settled(line["case_id"], ("duty",))


def _decided(line: Line) -> Iterator[Change]:
    yield Made(_effect(line))


def _moved(line: Line) -> Iterator[Change]:
    if line["status"] != "started":
        delivered = line["status"] in _DELIVERED
        yield Ended(f"effect:{line['effect_id']}", _time(line["at"]), delivered)


def _effect(line: Line) -> Promise:
    key, at = f"effect:{line['effect_id']}", _time(line["at"])
    if line["effect_kind"] == "page":
        return Promise(key, at + PAGE_DELIVERY, "page", line["case_id"])
    latest = line.get("not_after")
    due = at + REPLY_DELIVERY if latest is None else _time(latest) + GRACE
    return Promise(key, due, "reply", line["case_id"])


def _raised(line: Line) -> Iterator[Change]:
    key = f"duty:{line['case_id']}"
    if line["person_id"]:
        yield Kept(key)
    else:
        yield Made(Promise(key, _time(line["at"]) + GRACE, "duty", line["case_id"]))


def _held(line: Line) -> Iterator[Change]:
    yield from _waited(f"held:{line['case_id']}", "held", line)


def _asked(line: Line) -> Iterator[Change]:
    if line["status"] != "reminded":
        yield from _waited(f"ask:{line['case_id']}:{line['ask_id']}", "ask", line)


def _waited(key: str, what: str, line: Line) -> Iterator[Change]:
    """Yield what waits for a person while it has a time; without one the log has its end."""
    yield Kept(key)
    if due := line.get("due"):
        yield Made(Promise(key, _time(due) + GRACE, "clock", line["case_id"], what))


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)


_READERS: Mapping[str, Callable[[Line], Iterator[Change]]] = {
    "case.opened": _clocks,
    "case.reopened": _clocks,
    "case.resolved": _resolved,
    "clock.started": _started,
    "clock.dropped": _breached,
    "clock.met": _met,
    "clock.breached": _breached,
    "effect.decided": _decided,
    "effect.moved": _moved,
    "page.raised": _raised,
    "promise.moved": _promised,
    "hold.moved": _held,
    "ask.moved": _asked,
}
