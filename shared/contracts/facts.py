"""The union of all facts, and the one place where bytes become facts and back."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Annotated, Final, NamedTuple, get_args

from pydantic import Field, TypeAdapter, ValidationError
from pydantic_core import from_json

from shared.contracts.base import FactBase, spelt
from shared.contracts.batches import ItemBatch
from shared.contracts.columns import read_columns
from shared.contracts.dues import DuesFact
from shared.contracts.flows import FlowFact
from shared.contracts.guidance import (
    BanLifted,
    BanSet,
    EntryApproved,
    EntryExpired,
    EntryWritten,
    ModelDrafted,
    PositionApproved,
    PositionEnded,
    PositionRequested,
    PositionWritten,
    ReceiptApproved,
    ReceiptStopped,
    ReceiptWritten,
)
from shared.contracts.incidents import IncidentFact
from shared.contracts.items import ItemClassified, ItemDeleted, ItemEdited, ItemReceived
from shared.contracts.operators import (
    CaseClaimed,
    CaseNoted,
    CaseReleased,
    CaseReopened,
    CaseResolved,
    ClaimJudged,
    ClaimOpened,
    LabelsCorrected,
    ModeChanged,
    ModelApproved,
    ModelProposed,
    ModelRolledBack,
    OutgoingPaused,
    PageAcknowledged,
    PromiseSettled,
    ReplyApproved,
    ReplyDrafted,
    ReplyReturned,
    ReplySendRequested,
    ReplySettled,
    ReplySubmitted,
    ReplyUndone,
)
from shared.contracts.org import (
    AccountRegistered,
    ModelActivated,
    PersonRegistered,
    PolicyActivated,
    RosterSet,
)
from shared.contracts.plans import PlanFact
from shared.contracts.policy import PolicyFact
from shared.contracts.posts import PostDeleted, PostSeen
from shared.contracts.received import Received, ReceivedBatch, read_batch, read_received
from shared.contracts.system import (
    ClockTicked,
    DecisionsRecorded,
    EffectFinished,
    EffectStarted,
    FactQuarantined,
    FactReleased,
    LeaderElected,
    LogRestored,
    ModelChosen,
    SegmentSealed,
    SourceReported,
)
from shared.contracts.taking_up import ItemTakenUp
from shared.contracts.upcast import upcast

OperatorFact = (
    CaseClaimed
    | CaseReleased
    | ReplyDrafted
    | ReplySubmitted
    | ReplyApproved
    | ReplyReturned
    | ReplySendRequested
    | ReplyUndone
    | ReplySettled
    | PromiseSettled
    | CaseResolved
    | CaseReopened
    | CaseNoted
    | LabelsCorrected
    | ClaimOpened
    | ClaimJudged
    | PageAcknowledged
    | ModeChanged
    | OutgoingPaused
    | ModelProposed
    | ModelApproved
    | ModelRolledBack
    | PositionWritten
    | PositionApproved
    | PositionEnded
    | PositionRequested
    | BanSet
    | BanLifted
    | EntryWritten
    | EntryApproved
    | EntryExpired
    | PolicyFact
    | ReceiptWritten
    | ReceiptApproved
    | ReceiptStopped
    | ModelDrafted
    | IncidentFact
    | FlowFact
    | DuesFact
    | PlanFact
    | ItemTakenUp
)
ItemFact = ItemReceived | ItemBatch | ItemEdited | ItemDeleted | ItemClassified
PostFact = PostSeen | PostDeleted
OrgFact = AccountRegistered | PersonRegistered | RosterSet | PolicyActivated | ModelActivated
SystemFact = (
    LeaderElected
    | ClockTicked
    | EffectStarted
    | EffectFinished
    | SourceReported
    | FactQuarantined
    | LogRestored
    | FactReleased
    | DecisionsRecorded
    | ModelChosen
    | SegmentSealed
)
Fact = ItemFact | PostFact | OperatorFact | OrgFact | SystemFact

FACT_CLASSES: tuple[type[FactBase], ...] = get_args(Fact)
"""Every fact class, newest versions."""

_ADAPTER: TypeAdapter[Fact] = TypeAdapter(Annotated[Fact, Field(discriminator="kind")])


class UndecodableError(ValueError):
    """The bytes are not a fact of any version we know."""


def encode(fact: Fact) -> bytes:
    """Return the fact as compact UTF-8 JSON."""
    return spelt(fact) if type(fact) in _LARGE else _ADAPTER.dump_json(fact)


_LARGE: Final = frozenset({ItemBatch, ItemClassified, DecisionsRecorded})
"""Facts of hundreds of items; a law holds both ways to the same bytes."""


def decode(data: bytes | str) -> Fact:
    """Return the fact in `data`, upcast to its newest version.

    Raises:
        UndecodableError: not JSON, unknown kind, unknown version, or a field is wrong.
    """
    columns = read_columns(data)
    if columns is not None:
        return columns
    try:
        return _ADAPTER.validate_json(data)
    except ValidationError:
        return _decode_older(data)


def _decode_older(data: bytes | str) -> Fact:
    try:
        return _ADAPTER.validate_python(upcast(from_json(data)))
    except (ValidationError, ValueError, KeyError, TypeError) as error:
        raise UndecodableError(str(error)) from error


def singly(fact: Fact) -> Sequence[Fact]:
    """Return the items of a batch, each as the fact it is alone; any other fact as it is."""
    return fact.items if isinstance(fact, ItemBatch) else (fact,)


class Stored(NamedTuple):
    """A fact as the log keeps it: its place, and the time the stream stored it."""

    seq: int
    time: datetime
    fact: Fact


class StoredItem(NamedTuple):
    """The same for an item that was read the cheap way."""

    seq: int
    time: datetime
    fact: Received


class StoredBatch(NamedTuple):
    """The same for items that came together."""

    seq: int
    time: datetime
    fact: ReceivedBatch


Told = Stored | StoredItem | StoredBatch
_made: Final = tuple.__new__
"""A named tuple of its parts, without the call in Python that its own name is."""


def told(seq: int, time: datetime, data: bytes) -> Told:
    """Return what `decode` would, but items the cheap way. Raises UndecodableError."""
    batch = read_batch(data)
    if batch is not None:
        return _made(StoredBatch, (seq, time, batch))
    item = read_received(data)
    if item is None:
        return Stored(seq, time, decode(data))
    return _made(StoredItem, (seq, time, item))


def stored_singly(each: Stored) -> Iterator[Stored]:
    """The same of a fact that was read as a model."""
    return (each._replace(fact=fact) for fact in singly(each.fact))


def told_singly(each: Told) -> Iterator[Told]:
    """Yield the items of a batch one by one, at its place and time; any other fact as it is."""
    if isinstance(each, StoredBatch):
        for item in each.fact.items:
            yield _made(StoredItem, (each.seq, each.time, item))
    elif isinstance(each, StoredItem):
        yield each
    else:
        yield from stored_singly(each)
