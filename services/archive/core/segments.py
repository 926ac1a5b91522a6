"""Sealed segments: how a fact is written down, and how a root stands for all facts of a range.

A leaf covers place, time, subject and a salted commitment to the fact's bytes, so that a fact can
later be taken out (its commitment stays) and the root still proves the rest. Leaves and inner
nodes are hashed apart (RFC 6962). Each root is chained to the one before.
"""

import hashlib
from base64 import b64decode, b64encode
from datetime import datetime
from typing import Literal, NamedTuple

from pydantic_core import from_json, to_json

from shared.contracts.base import Frozen, Time

SALT_BYTES = 16
_LEAF, _NODE = b"\x00", b"\x01"
_FACT, _RAW = b',"fact":', b',"raw":"'
_SHORT = 16


class Entry(NamedTuple):
    """One stored message as it was sealed."""

    seq: int
    time: datetime
    subject: str
    data: bytes
    salt: bytes

    def leaf(self) -> bytes:
        """Return what stands for this message in the tree."""
        commitment = hashlib.sha256(self.salt + self.data).digest()
        head = f"{self.seq}\n{self.time.isoformat()}\n{self.subject}\n".encode()
        return hashlib.sha256(_LEAF + head + commitment).digest()


class Tree:
    """The Merkle tree over leaves that come one by one; keeps only the roots of whole subtrees."""

    def __init__(self) -> None:
        self._whole: list[tuple[int, bytes]] = []
        self.leaves = 0

    def add(self, leaf: bytes) -> None:
        """Take the next leaf."""
        self.leaves += 1
        height = 0
        while self._whole and self._whole[-1][0] == height:
            leaf = _node(self._whole.pop()[1], leaf)
            height += 1
        self._whole.append((height, leaf))

    def root(self) -> str:
        """Return the root in hex."""
        if not self._whole:
            return hashlib.sha256(b"").hexdigest()
        (_, root), *lower = reversed(self._whole)
        for _, left in lower:
            root = _node(left, root)
        return root.hex()


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(_NODE + left + right).digest()


class Seal(Frozen):
    """What is known of a sealed range without reading it.

    `last_hash` is that of the fact at its end; empty if there was none in that place.
    """

    format: Literal["zhishou-segment"] = "zhishou-segment"
    version: Literal[1] = 1
    incarnation: str
    first_seq: int
    last_seq: int
    facts: int
    first_time: Time
    last_time: Time
    last_hash: str
    root: str
    previous: str
    chain: str


def chained(previous: str, incarnation: str, ends: tuple[int, int], facts: int, root: str) -> str:
    """Return the chain after this segment."""
    parts = ("zhishou-segment", incarnation, previous, *ends, facts, root)
    return hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()


def chain_of(seal: Seal) -> str:
    """Return what the chain of this seal must be, by its own words."""
    ends = (seal.first_seq, seal.last_seq)
    return chained(seal.previous, seal.incarnation, ends, seal.facts, seal.root)


def entry_line(entry: Entry, leaf: bytes) -> bytes:
    """Return the line of a segment: a fact line of a recording, with what proves it.

    The fact stands there byte for byte. What does not fit into a line travels as base64.
    """
    head = (
        f'{{"seq":{entry.seq},"time":"{entry.time.isoformat()}"'
        f',"subject":{to_json(entry.subject).decode()}'
        f',"salt":"{entry.salt.hex()}","leaf":"{leaf.hex()[:_SHORT]}"'
    ).encode()
    if _fits(entry.data):
        return head + _FACT + entry.data + b"}"
    return head + _RAW + b64encode(entry.data) + b'"}'


def _fits(data: bytes) -> bool:
    """Tell whether it can stand in a line as it is; whether it is JSON is for its readers."""
    return data.startswith(b"{") and data.endswith(b"}") and b"\n" not in data


class Line(NamedTuple):
    """A line that was read: the entry, and the beginning of its leaf as it was when sealed."""

    entry: Entry
    leaf: str

    @property
    def untouched(self) -> bool:
        return self.entry.leaf().hex()[:_SHORT] == self.leaf


def read_line(raw: bytes) -> Line | None:
    """Return what a line says; None for one that holds no fact (header, bodies of packs).

    Raises: ValueError, KeyError, TypeError for what is no line of a segment.
    """
    at, mark = raw.find(_FACT), _FACT
    if at < 0:
        at, mark = raw.find(_RAW), _RAW
    if at < 0:
        body = from_json(raw)
        if "format" in body or "object" in body:
            return None
        raise ValueError("a line without a fact")
    head = from_json(raw[:at] + b"}")
    if not raw.endswith(b'"}' if mark is _RAW else b"}"):
        raise ValueError("a line that breaks off")
    data = b64decode(raw[at + len(mark) : -2]) if mark is _RAW else raw[at + len(mark) : -1]
    entry = Entry(
        seq=int(head["seq"]),
        time=datetime.fromisoformat(head["time"]),
        subject=str(head["subject"]),
        data=data,
        salt=bytes.fromhex(head["salt"]),
    )
    return Line(entry, str(head["leaf"]))
