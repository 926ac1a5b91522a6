"""What changed for whom: nobody sends by rules they have not been told of."""

from collections.abc import Iterable, Mapping, Sequence

from services.respond.core.aggregates import Person
from services.respond.core.policy import (
    LINE_CHARS,
    LINES_KEPT,
    MOVED_KEPT,
    SWITCHES_KEPT,
    Briefed,
    ChangeLine,
    MovedCase,
    PackChanges,
    Switch,
)
from services.respond.core.work import Work
from shared.contracts.org import Role
from shared.policy.changes import concerned, differences
from shared.policy.model import Pack


def remember_switch(
    work: Work,
    name: str,
    old: tuple[Pack, str],
    new: tuple[Pack, str],
    moved: Sequence[MovedCase] = (),
) -> None:
    """Keep what one pack changed against the one before it, and which open cases it moved."""
    found = differences(old[0], new[0])
    lines = tuple(
        ChangeLine(
            area=each.area,
            path=each.path[1:],
            what=each.what,
            before=each.before[:LINE_CHARS],
            after=each.after[:LINE_CHARS],
        )
        for each in found[:LINES_KEPT]
    )
    switch = Switch(
        from_hash=old[1],
        to_hash=new[1],
        at=work.at,
        seq=work.seq,
        lines=lines,
        more=len(found) - len(lines),
        moved=tuple(moved[:MOVED_KEPT]),
        more_moved=max(0, len(moved) - MOVED_KEPT),
    )
    known = work.get(f"changes:{name}", PackChanges) or PackChanges(pack=name)
    kept = (*known.switches[1 - SWITCHES_KEPT :], switch)
    work.put(known.model_copy(update={"switches": kept}))


def unread(
    changes: PackChanges | None, briefed: Briefed | None, roles: Iterable[Role]
) -> tuple[Switch, ...]:
    """Return what a person with these roles has not been told of, oldest first, as it concerns them."""
    if changes is None:
        return ()
    switches = changes.switches
    known = (briefed.known if briefed else {}).get(changes.pack, switches[0].from_hash)
    if known == switches[-1].to_hash:
        return ()
    starts = [place for place, each in enumerate(switches) if each.from_hash == known]
    mine = frozenset(roles)
    told = (_for(each, mine) for each in switches[starts[-1] if starts else 0 :])
    return tuple(each for each in told if each.lines or each.more)


def must_read(work: Work, person_id: str, account_id: str) -> bool:
    """Tell whether this person has to confirm a change of this account's rules first."""
    account = work.account(account_id)
    name = account.registered.pack if account else ""
    changes = work.get(f"changes:{name}", PackChanges)
    person = work.get(f"person:{person_id}", Person)
    if changes is None or person is None:
        return False
    briefed = work.get(f"briefed:{person_id}", Briefed)
    return bool(unread(changes, briefed, person.registered.roles))


def confirm(work: Work, person_id: str, packs: Mapping[str, str]) -> None:
    """Note that a person knows these bodies."""
    known = work.get(f"briefed:{person_id}", Briefed) or Briefed(person_id=person_id)
    work.put(known.model_copy(update={"known": {**known.known, **packs}}))


def welcome(work: Work, person_id: str) -> None:
    """Somebody new starts with the rules of the day: no change of them is news."""
    changed = [each.pack for each in work.under("changes") if isinstance(each, PackChanges)]
    packs = work.organisation.packs
    if known := {name: packs[name] for name in sorted(changed) if name in packs}:
        confirm(work, person_id, known)


def _for(switch: Switch, roles: frozenset[Role]) -> Switch:
    mine = tuple(each for each in switch.lines if roles & concerned(each.area))
    return switch.model_copy(update={"lines": mine})
