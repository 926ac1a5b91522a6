"""Turns the lines of a recording into batches of stored facts, each line accounted for."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count, islice

from services.cli.replay.timeline import Timeline
from services.respond.core.fold import released
from shared.contracts.batches import ItemBatch
from shared.contracts.facts import Fact, Stored, singly, stored_singly
from shared.contracts.items import (
    ItemClassified,
    ItemDeleted,
    ItemEdited,
    ItemReceived,
)
from shared.contracts.operators import ModelApproved, ModelProposed, ModelRolledBack
from shared.contracts.org import (
    AccountRegistered,
    Contact,
    Duty,
    ModelActivated,
    PersonRegistered,
    PolicyActivated,
    Role,
    RosterSet,
)
from shared.contracts.posts import PostSeen
from shared.contracts.system import FactReleased
from shared.contracts.verdicts import Verdict
from shared.platforms.port import Incoming, Rejected
from shared.platforms.recording import RecordingMapper
from shared.testing.recording import BadLine, FactLine, Line, ObjectLine, RawLine

BATCH = 256
ACCOUNT, PERSON = "replay", "replay"
_MODEL_OPERATIONS = ModelProposed | ModelApproved | ModelRolledBack
_LONG = timedelta(days=36_500)

Judge = Callable[[Sequence[str]], Sequence[Verdict]]


@dataclass(slots=True)
class Tally:
    """What became of the lines of the file."""

    lines: int = 0
    items: int = 0
    own_posts: int = 0
    facts: int = 0
    rejected: Counter[str] = field(default_factory=Counter)

    def count(self, fact: Fact) -> None:
        """Count one accepted line by what it holds; items that came together are a line each."""
        if isinstance(fact, ItemReceived | ItemEdited | ItemDeleted | ItemBatch):
            self.items += len(singly(fact))
            self.lines += len(singly(fact)) - 1
        elif isinstance(fact, PostSeen):
            self.own_posts += 1
        else:
            self.facts += 1


def organisation(pack: str, pack_hash: str, model: str, start: datetime) -> list[Fact]:
    """Return the facts that stand before a raw stream: one account, one person always on call."""
    duty = Duty(
        person_id=PERSON,
        start=start,
        end=start + _LONG,
        contacts=(Contact(channel="console_log", address_ref=PERSON),),
    )
    return [
        PolicyActivated(pack=pack, pack_hash=pack_hash, activated_by=PERSON),
        ModelActivated(model=model, activated_by=PERSON),
        AccountRegistered(
            revision="1",
            account_id=ACCOUNT,
            platform="weibo",
            native_id=ACCOUNT,
            name=ACCOUNT,
            pack=pack,
        ),
        PersonRegistered(revision="1", person_id=PERSON, name=PERSON, roles=(Role.ADMIN,)),
        RosterSet(revision="1", duties=(duty,)),
    ]


def raw_batches(
    lines: Iterable[Line], tally: Tally, judge: Judge, head: Callable[[datetime], list[Fact]]
) -> Iterator[list[Stored]]:
    """Yield batches of facts of a raw stream, each item followed by its verdict.

    `head` gives the facts that stand before the first line, at that line's time.
    """
    mapper, timeline, seqs = RecordingMapper(ACCOUNT), Timeline(), count(1)
    begun = False
    reader = iter(lines)
    while chunk := list(islice(reader, BATCH)):
        taken = [pair for line in chunk for pair in _accept(line, mapper, timeline, tally)]
        if not taken:
            continue
        facts: list[tuple[datetime, Fact]] = []
        if not begun:
            begun, start = True, taken[0][0]
            facts = [(start, fact) for fact in head(start)]
        facts += _with_verdicts(taken, judge)
        yield [Stored(seq=next(seqs), time=at, fact=fact) for at, fact in facts]


def _accept(
    line: Line, mapper: RecordingMapper, timeline: Timeline, tally: Tally
) -> list[tuple[datetime, Fact]]:
    tally.lines += 1
    match line:
        case RawLine():
            mapped = mapper.map_line(line.body)
        case BadLine():
            mapped = Rejected(line.why.split(":", maxsplit=1)[0])
        case _:
            mapped = Rejected("not a line of a raw stream")
    if isinstance(mapped, Rejected):
        tally.rejected[mapped.reason] += 1
        return []
    tally.count(mapped[0])
    at = timeline.at(_given_time(mapped[0]))
    return [(at, fact) for fact in mapped]


def _given_time(fact: Incoming) -> datetime:
    match fact:
        case ItemEdited():
            return fact.edited_at.astimezone(UTC)
        case ItemDeleted():
            return datetime.min.replace(tzinfo=UTC)
        case _:
            return fact.published_at.astimezone(UTC)


def _with_verdicts(
    taken: Sequence[tuple[datetime, Fact]], judge: Judge
) -> Iterator[tuple[datetime, Fact]]:
    texts = [fact.text for _, fact in taken if isinstance(fact, ItemReceived | ItemEdited)]
    verdicts = iter(judge(texts))
    for at, fact in taken:
        yield at, fact
        if isinstance(fact, ItemReceived | ItemEdited):
            yield at, verdict_on(fact, next(verdicts))


def verdict_on(fact: ItemReceived | ItemEdited, verdict: Verdict) -> ItemClassified:
    """Return the fact that classify would publish for this version of this item alone."""
    return ItemClassified.of([(fact.item_id, fact.item_version)], (verdict,))


def fact_batches(
    lines: Iterable[Line],
    tally: Tally,
    objects: dict[str, bytes],
    judge: Judge | None,
    model: str = "",
) -> Iterator[list[Stored]]:
    """Yield batches of a record of the log; with `judge`, verdicts are made again by `model`."""
    reader = iter(lines)
    while chunk := list(islice(reader, BATCH)):
        kept = [fact for line in chunk if (fact := _fact(line, tally, objects)) is not None]
        if judge is not None:
            kept = _judged_again(kept, judge, model)
        if kept:
            yield kept


def with_released(
    batches: Iterable[list[Stored]], quarantined: AbstractSet[int]
) -> Iterator[list[Stored]]:
    """Put what was quarantined and released later where it was released, as the live fold does."""
    held: dict[int, Fact] = {}
    for batch in batches:
        held |= {each.seq: each.fact for each in batch if each.seq in quarantined}
        yield [
            _released(each, each.fact, held) if isinstance(each.fact, FactReleased) else each
            for each in batch
        ]


def _released(at: Stored, release: FactReleased, held: Mapping[int, Fact]) -> Stored:
    original = held.get(release.seq)
    found = None if original is None else released(at.seq, at.time, release, original)
    return found or at


def _fact(line: Line, tally: Tally, objects: dict[str, bytes]) -> Stored | None:
    tally.lines += 1
    match line:
        case FactLine():
            tally.count(line.stored.fact)
            return line.stored
        case ObjectLine():
            objects[line.sha256] = line.body
            tally.facts += 1
        case BadLine():
            tally.rejected[line.why.split(":", maxsplit=1)[0]] += 1
        case RawLine():
            tally.rejected["not a fact"] += 1
    return None


def _judged_again(kept: Sequence[Stored], judge: Judge, model: str) -> list[Stored]:
    """Let this model alone judge from the start, whichever was in office when it was recorded.

    Each verdict comes directly after its item, also where items came together.
    """
    kept = [single for each in kept for single in stored_singly(each)]
    texts = [each.fact.text for each in kept if isinstance(each.fact, ItemReceived | ItemEdited)]
    verdicts = iter(judge(texts))
    again: list[Stored] = []
    for each in kept:
        if isinstance(each.fact, ItemClassified | _MODEL_OPERATIONS):
            continue
        if isinstance(each.fact, ModelActivated):
            own = each.fact.model_copy(update={"model": model})
            again.append(each._replace(fact=own))
            continue
        again.append(each)
        if isinstance(each.fact, ItemReceived | ItemEdited):
            made = verdict_on(each.fact, next(verdicts))
            again.append(Stored(seq=each.seq, time=each.time, fact=made))
    return again
