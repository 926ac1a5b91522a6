"""What positions and bans have against a text: findings beside those of the gate."""

from collections.abc import Iterator

from services.respond.core.case import Case
from services.respond.core.guidance import Ban, Guidance, Position
from shared.contracts.operators import Slot
from shared.policy.gate.findings import GateFinding
from shared.policy.gate.levels import Level
from shared.policy.gate.plain import Plain, plain
from shared.policy.model import Pack
from shared.policy.phrases import first_hit


def guided(
    case: Case, pack: Pack, text: str, guidance: Guidance, slot: Slot
) -> tuple[GateFinding, ...]:
    """Return what the house's own words have against this text."""
    held = guidance.in_force(case)
    found: list[GateFinding] = []
    if guidance.bans or held:  # most days there are none, and every case asks three times
        flat = plain(text)
        found += [each for ban in guidance.bans for each in _banned(flat, ban)]
        found += [each for position in held for each in _against(flat, position, slot)]
    if not held and needs_position(case, pack):
        found.append(
            _finding("no_position", "warn", text, "这件事还没有口径：只说正在核实什么、何时再答复")
        )
    return tuple(found)


def needs_position(case: Case, pack: Pack) -> bool:
    """Tell whether such a case may be answered in substance only along a position."""
    said = pack.suggesting
    by_label = not set(said.position_labels).isdisjoint(case.labels)
    return by_label or case.severity >= said.position_severity


def against_bans(text: str, guidance: Guidance) -> tuple[GateFinding, ...]:
    """Return what bans have against a text that belongs to no case."""
    flat = plain(text)
    return tuple(each for ban in guidance.bans for each in _banned(flat, ban))


def bans(text: str, guidance: Guidance) -> bool:
    """Tell whether a ban forbids the text."""
    return bool(against_bans(text, guidance))


def _banned(text: Plain, ban: Ban) -> Iterator[GateFinding]:
    span = first_hit(text, (ban.text,), ())
    if span is not None:
        reason = f"今日禁提“{ban.text}”"
        yield _finding("banned", "block", text.original, reason, span)


def _against(text: Plain, position: Position, slot: Slot) -> Iterator[GateFinding]:
    said = position.written
    for each in said.must_not_say:
        span = first_hit(text, (each,), ())
        if span is not None:
            yield _finding(
                "against_position",
                "block",
                text.original,
                f"口径“{said.matter}”要求不说“{each}”",
                span,
            )
    if slot == "receipt":  # it says that something was received, and nothing of the matter
        return
    for each in said.must_say:
        if first_hit(text, (each,), ()) is None:
            reason = f"口径“{said.matter}”要求说明“{each}”"
            yield _finding("beside_position", "hold", text.original, reason)


def _finding(
    category: str, level: Level, text: str, reason: str, span: tuple[int, int] | None = None
) -> GateFinding:
    start, end = span or (0, len(text))
    return GateFinding(
        category=category, level=level, start=start, end=end, rules=(), reason=reason
    )
