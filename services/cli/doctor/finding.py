"""What an examination finds: one line each, with the fix where there is something to do."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Literal

Level = Literal["ok", "warn", "fail"]


@dataclass(frozen=True, slots=True)
class Finding:
    """`part` is what was looked at; `says` is what it is like; `fix` what to do about it."""

    part: str
    level: Level
    says: str
    fix: str = ""


def ok(part: str, says: str) -> Finding:
    """Return that all is well with `part`."""
    return Finding(part, "ok", says)


def warn(part: str, says: str, fix: str) -> Finding:
    """Return that something should be better."""
    return Finding(part, "warn", says, fix)


def fail(part: str, says: str, fix: str) -> Finding:
    """Return that something is wrong."""
    return Finding(part, "fail", says, fix)


def worst(findings: Iterable[Finding]) -> Level:
    """Return the worst level among them."""
    levels = {each.level for each in findings}
    return "fail" if "fail" in levels else "warn" if "warn" in levels else "ok"


def as_dict(finding: Finding) -> dict[str, str]:
    """Return it as JSON shows it."""
    return asdict(finding)
