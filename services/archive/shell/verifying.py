"""Checks that every sealed fact is what it was: line by line, root by root, link by link."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from services.archive.core.segments import Line, Seal, Tree, chain_of
from services.archive.shell.segments import (
    ASIDE,
    SEAL,
    BrokenSegmentError,
    Segments,
    read_lines,
)
from shared.errors import UserError


class Fault(NamedTuple):
    """What is not as it was sealed: the segment's name, the fact in it if one can be named."""

    segment: str
    seq: int | None
    what: str


class Checked(NamedTuple):
    """One segment that was read: its facts as hashes by place, and what is wrong with it."""

    seal: Seal
    facts: dict[int, bytes]
    faults: list[Fault]


def name_of(seal: Seal) -> str:
    """Return how a segment is called in a report."""
    return f"{seal.first_seq}-{seal.last_seq}"


def check_seals(segments: Segments) -> tuple[list[Seal], list[Fault]]:
    """Return the seals that can be read, and what is wrong with them and between them."""
    seals: list[Seal] = []
    faults: list[Fault] = []
    for path in sorted(segments.directory.glob(f"*{SEAL}")):
        try:
            seals.append(segments.read_seal(path))
        except UserError as error:
            faults.append(Fault(path.name.removesuffix(SEAL), None, error.what))
    previous: Seal | None = None
    for seal in seals:
        faults += (Fault(name_of(seal), None, what) for what in _links(previous, seal))
        previous = seal
    return seals, faults


def _links(previous: Seal | None, seal: Seal) -> Iterator[str]:
    if chain_of(seal) != seal.chain:
        yield "its seal says other things than were sealed"
    if previous is None:
        if seal.previous or seal.first_seq != 1:
            yield "it is not the first, and the one before it is not here"
    elif seal.first_seq != previous.last_seq + 1:
        yield f"it does not follow {name_of(previous)}: a segment is missing between them"
    elif seal.previous != previous.chain:
        yield f"it was not sealed behind this {name_of(previous)}"


def check_lines(segments: Segments, seal: Seal) -> Checked:
    """Read a whole segment and compare it with its seal."""
    checked = Checked(seal, {}, [])
    tree = Tree()
    try:
        for line in read_lines(segments.lines_file(seal)):
            tree.add(line.entry.leaf())
            _check_line(checked, line)
    except BrokenSegmentError as error:
        where = f"after fact {error.after_seq}" if error.after_seq else "at its beginning"
        checked.faults.append(Fault(name_of(seal), None, f"it breaks off {where}: {error}"))
    else:
        checked.faults.extend(_check_whole(checked, tree))
    return checked


def _check_line(checked: Checked, line: Line) -> None:
    seal, seq = checked.seal, line.entry.seq
    newest = next(reversed(checked.facts), seal.first_seq - 1)
    if not line.untouched:
        fault = "this fact is not what was sealed"
    elif not newest < seq <= seal.last_seq:
        fault = "this fact stands in another place than when it was sealed"
    else:
        fault = ""
    if fault:
        checked.faults.append(Fault(name_of(seal), seq, fault))
    checked.facts[seq] = fact_hash(line.entry.subject, line.entry.data)


def _check_whole(checked: Checked, tree: Tree) -> Iterator[Fault]:
    seal = checked.seal
    if tree.leaves != seal.facts:
        yield Fault(name_of(seal), None, f"it holds {tree.leaves} facts, sealed were {seal.facts}")
    elif tree.root() != seal.root and not checked.faults:
        yield Fault(name_of(seal), None, "its root is another one: facts and marks were changed")


def fact_hash(subject: str, data: bytes) -> bytes:
    """Return what the log and a segment are compared by."""
    return hashlib.sha256(subject.encode() + b"\n" + data).digest()


def chains_aside(directory: Path) -> frozenset[str]:
    """Return the chains of segments that were set aside with their log."""
    found = Segments(directory / ASIDE)
    return frozenset(each.chain for each in check_seals(found)[0])
