"""What is wrong with rules that load: dead, shadowed, conflicting, unowned, expired, without a case."""

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import Final

from services.cli.policy_check_lines import read_rule_cases
from services.cli.policy_routes import route_faults
from shared.policy.checks.book import Ready
from shared.policy.checks.kinds import KINDS
from shared.policy.gate.workdays import unknown_years
from shared.runtime.books import Shelf

_LIMITS: Final = frozenset({"gap", "window", "length", "per_day", "daily_kinds", "media", "size"})
"""Checks of which two with different figures for the same input cannot both be meant."""


@dataclass(frozen=True, slots=True)
class Found:
    """One finding: what it is, where, what to do."""

    kind: str
    pack: str
    rule: str
    what: str
    grave: bool

    def body(self) -> dict[str, object]:
        """Return it as plain values."""
        return asdict(self)

    def __str__(self) -> str:
        return f"{self.pack}: {self.rule}: {self.kind}: {self.what}"


def findings(shelf: Shelf, directory: Path, day: date) -> list[Found]:
    """Return what was found in all packs, each rule in its home pack."""
    found: list[Found] = []
    for name in shelf.names:
        rules = shelf.book(name, variants=False).rules
        own = [each for each in rules if each.home == name]
        cased = {each.rule for each in read_rule_cases(directory, name)}
        cased |= {each.rule.id for each in own if each.rule.examples}
        found += [each for ready in own for each in _of_one(ready, cased, day)]
        found += _pairs(name, rules)
        found += _unused_words(name, shelf)
        found += [
            Found(kind, name, route, what, grave=grave)
            for kind, route, what, grave in route_faults(shelf.pack(name))
        ]
        found += _unknown_years(name, shelf, day)
    return found


def _of_one(ready: Ready, cased: set[str], day: date) -> Iterator[Found]:
    rule, home = ready.rule, ready.home
    if not rule.owner:
        yield Found("unowned", home, rule.id, "nobody answers for it; name an owner", grave=True)
    if rule.review_by is not None and rule.review_by < day:
        yield Found(
            "expired", home, rule.id, f"its review was due on {rule.review_by}", grave=True
        )
    if rule.effective_until is not None and rule.effective_until < day:
        yield Found("expired", home, rule.id, f"held until {rule.effective_until}", grave=False)
    if ready.check is not None and not set(rule.kinds) & set(KINDS):
        yield Found("dead", home, rule.id, f"no input is a {', '.join(rule.kinds)}", grave=True)
    if rule.when == "false":
        yield Found("dead", home, rule.id, "its `when` never holds", grave=True)
    if ready.check is not None and rule.id not in cased:
        yield Found(
            "untested", home, rule.id, "no case in checks.jsonl, and no example", grave=True
        )


def _pairs(name: str, rules: tuple[Ready, ...]) -> Iterator[Found]:
    alike: dict[tuple[str, str], list[Ready]] = defaultdict(list)
    for each in rules:
        if each.check is not None:
            alike[each.rule.check, _meant(each)].append(each)
    for same in alike.values():
        for one, other in combinations(same, 2):
            if name not in (one.home, other.home):
                continue
            if one.check == other.check and one.rule.verdict == other.rule.verdict:
                what = f"says what {one.rule.id} says"
                yield Found("shadowed", name, other.rule.id, what, grave=False)
            elif one.rule.check in _LIMITS and _differ(one, other):
                what = f"another figure than {one.rule.id} for the same input"
                yield Found("conflict", name, other.rule.id, what, grave=True)


def _differ(one: Ready, other: Ready) -> bool:
    """Tell whether both set the same figure to different values."""
    both = set(one.rule.params) & set(other.rule.params)
    return any(one.rule.params[each] != other.rule.params[each] for each in both)


def _meant(ready: Ready) -> str:
    """Return for which inputs a rule is meant, as one key."""
    rule = ready.rule
    return json.dumps([sorted(rule.kinds), rule.where, rule.when], sort_keys=True, default=str)


def _unknown_years(name: str, shelf: Shelf, day: date) -> Iterator[Found]:
    """Yield the years, this one and from November the next, whose holidays nobody has named.

    Said once, by the pack at the root or whoever names days of their own.
    """
    calendar = shelf.pack(name).gate.calendar
    parents = shelf.lineage(name)[1:]
    if parents and shelf.pack(parents[0]).gate.calendar == calendar:
        return
    for year in unknown_years(calendar, day):
        what = f"the holidays of {year} are not named; working days are counted by weekends alone"
        yield Found("holidays", name, f"gate.calendar.{year}", what, grave=False)


def _unused_words(name: str, shelf: Shelf) -> Iterator[Found]:
    """Yield families of words that a pack brings and no rule of any pack names."""
    parents = shelf.lineage(name)[1:]
    known = {each.id for parent in parents for each in shelf.pack(parent).lexicons}
    text = json.dumps([each.params for pack in shelf.packs.values() for each in pack.rules])
    for each in shelf.pack(name).lexicons:
        if each.id not in known and f'"{each.id}"' not in text and not each.id.startswith("cue-"):
            yield Found("dead", name, each.id, "words that no rule looks for", grave=False)
