"""The rules of the packs in a directory, ready to be asked: one pack, a family, or all of them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from shared.errors import UserError
from shared.policy.checks.book import RuleBook
from shared.policy.loader import lineage, load_pack
from shared.policy.model import Pack
from shared.runtime.packs import all_sources, read_sources

ALL: Final = "all"


class Shelf:
    """All rule books of a directory. Each is made when it is first asked for."""

    def __init__(self, directory: Path) -> None:
        self._own = tuple(sorted(read_sources(directory)))
        self._sources = all_sources(directory)
        self._packs: dict[str, Pack] = {}
        self._books: dict[tuple[str, bool], RuleBook] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the packs that stand in the directory, sorted."""
        return self._own

    @property
    def packs(self) -> Mapping[str, Pack]:
        """Return every pack. Raises UserError."""
        return {name: self.pack(name) for name in self.names}

    def pack(self, name: str) -> Pack:
        """Return one pack, loaded once. Raises UserError."""
        if name not in self._packs:
            self._packs[name] = load_pack(name, self._sources)
        return self._packs[name]

    def lineage(self, name: str) -> tuple[str, ...]:
        """Return the pack and its parents, nearest first. Raises UserError."""
        return lineage(name, self._sources)

    def book(self, name: str, *, variants: bool = True) -> RuleBook:
        """Return the rules of one pack, and with `variants` those of its variants beside them.

        `all` is every rule of every pack, each as its home pack has it. Raises UserError.
        """
        key = (name, variants)
        if key not in self._books:
            self._books[key] = self._made(name, variants=variants)
        return self._books[key]

    def homes(self) -> Mapping[str, str]:
        """Return the pack in which each article of the catalogue is at home."""
        return {one: each.home for each in self.book(ALL).rules for one in each.ids}

    def _made(self, name: str, *, variants: bool) -> RuleBook:
        if name == ALL:
            return RuleBook.union(ALL, [self.book(each, variants=False) for each in self.names])
        if name not in self._sources:
            known = ", ".join(self.names) or "none"
            raise UserError(f"there is no pack {name}", fix=f"choose one of: {known}, {ALL}")
        names = self.lineage(name)
        own = RuleBook.of(names, {each: self.pack(each) for each in names})
        if not variants:
            return own
        others = [each for each in self.names if self.pack(each).variant_of == name]
        return RuleBook.union(name, [own, *(self.book(each, variants=False) for each in others)])
