"""The named steps between which processes are killed: each a message on a wire, asked or answered."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from shared.contracts.subjects import (
    CLASSIFY_CONSUMER,
    CURSORS,
    LEADER_SUBJECT,
    ROOT,
    STREAM,
    VALUES,
)

Place = Literal["before", "answered"]
CANDIDATES = ("respond", "standby")
"""Both run the same service; whoever leads is at the steps of a leader."""


@dataclass(frozen=True, slots=True)
class Step:
    """Where a process stands. `victim` is what dies there: the process itself or the server it asked.

    `before`: the message is held, its server does not have it. `answered`: the server has done it,
    its answer is held, so the process does not know.
    """

    name: str
    victim: str
    wires: tuple[str, ...]
    place: Place
    wants: Callable[[str], bool]

    @property
    def answered(self) -> bool:
        return self.place == "answered"


def _fact(kind: str) -> Callable[[str], bool]:
    head = f"{ROOT}.{kind}"
    return lambda name: name == head or name.startswith(f"{head}.")


def _starts(head: str) -> Callable[[str], bool]:
    return lambda name: name.startswith(head)


def _is(word: str) -> Callable[[str], bool]:
    return lambda name: name == word


_ITEMS = _fact("item.batch")
_WRITES = frozenset({"POST /2/comments/reply.json", "POST /2/comments/create.json"})
_CURSOR = _starts(f"$KV.{VALUES}.{CURSORS}.")
_ACK = _starts(f"$JS.ACK.{STREAM}.{CLASSIFY_CONSUMER}.")
_OPERATOR = _starts(f"{ROOT}.operator.")


def _leader(link: str) -> tuple[str, ...]:
    return tuple(f"{each}:{link}" for each in CANDIDATES)


def _around(
    words: tuple[str, str],
    victim: str,
    wires: tuple[str, ...],
    wants: Callable[[str], bool],
) -> tuple[Step, Step]:
    before, after = words
    return (
        Step(before, victim, wires, "before", wants),
        Step(after, victim, wires, "answered", wants),
    )


STEPS: tuple[Step, ...] = (
    *_around(
        ("ingest: read, not published", "ingest: published, ack not heard"),
        "ingest", ("ingest:nats",), _ITEMS,
    ),
    *_around(
        ("ingest: acked, cursor not moved", "ingest: cursor moved, not heard"),
        "ingest", ("ingest:nats",), _CURSOR,
    ),
    Step(
        "ingest: message stored, platform not answered",
        "ingest", ("ingest:hooks",), "answered", _starts("POST /hooks/"),
    ),
    *_around(
        ("classify: judged, not published", "classify: published, ack not heard"),
        "classify", ("classify:nats",), _fact("item.classified"),
    ),
    Step(
        "classify: verdict stored, item not acked",
        "classify", ("classify:nats",), "before", _ACK,
    ),
    *_around(
        ("respond: folded, not committed", "respond: committed, not heard"),
        "respond", _leader("valkey"), _is("FCALL zs_commit"),
    ),
    *_around(
        ("respond: committed, decisions not recorded", "respond: decisions recorded, not heard"),
        "respond", _leader("nats"), _fact("decisions.recorded"),
    ),
    *_around(
        ("respond: decided, not claimed", "respond: claimed, not heard"),
        "respond", _leader("valkey"), _is("FCALL zs_claim"),
    ),
    *_around(
        ("respond: claimed, effect.started not stored", "respond: effect.started stored, not heard"),
        "respond", _leader("nats"), _fact("effect.started"),
    ),
    *_around(
        ("respond: started, not written", "respond: written, platform's answer not heard"),
        "respond", _leader("platform"), _WRITES.__contains__,
    ),
    *_around(
        ("respond: answered, effect.finished not stored", "respond: effect.finished stored, not heard"),
        "respond", _leader("nats"), _fact("effect.finished"),
    ),
    *_around(
        ("respond: page started, not told", "respond: page told, answer not heard"),
        "respond", _leader("pager"), _starts("POST /page"),
    ),
    *_around(
        ("respond: asked by a person, not stored", "respond: stored, person not answered"),
        "respond", _leader("nats"), _OPERATOR,
    ),
    *_around(
        ("nats: item not stored", "nats: item stored, ack lost"),
        "nats", ("ingest:nats",), _ITEMS,
    ),
    *_around(
        ("nats: verdict not stored", "nats: verdict stored, ack lost"),
        "nats", ("classify:nats",), _fact("item.classified"),
    ),
    *_around(
        ("nats: intent not stored", "nats: intent stored, ack lost"),
        "nats", _leader("nats"), _fact("effect.started"),
    ),
    *_around(
        ("nats: outcome not stored", "nats: outcome stored, ack lost"),
        "nats", _leader("nats"), _fact("effect.finished"),
    ),
    *_around(
        ("valkey: commit not made", "valkey: commit made, answer lost"),
        "valkey", _leader("valkey"), _is("FCALL zs_commit"),
    ),
    *_around(
        ("valkey: claim not made", "valkey: claim made, answer lost"),
        "valkey", _leader("valkey"), _is("FCALL zs_claim"),
    ),
    Step("archive: at any moment", "archive", ("classify:nats",), "before", _fact("item.classified")),
    Step("watchdog: at any moment", "watchdog", ("classify:nats",), "before", _fact("item.classified")),
)  # fmt: skip
TAKING_OFFICE: tuple[Step, ...] = _around(
    ("respond: elected, not in the log", "respond: elected, ack not heard"),
    "respond", _leader("nats"), _is(LEADER_SUBJECT),
)  # fmt: skip
"""Only reached while a new leader comes: the one before it is killed first."""
LEADING = "respond: leading, at any moment"
STOPS: tuple[Step, ...] = (
    Step("stopped: at claim", "respond", _leader("valkey"), "answered", _is("FCALL zs_claim")),
    Step("stopped: before the write", "respond", _leader("nats"), "answered", _fact("effect.started")),
    Step("stopped: after the write", "respond", _leader("platform"), "answered", _WRITES.__contains__),
    Step("stopped: ingest", "ingest", ("ingest:nats",), "answered", _ITEMS),
    Step("stopped: classify", "classify", ("classify:nats",), "before", _fact("item.classified")),
    Step("stopped: nats", "nats", ("ingest:nats",), "before", _ITEMS),
    Step("stopped: valkey", "valkey", _leader("valkey"), "before", _is("FCALL zs_commit")),
)  # fmt: skip
"""Where a process is suspended and goes on later as if nothing had been."""
