"""The rules of a pack made ready to be asked: checks built, words at hand, the nearest pack first."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Self

from shared.policy.articles import PolicyRule
from shared.policy.checks.check import Check
from shared.policy.checks.registry import check_of
from shared.policy.lexicons import Lexicon
from shared.policy.model import Pack


@dataclass(frozen=True, slots=True)
class Ready:
    """A rule that can be asked, the pack whose switches and words it uses, and how far its home is.

    `check` is None where only people can tell.
    """

    rule: PolicyRule
    check: Check | None
    pack: Pack
    home: str
    distance: int
    lexicons: Mapping[str, Lexicon]

    @classmethod
    def alone(cls, rule: PolicyRule, pack: Pack) -> Self:
        """Return one rule of a pack, by itself. Raises UnfitRuleError."""
        words = {each.id: each for each in pack.lexicons}
        return cls(rule, check_of(rule, pack.switches), pack, pack.name, 0, words)

    @property
    def ids(self) -> tuple[str, ...]:
        """Return the ids of the catalogue, or the rule's own where it rests on none."""
        return tuple(each.rule for each in self.rule.sources) or (self.rule.id,)


@dataclass(frozen=True, slots=True)
class RuleBook:
    """All rules that are asked of one input."""

    name: str
    rules: tuple[Ready, ...]

    @classmethod
    def of(cls, names: Sequence[str], packs: Mapping[str, Pack]) -> Self:
        """Return the rules of `names[0]`; the others are its parents, nearest first."""
        pack = packs[names[0]]
        known = {name: {each.id for each in packs[name].rules} for name in names}
        words = {each.id: each for each in pack.lexicons}
        disabled = {each.rule for each in pack.disable}
        made = []
        for rule in pack.rules:
            if rule.id in disabled:
                continue
            homes = [place for place, name in enumerate(names) if rule.id in known[name]]
            home = max(homes)
            check = check_of(rule, pack.switches)
            made.append(Ready(rule, check, pack, names[home], home, words))
        return cls(pack.name, tuple(sorted(made, key=lambda each: each.distance)))

    @classmethod
    def union(cls, name: str, books: Iterable["RuleBook"]) -> Self:
        """Return the rules of several books, each rule once: as its home pack has it."""
        met: dict[str, Ready] = {}
        for book in books:
            for each in book.rules:
                standing = met.get(each.rule.id)
                if standing is None or each.distance < standing.distance:
                    met[each.rule.id] = each
        return cls(name, tuple(sorted(met.values(), key=lambda each: each.distance)))

    def asked(self, kind: str, day: date) -> Iterator[tuple[Ready, Check]]:
        """Yield the rules that look at this kind of input and are in force, with their checks."""
        for each in self.rules:
            if each.check is not None and kind in each.rule.kinds and each.rule.in_force(day):
                yield each, each.check

    def only(self, wanted: str) -> Self:
        """Return the rules of one id: our own, one of the catalogue, or a document of it."""
        found = tuple(
            each
            for each in self.rules
            if each.rule.id == wanted
            or any(one == wanted or one.startswith(f"{wanted}-") for one in each.ids)
        )
        return type(self)(self.name, found)
