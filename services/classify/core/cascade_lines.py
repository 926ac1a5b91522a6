"""Lines of a recorded cascade, and the cascades they tell of."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from services.classify.core.stance import own_words
from shared.errors import UserError


class Author(BaseModel):
    """What is known of who posted it."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    followers: int | None = None


class Line(BaseModel):
    """A post, or somebody's repost of it or comment on it; what else a line holds is left alone."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    event: str
    kind: Literal["post", "repost", "comment"]
    text: str
    t: datetime | None = None
    dt_s: float | None = None
    author: Author = Author()


@dataclass(frozen=True, slots=True)
class Repost:
    """What somebody added, and how long after the post."""

    seconds: float
    text: str


@dataclass(slots=True)
class Cascade:
    """One post and what came of it, in order of time."""

    event: str
    text: str
    posted: datetime | None
    followers: int | None
    reposts: list[Repost] = field(default_factory=list)


def cascades_of(lines: Iterable[Line]) -> list[Cascade]:
    """Return the cascades in the order of their posts. Raises UserError."""
    found: dict[str, Cascade] = {}
    for line in lines:
        if line.kind == "post" and line.event not in found:
            followers = line.author.followers
            found[line.event] = Cascade(line.event, line.text, line.t, followers)
        elif line.event not in found:
            raise _refusal(line, "comes before the post of its event", "put the post first")
        else:
            cascade = found[line.event]
            added = own_words(line.text)
            cascade.reposts.append(Repost(_seconds(line, cascade), added))
    for cascade in found.values():
        cascade.reposts.sort(key=lambda each: each.seconds)
    return list(found.values())


def _seconds(line: Line, cascade: Cascade) -> float:
    if line.dt_s is not None:
        return line.dt_s
    if line.t is None or cascade.posted is None:
        raise _refusal(line, "has no time", 'give "t" on all lines, or "dt_s" on reposts')
    if (line.t.tzinfo is None) != (cascade.posted.tzinfo is None):
        raise _refusal(line, "has a zone, or none, unlike its post", "write all times alike")
    return (line.t - cascade.posted).total_seconds()


def _refusal(line: Line, what: str, fix: str) -> UserError:
    return UserError(f"a {line.kind} {what}", where=f"event {line.event}", fix=fix)
