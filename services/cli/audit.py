"""Whether the record is what it was: segments against their roots, and against the log."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from services.archive.core.segments import Seal
from services.archive.shell.segments import Segments
from services.archive.shell.verifying import (
    Checked,
    Fault,
    chains_aside,
    check_lines,
    check_seals,
    fact_hash,
    name_of,
)
from services.cli.embedded.probes import reachable
from services.cli.whole_log import CHUNK, seals_of
from shared.bus.nats_bus import NatsBus
from shared.bus.port import Bus
from shared.contracts.facts import decode
from shared.contracts.subjects import SEGMENTS_SEALED
from shared.contracts.system import SegmentSealed
from shared.errors import TransientError, UserError
from shared.runtime.clock import SystemClock


@dataclass(slots=True)
class Audit:
    """What was looked at, and what is not as it was. `told`: the log knows the newest seal."""

    segments: int = 0
    facts: int = 0
    first: int = 0
    last: int = 0
    chain: str = ""
    compared: int = 0
    told: bool | None = None
    faults: list[Fault] = field(default_factory=list)

    def as_dict(self) -> dict[str, object]:
        """Return it as JSON shows it."""
        faults = [
            {"segment": segment, "what": what} | ({} if seq is None else {"fact": seq})
            for segment, seq, what in self.faults
        ]
        return {
            "segments": self.segments,
            "facts": self.facts,
            "first": self.first,
            "last": self.last,
            "chain": self.chain,
            "compared_with_log": self.compared,
            "told": self.told,
            "faults": faults,
        }


def verify(segments: Segments, url: str | None) -> Audit:
    """Check all segments; with `url` also against the log. Raises UserError."""
    try:
        return asyncio.run(_verify(segments, url))
    except TransientError as error:
        fix = "is NATS running? or leave it out: --no-log"
        raise UserError(f"the log does not answer: {error}", fix=fix) from error


async def _verify(segments: Segments, url: str | None) -> Audit:
    if url is None:
        return await audit_of(segments, None)
    await reachable(url, "--nats-url")
    bus = await NatsBus.connect(url, clock=SystemClock(), name="audit", make=None)
    try:
        return await audit_of(segments, bus)
    finally:
        await bus.close()


async def audit_of(segments: Segments, bus: Bus | None) -> Audit:
    """Check all segments, and with a bus compare them with its log. Raises TransientError."""
    seals, faults = check_seals(segments)
    audit = Audit(faults=faults)
    if seals:
        audit.segments, audit.chain = len(seals), seals[-1].chain
        audit.first, audit.last = seals[0].first_seq, seals[-1].last_seq
    here = [] if bus is None else await seals_of(bus, await bus.state(), seals)
    for seal in seals:
        checked = check_lines(segments, seal)
        audit.facts += len(checked.facts)
        audit.faults += checked.faults
        if bus is not None and seal in here:
            await _compare(bus, checked, audit)
    if bus is not None:
        await _told(bus, segments.directory, seals, audit)
    return audit


async def _compare(bus: Bus, checked: Checked, audit: Audit) -> None:
    """Compare with what of the range is still in the log."""
    seal = checked.seal
    for low in range(seal.first_seq, seal.last_seq + 1, CHUNK):
        for message in await bus.read(low, min(low + CHUNK - 1, seal.last_seq)):
            audit.compared += 1
            if checked.facts.get(message.seq) != fact_hash(message.subject, message.data):
                what = "the log holds another fact in this place"
                audit.faults.append(Fault(name_of(seal), message.seq, what))


async def _told(bus: Bus, directory: Path, seals: Sequence[Seal], audit: Audit) -> None:
    """Compare with the newest seal that stands in the log: its chain stands for all before it."""
    newest = await bus.last_on(SEGMENTS_SEALED)
    fact = None if newest is None else decode(newest.data)
    if not isinstance(fact, SegmentSealed):
        audit.told = False
        return
    if fact.chain not in chains_aside(directory) | {each.chain for each in seals}:
        what = "the log was told of another seal, or of one that is not here"
        audit.faults.append(Fault(f"{fact.first_seq}-{fact.last_seq}", None, what))
    audit.told = fact.chain == audit.chain
