"""Where each account's reading stands, kept beside the log and moved only after its ack."""

from dataclasses import dataclass

from pydantic import BaseModel, ValidationError

from services.ingest.shell.intake import Intake
from shared.bus.ancestry import holds
from shared.bus.port import Bus
from shared.contracts.ids import token
from shared.contracts.subjects import CURSORS
from shared.observability.catalog import Event
from shared.observability.logging import Log


class _Record(BaseModel):
    incarnation: str
    last_seq: int
    cursor: str


@dataclass(slots=True)
class _Held:
    revision: int
    incarnation: str
    cursor: str | None


class CursorBook:
    """The cursor of one account, revision-checked: two pollers can never both move it."""

    def __init__(self, bus: Bus, intake: Intake, account_id: str) -> None:
        self._bus = bus
        self._intake = intake
        self._key = f"{CURSORS}.{token('account', account_id)}"
        self._held: _Held | None = None
        self._log = Log("ingest")

    async def current(self) -> str | None:
        """Return the cursor, from memory when nothing happened since it was read or moved.

        None means: read the look-back again. That is also the answer when the log lost its tail
        (invariant 12); what it still has, it refuses to take twice. A cursor that is no newer than
        the backup a log was restored from reads on from there. Raises TransientError.
        """
        if self._held is not None and await self._is_another_log(self._held):
            self._held = None
        if self._held is None:
            self._held = await self._load()
        return self._held.cursor

    async def move(self, cursor: str) -> None:
        """Move it. Raises TransientError, also when somebody else moved it first."""
        held = self._held
        if held is None or held.cursor == cursor:
            return
        self._held = None  # until we know: after a failure it is read afresh
        record = _Record(
            incarnation=held.incarnation, last_seq=self._intake.newest_seq, cursor=cursor
        )
        data = record.model_dump_json().encode()
        revision = await self._bus.put_value(self._key, data, revision=held.revision)
        self._held = _Held(revision, held.incarnation, cursor)

    def distrust(self) -> None:
        """Something went wrong: read it afresh next time, and look at the log's end again."""
        self._held = None

    async def _is_another_log(self, held: _Held) -> bool:
        """Tell whether the log is not the one we knew: a server may come back so, unnoticed.

        A log that has grown again is long enough, but its records have forgotten our last move.
        """
        acked = self._intake.newest_seq
        found = await self._bus.get_value(self._key)
        state = await self._bus.state()
        if (found[1] if found else 0) < held.revision:
            self._log.warning(Event.LOG_TAIL_LOST, log_ends=state.last_seq, acked=acked)
            self._intake.forget()
            return True
        return state.incarnation != held.incarnation or state.last_seq < acked

    async def _load(self) -> _Held:
        # The log's end last: what was acked meanwhile, here or elsewhere, must not seem to be lost.
        acked = self._intake.newest_seq
        found = await self._bus.get_value(self._key)
        state = await self._bus.state()
        if found is None:
            return _Held(0, state.incarnation, None)
        data, revision = found
        try:
            record = _Record.model_validate_json(data)
        except ValidationError:
            return _Held(revision, state.incarnation, None)
        newest = max(record.last_seq, acked)
        if record.incarnation == state.incarnation and state.last_seq >= newest:
            return _Held(revision, state.incarnation, record.cursor)
        self._log.warning(Event.LOG_TAIL_LOST, log_ends=state.last_seq, acked=newest)
        self._intake.forget()
        if await holds(self._bus, record.incarnation, record.last_seq):
            return _Held(revision, state.incarnation, record.cursor)  # from a backup: read on
        return _Held(revision, state.incarnation, None)
