"""What one poll brings in: parsed entries against the memory become facts, oldest first."""

from dataclasses import dataclass, field
from datetime import datetime

from shared.contracts.posts import PostSeen
from shared.platforms.port import Incoming, Rejected
from shared.platforms.weibo.mapping import (
    Entry,
    Owner,
    Parsed,
    Stub,
    deleted,
    edited,
    next_version,
    received,
)
from shared.platforms.weibo.memory import Known, Memory, text_mark


@dataclass(slots=True)
class Harvest:
    """Collects the facts of one poll and keeps the memory in step with them."""

    owner: Owner
    memory: Memory
    now: datetime
    rejected: list[Rejected] = field(default_factory=list)
    _arrived: list[tuple[datetime, Incoming]] = field(default_factory=list)
    _changed: list[Incoming] = field(default_factory=list)

    def take(self, parsed: Parsed) -> None:
        """Bring in one parsed entry; what is known and unchanged adds nothing."""
        match parsed:
            case Rejected():
                self.rejected.append(parsed)
            case PostSeen():
                self._own_post(parsed)
            case Stub():
                self._stub(parsed)
            case Entry():
                self._entry(parsed)

    def gone(self, native_id: str, known: Known) -> None:
        """Report that a remembered item is no longer there."""
        self.memory.bury(native_id, known)
        self._changed.append(deleted(known.kind, native_id, known.version, self.owner))

    def incoming(self) -> list[Incoming]:
        """Return the facts: arrivals by the platform's time, then edits and deletions."""
        arrived = sorted(self._arrived, key=lambda pair: pair[0])
        return [fact for _, fact in arrived] + self._changed

    def __len__(self) -> int:
        return len(self._arrived) + len(self._changed)

    def _own_post(self, post: PostSeen) -> None:
        if self.memory.is_new_own(post.post_id):
            self._arrived.append((post.published_at, post))

    def _stub(self, stub: Stub) -> None:
        known = self.memory.known(stub.kind, stub.native_id)
        if known is None:
            self.rejected.append(Rejected("deleted before it was read", stub.native_id))
        elif not known.gone:
            self.gone(stub.native_id, known)

    def _entry(self, entry: Entry) -> None:
        known = self.memory.known(entry.kind, entry.native_id)
        if known is None:
            self._arrival(entry)
        elif not known.gone and known.text_mark != text_mark(entry.text):
            self._changed.append(edited(entry, self.owner, known.version, self.now))
            version = next_version(entry, known.version)
            self.memory.remember(known.kind, entry.native_id, version, entry.text)

    def _arrival(self, entry: Entry) -> None:
        if entry.post is not None:
            self._own_post(entry.post)
        fact = received(entry, self.owner, "poll")
        self._arrived.append((entry.published_at, fact))
        self.memory.remember(entry.kind, entry.native_id, fact.item_version, entry.text)
