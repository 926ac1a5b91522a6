"""Every subject, stream, consumer and object bucket name, written down once.

`zs.v1.<entity>.<fact>.<platform>.<account>.<cause>`: platform is a word of ours, account and
cause are hashes (invariant 10), so no text of a user ever enters a subject.
"""

from shared.contracts.facts import Fact
from shared.contracts.ids import token

ROOT = "zs.v1"
STREAM = "ZS"
STREAM_SUBJECTS = (f"{ROOT}.>",)
OBJECTS = "ZS_OBJECTS"
VALUES = "ZS_RECORDS"
LEADER_SUBJECT = f"{ROOT}.leader.elected"
LOG_RESTORED = f"{ROOT}.log.restored"
ITEMS_TO_CLASSIFY = (f"{ROOT}.item.*.>",)
"""Batches, received, edited and deleted ones, which all have longer subjects than verdicts. One filter only:
with two, the server looks through all subjects of a block for each message that it passes over."""
ITEMS_AND_VERDICTS = f"{ROOT}.item.>"
DELETIONS = f"{ROOT}.item.deleted."
CLASSIFY_CONSUMER = "classify-items"
WATCHDOG_BEAT = "watchdog.beat"
"""The small record in which the watchdog says when it last lived."""
CURSORS, PASSWORDS = "cursor", "people"
"""First words of the keys of small records; a dot parts them, so that rights can end there."""
NEWEST_BACKUP = "backup.newest"
"""The small record in which the newest backup is noted."""
SEGMENTS_SEALED = f"{ROOT}.segment.sealed"
WATCHDOG_NEED = "watchdog.need"
"""The small record in which the watchdog says which facts it has not read yet."""
LOG_FLOOR = "log.floor"
"""The small record of who still needs which facts, and up to where the log was purged."""
ARCHIVE_PULSE = "archive.pulse"
"""The small record the archive writes again and again: a store that is full refuses it."""
SNAPSHOTS = "respond.snapshots"
"""The small record of the snapshots that count."""
PURGED_FIRST = (f"{ROOT}.item.classified", f"{ROOT}.decisions.recorded", f"{ROOT}.clock.ticked")
"""Most of the log's bytes; once sealed and needed by nobody they may leave it."""
PURGED_LATER = (
    f"{ROOT}.item.batch.>",
    f"{ROOT}.item.received.>",
    f"{ROOT}.item.edited.>",
    f"{ROOT}.item.deleted.>",
)
"""They keep an item from coming twice, so they stay until ingest refuses it as too old
(docs/adr/0021). Everything else stays for good: leaders, people's actions, what left the house."""
NOWHERE = f"{ROOT}.nowhere"
"""Nobody ever writes here."""
LIVE_ROOT = "zs-live.v1"
LIVE_COMMITTED = f"{LIVE_ROOT}.committed"
"""Not stored: 'the leader has committed up to here', for consoles."""


def message_id(fact: Fact) -> str:
    """Return the Nats-Msg-Id: the same cause always gives the same id."""
    return token(fact.kind, str(fact.version), *fact.cause())


def is_once(fact: Fact) -> bool:
    """Tell whether the log may ever hold one message only for this fact (invariant 9).

    A second verdict on one version is harmless (the fold ignores it), so verdicts do not pay the
    memory of a subject each. Nor do items that came together: whoever writes them knows what the
    log has (ADR 0066).
    """
    return fact.kind in {"item.received", "item.edited", "item.deleted"}


def version_mark(item_id: str, item_version: str) -> str:
    """Return the mark of an item's version: the end of its subject where it came alone."""
    return token("item.received", "1", item_id, item_version)


def batches_of(platform: str, account: str) -> str:
    """Return the one subject of an account's items that came together."""
    return f"{ROOT}.item.batch.{platform}.{token('account', account)}"


def singles_of(platform: str, account: str) -> str:
    """Return the pattern of an account's items that came alone, as all did in older logs."""
    return f"{ROOT}.item.received.{platform}.{token('account', account)}.>"


def subject_for(fact: Fact) -> str:
    """Return the subject of a fact.

    A once-only fact gets a subject of its own and is published with "last sequence 0". Facts of
    an account carry its hash; leader, clocks and people do not.
    """
    platform, account = fact.scope()
    head = f"{ROOT}.{fact.kind}"
    if not account:
        return head
    scoped = f"{head}.{platform}.{token('account', account)}"
    return f"{scoped}.{message_id(fact)}" if is_once(fact) else scoped
