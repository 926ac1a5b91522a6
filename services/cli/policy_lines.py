"""Rules and what changes in them, as lines for a terminal."""

from collections.abc import Iterator, Mapping
from typing import Final, Protocol

from services.respond.core.policy import MovedCase, PolicyRegister, Switch
from services.respond.core.shadow import ShadowRun
from services.respond.shell.review import Review

_MARKS: Final = {"added": "+", "removed": "-", "changed": "~"}
_LONGEST: Final = 100
_SHOWN: Final = 20


class Place(Protocol):
    """One place of a pack that changed."""

    @property
    def path(self) -> tuple[str, ...]: ...
    @property
    def what(self) -> str: ...
    @property
    def before(self) -> str: ...
    @property
    def after(self) -> str: ...


def difference_line(each: Place, where: str = "") -> str:
    """Return one difference: a mark, the place, the values, and where it comes from."""
    sides = " -> ".join(_short(side) for side in (each.before, each.after) if side)
    place = ".".join(each.path)
    return f"{_MARKS[each.what]} {place}: {sides}" + (f"  ({where})" if where else "")


def standing_lines(in_force: Mapping[str, str], known: PolicyRegister) -> Iterator[str]:
    """Yield which rules hold and which are proposed."""
    for pack, pack_hash in sorted(in_force.items()):
        people = known.in_force(pack)
        by = "by the files" if people is None else f"by {people.approved_by}: {people.note}"
        since = "" if people is None else f" since {people.since:%Y-%m-%d %H:%M} at #{people.seq}"
        yield f"{pack}  {pack_hash[:12]}  in force{since}, {by}"
        configured = known.configured.get(pack, pack_hash)
        if people is not None and configured != pack_hash:
            yield f"{pack}  {configured[:12]}  what the files say; not in force"
    for each in known.proposals:
        state = f"approved by {each.approved_by}" if each.approved_by else "waits for approval"
        beside = ", runs beside" if known.shadows.get(each.pack) == each.pack_hash else ""
        yield (
            f"{each.pack}  {each.pack_hash[:12]}  proposed by {each.proposed_by},"
            f" {state}{beside}: {each.note}"
        )


def review_lines(found: Review) -> Iterator[str]:
    """Yield what a proposal changes and which texts would fail by it."""
    yield f"{found.pack}: {found.in_force[:12]} -> {found.pack_hash[:12]}"
    for each in found.differences:
        yield difference_line(each)
    if not found.differences:
        yield "the rules are the same"
    yield f"{len(found.texts)} unsent texts and {len(found.wordings)} wordings would fail"
    for text in found.texts:
        why = "; ".join(each.reason for each in text.findings)
        yield f"  case {text.number} {text.slot} ({text.status}, {text.author_id}): {why}"
    for wording in found.wordings:
        why = "; ".join(each.reason for each in wording.findings)
        yield f"  {wording.kind} {wording.name}: {why}"
    yield f"{len(found.moves)} open cases would move"
    yield from map(_move_line, found.moves)
    if found.left_out:
        yield f"  {found.left_out} open cases were not looked at"


def _move_line(moved: MovedCase) -> str:
    waits = "; its replies wait for a decision" if moved.held else ""
    return f"  case {moved.number}: {moved.from_queue or '-'} -> {moved.to_queue}{waits}"


def change_lines(switch: Switch) -> Iterator[str]:
    """Yield what one switch of rules changed."""
    yield f"since {switch.at:%Y-%m-%d %H:%M}:"
    for each in switch.lines:
        sides = " -> ".join(_short(side) for side in (each.before, each.after) if side)
        yield f"{_MARKS[each.what]} {'.'.join((each.area, *each.path))}: {sides}"
    if switch.more:
        yield f"  and {switch.more} more"
    yield from map(_move_line, switch.moved)
    if switch.more_moved:
        yield f"  and {switch.more_moved} more open cases"


def shadow_lines(run: ShadowRun) -> Iterator[str]:
    """Yield what proposed rules would have decided otherwise so far."""
    yield (
        f"{run.pack} {run.pack_hash[:12]} beside since {run.since:%Y-%m-%d %H:%M}:"
        f" {run.items} items, {run.texts} texts, {run.failed} failed"
    )
    for kind, count in sorted(run.counts.items()):
        yield f"{kind}: {count} decided otherwise"
    for each in reversed(run.newest[-_SHOWN:]):
        about = each.item_id or each.case_id
        yield f"  {each.kind} {about}: {each.live or 'nothing'} -> {each.shadow or 'nothing'}"


def _short(value: str) -> str:
    return value if len(value) <= _LONGEST else f"{value[: _LONGEST - 1]}…"
