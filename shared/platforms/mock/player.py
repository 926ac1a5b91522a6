"""Plays a raw stream into the world: line by line, in file order, at its own speed."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, Literal

from shared.platforms.mock.lines import Line, read_line
from shared.platforms.mock.model import Account, Comment, Status
from shared.platforms.mock.world import World

State = Literal["waiting", "playing", "paused", "ended"]
STUB_TEXT = "（原微博未收录）"


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


@dataclass
class Tally:
    """Every line is in exactly one of items, own posts and rejected; `edits` are items."""

    lines: int = 0
    items: int = 0
    own_posts: int = 0
    edits: int = 0
    stubs: int = 0
    rejected: Counter[str] = field(default_factory=Counter)


class Player:
    """Knows when the next line is due; `advance` plays what is."""

    def __init__(
        self,
        world: World,
        account: Account,
        lines: Iterator[str],
        *,
        speed: float,
        max_gap_seconds: float = 10.0,
        run: str = "",
    ) -> None:
        self._world = world
        self._account = account
        self._lines = lines
        self._speed = speed
        self._max_gap = max_gap_seconds
        self._run = run
        self._read = 0
        self._known: dict[str, int] = {}
        self._learnt: dict[str, int] = {}
        self._previous: datetime | None = None
        self._paused_at: datetime | None = None
        self._next: Line | None = None
        self.next_due: datetime | None = None
        self.state: State = "waiting"
        self.tally = Tally()

    def start(self, now: datetime) -> None:
        """Begin: the first line is due at once."""
        self.state = "playing"
        self.next_due = now
        self._fetch()
        self._note()

    def resume_run(self, entries: Iterable[Sequence[Any]]) -> bool:
        """Go on where this run stood when its process was killed; False if it never began."""
        standing: Mapping[str, Any] | None = None
        for name, *words in entries:
            if name == "played" and words[0] == self._run:
                self._known |= words[1]
                standing = words[2]
        if standing is None:
            return False
        self._read, self.state = standing["read"], standing["state"]
        self._previous, self.next_due = _time(standing["previous"]), _time(standing["due"])
        counted = standing["tally"]
        self.tally = Tally(**(counted | {"rejected": Counter(counted["rejected"])}))
        raw = next(islice(self._lines, self._read - 1, None), "") if self._read else ""
        line = read_line(raw)
        self._next = line if isinstance(line, Line) and self.state == "playing" else None
        return True

    def _learn(self, name: str, native_id: int) -> None:
        self._known[name] = self._learnt[name] = native_id

    def _note(self) -> None:
        """Keep where the run stands, so that a kill neither repeats nor skips a line."""
        learnt, self._learnt = self._learnt, {}
        standing = {
            "read": self._read,
            "state": "playing" if self.state == "paused" else self.state,
            "previous": self._previous and self._previous.isoformat(),
            "due": self.next_due and self.next_due.isoformat(),
            "tally": vars(self.tally) | {"rejected": dict(self.tally.rejected)},
        }
        self._world.note("played", self._run, learnt, standing)

    def pause(self, now: datetime) -> None:
        """Stand still; nothing is due until resumed."""
        if self.state == "playing":
            self.state, self._paused_at = "paused", now

    def resume(self, now: datetime) -> None:
        """Go on where it stood."""
        if self.state == "paused" and self._paused_at and self.next_due:
            self.next_due += now - self._paused_at
            self.state = "playing"

    def advance(self, now: datetime, most: int = 500) -> int:
        """Play what is due, `most` lines at once; return how many were played."""
        played = 0
        while self.state == "playing" and played < most:
            line, due = self._next, self.next_due
            if line is None or due is None or due > now:
                break
            self._play(line, due)
            played += 1
            self._fetch()
            self._note()
        return played

    def _fetch(self) -> None:
        """Read ahead to the next usable line, counting those that are not."""
        for raw in self._lines:
            self._read += 1
            if not raw.strip():
                continue
            self.tally.lines += 1
            line = read_line(raw)
            if isinstance(line, Line):
                self._schedule(line)
                return
            self.tally.rejected[line] += 1
        self._next, self.state = None, "ended"

    def _schedule(self, line: Line) -> None:
        gap = (line.time - self._previous).total_seconds() if self._previous else 0.0
        wait = min(max(gap, 0.0), self._max_gap) / self._speed
        if self.next_due is not None:
            self.next_due += timedelta(seconds=wait)
        self._previous = line.time
        self._next = line

    def _play(self, line: Line, at: datetime) -> None:
        known = self._known.get(line.id)
        if known is not None and not self._is_stub(known, line):
            self._again(line, known, at)
        elif line.kind == "post" and line.is_own:
            self._own_post(line, at)
        else:
            self.tally.items += 1
            self._learn(line.id, self._item(line, at))

    def _is_stub(self, native_id: int, line: Line) -> bool:
        status = self._world.statuses.get(native_id)
        return status is not None and status.theme == "stub" and line.kind == "post"

    def _again(self, line: Line, native_id: int, at: datetime) -> None:
        old = self._world.statuses.get(native_id) or self._world.comments.get(native_id)
        if old is None or line.text in ("", old.text):
            self.tally.rejected["duplicate"] += 1
            return
        self._world.edit(native_id, line.text, at)
        is_own = isinstance(old, Status) and old.owner is not None
        self.tally.own_posts += is_own
        self.tally.items += not is_own
        self.tally.edits += 1

    def _own_post(self, line: Line, at: datetime) -> None:
        self.tally.own_posts += 1
        stub = self._known.get(line.id)
        if stub is None:
            self._learn(line.id, self._world.publish(self._account, line.text, at).id)
            return
        self._world.fill(stub, line.text)

    def _item(self, line: Line, at: datetime) -> int:
        author = self._world.user(line.user, at)
        if line.kind == "message":
            return self._world.message(self._account, author, line.text, at).id
        if line.kind in ("post", "mention"):
            return self._world.mention(self._account, author, line.text, at).id
        parent = self._parent(line, at)
        status = self._world.statuses[parent.status] if isinstance(parent, Comment) else parent
        if line.kind == "repost":
            return self._world.repost(self._account, author, status, line.text, at).id
        answered = parent if isinstance(parent, Comment) else None
        return self._world.comment(
            self._account, author, status, line.text, at, reply_to=answered
        ).id

    def _parent(self, line: Line, at: datetime) -> Status | Comment:
        name = line.parent or f"event {line.event}"
        known = self._known.get(name)
        found = None
        if known is not None:
            found = self._world.statuses.get(known) or self._world.comments.get(known)
        if found is None:
            found = self._world.publish(self._account, STUB_TEXT, at, theme="stub")
            self._learn(name, found.id)
            self.tally.stubs += 1
        return found
