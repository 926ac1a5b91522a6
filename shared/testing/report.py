"""What a replay says: counts, digest, and the decisions; and how two of them differ."""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from pydantic import Field

from shared.contracts.base import Frozen
from shared.errors import UserError


class ReplayReport(Frozen):
    """The outcome of one replay.

    Every line of the file is counted in `items`, `own_posts`, `facts` or `rejected` (why -> how
    many); `lines` is their sum. A record of the log carries the digests of the live run:
    `recorded_digest` is the newest, `reproduced` tells whether this replay came to all of them.
    """

    digest: str
    lines: int
    items: int
    own_posts: int
    facts: int = 0
    rejected: dict[str, int] = Field(default_factory=dict)
    cases: int
    replies: int
    breaches: int
    pages: int
    incidents: tuple[str, ...] = ()
    seconds: float = 0.0
    core_version: str
    pack: str
    model: str
    mode: str
    recorded_digest: str = ""
    reproduced: bool | None = None
    decisions: tuple[str, ...] = Field(default=(), exclude=True)

    @property
    def accounted(self) -> bool:
        """Tell whether no line of the file went missing."""
        return self.lines == self.items + self.own_posts + self.facts + sum(self.rejected.values())


class ReplayEngine(Protocol):
    """Whatever can replay a file; the command line provides the real one."""

    def __call__(
        self, path: Path, *, pack: str | None = None, verdicts: str = "auto"
    ) -> ReplayReport: ...


def expected_lines(report: ReplayReport) -> list[str]:
    """Return what an expectation file holds: the digest's own inputs, readable line by line."""
    head = f"digest {report.digest} core {report.core_version} mode {report.mode}"
    return [head, *report.decisions]


def read_expected(path: Path) -> list[str]:
    """Read an expectation file. Raises UserError when it cannot be read."""
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        fix = "write it with 'zhishou replay FILE --write-expected EXPECTED'"
        raise UserError(
            f"cannot read the expectation: {error}", where=str(path), fix=fix
        ) from error


def difference(expected: Sequence[str], found: Sequence[str], *, most: int = 200) -> list[str]:
    """Return a unified diff for people, cut after `most` lines; empty when they agree."""
    if list(expected) == list(found):
        return []
    lines = list(_diff(expected, found))
    if len(lines) > most:
        lines = [*lines[:most], f"... and {len(lines) - most} more lines of difference"]
    return lines


def _diff(expected: Sequence[str], found: Sequence[str]) -> Iterator[str]:
    return difflib.unified_diff(expected, found, "expected", "found", n=1, lineterm="")


def compare(first: ReplayReport, second: ReplayReport) -> Mapping[str, object]:
    """Return the paired difference of two replays of the same file, for `--against`."""
    ours, theirs = set(first.decisions), set(second.decisions)
    counts = ("cases", "replies", "breaches", "pages")
    return {
        "pack": second.pack,
        "digest": second.digest,
        "changed": {
            name: getattr(second, name) - getattr(first, name)
            for name in counts
            if getattr(second, name) != getattr(first, name)
        },
        "only_first": [line for line in first.decisions if line not in theirs],
        "only_second": [line for line in second.decisions if line not in ours],
    }
