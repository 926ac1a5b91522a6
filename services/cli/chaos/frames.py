"""Cuts what a process says to a server into whole frames, each with a name to know it by.

Only what the named steps need is understood: a subject of NATS, a command of Valkey, a request line
of HTTP. Everything else passes through as it came.
"""

from collections.abc import Callable
from typing import NamedTuple, Protocol

_CRLF = b"\r\n"
_HEAD_END = b"\r\n\r\n"
_PUBLISHED = {b"PUB", b"HPUB", b"MSG", b"HMSG"}
_WITH_HEADERS = {b"HPUB", b"HMSG"}
_LENGTH = b"content-length:"


class Frame(NamedTuple):
    """One whole message. `reply` is the subject on which its answer will come, where one is named."""

    name: str
    data: bytes
    reply: str = ""


class Cutter(Protocol):
    """Takes bytes as they arrive and gives back the frames that are whole by now."""

    def feed(self, data: bytes) -> list[Frame]: ...


Cut = Callable[[bytes], tuple[Frame, int] | None]
"""Reads one frame off the front; None while it is not whole."""


class _Buffered:
    """Feeds a cut with what is there, and keeps the rest."""

    def __init__(self, cut: Cut) -> None:
        self._cut = cut
        self._rest = b""

    def feed(self, data: bytes) -> list[Frame]:
        self._rest += data
        frames: list[Frame] = []
        while self._rest and (found := self._cut(self._rest)) is not None:
            frame, used = found
            frames.append(frame)
            self._rest = self._rest[used:]
        return frames


class _AsItComes:
    """What nobody needs to understand: whatever has arrived is one frame."""

    def feed(self, data: bytes) -> list[Frame]:
        return [Frame("", data)]


def nats() -> Cutter:
    """Return a cutter for either direction of a NATS connection; frames are named by subject."""
    return _Buffered(_cut_nats)


def valkey() -> Cutter:
    """Return a cutter for commands; frames are named `HGET`, or `FCALL zs_commit`."""
    return _Buffered(_cut_valkey)


def http() -> Cutter:
    """Return a cutter for requests; frames are named `POST /2/comments/reply.json`."""
    return _Buffered(_cut_http)


def plain() -> Cutter:
    """Return a cutter that understands nothing."""
    return _AsItComes()


def _cut_nats(raw: bytes) -> tuple[Frame, int] | None:
    end = raw.find(_CRLF)
    if end < 0:
        return None
    words = raw[:end].split()
    verb = words[0].upper() if words else b""
    if verb not in _PUBLISHED:
        return Frame(verb.decode("ascii", "replace"), raw[: end + 2]), end + 2
    used = end + 2 + int(words[-1]) + 2
    if len(raw) < used:
        return None
    sizes = 2 if verb in _WITH_HEADERS else 1
    names = words[1:-sizes] if verb in {b"PUB", b"HPUB"} else [words[1], *words[3:-sizes]]
    reply = names[1].decode() if len(names) > 1 else ""
    return Frame(names[0].decode(), raw[:used], reply), used


def _cut_valkey(raw: bytes) -> tuple[Frame, int] | None:
    end = raw.find(_CRLF)
    if end < 0:
        return None
    words: list[bytes] = []
    at = end + 2
    for _ in range(int(raw[1:end])):
        size_end = raw.find(_CRLF, at)
        if size_end < 0:
            return None
        start = size_end + 2
        size = int(raw[at + 1 : size_end])
        at = start + size + 2
        if len(raw) < at:
            return None
        words.append(raw[start : start + size])
    shown = words[:2] if words and words[0].upper() == b"FCALL" else words[:1]
    return Frame(b" ".join(shown).decode("ascii", "replace"), raw[:at]), at


def _cut_http(raw: bytes) -> tuple[Frame, int] | None:
    head_end = raw.find(_HEAD_END)
    if head_end < 0:
        return None
    lines = raw[:head_end].split(_CRLF)
    lengths = [line[len(_LENGTH) :] for line in lines if line.lower().startswith(_LENGTH)]
    used = head_end + len(_HEAD_END) + (int(lengths[0]) if lengths else 0)
    if len(raw) < used:
        return None
    method, _, rest = lines[0].decode("ascii", "replace").partition(" ")
    path = rest.partition(" ")[0].partition("?")[0]
    return Frame(f"{method} {path}", raw[:used]), used
