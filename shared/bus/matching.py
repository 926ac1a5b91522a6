"""NATS subject patterns: `*` stands for one token, a last `>` for one or more."""

from collections.abc import Sequence


def matches(pattern: str, subject: str) -> bool:
    """Tell whether `subject` falls under `pattern`."""
    wanted, given = pattern.split("."), subject.split(".")
    if wanted[-1] == ">":
        wanted = wanted[:-1]
        if len(given) <= len(wanted):
            return False
        given = given[: len(wanted)]
    return len(wanted) == len(given) and all(
        want in {"*", have} for want, have in zip(wanted, given, strict=True)
    )


def matches_any(patterns: Sequence[str], subject: str) -> bool:
    """Tell whether `subject` falls under one of `patterns`."""
    return any(matches(pattern, subject) for pattern in patterns)
