"""The durable work queue of the memory bus: deliver, wait for the ack, deliver again."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from shared.bus.matching import matches_any
from shared.bus.port import MAX_BATCH, MAX_BATCH_BYTES, Delivery, Message
from shared.bus.timing import Changes, Clock, wait_or

ACK_WAIT_SECONDS = 3.0
MAX_ACK_PENDING = 4 * MAX_BATCH
IDLE_SECONDS = 60.0
"""With nothing in flight only a new message can wake a worker; this merely bounds one wait."""


@dataclass(slots=True)
class _InFlight:
    message: Message
    attempt: int
    back_at: float


@dataclass
class Durable:
    """What all workers of one durable consumer share."""

    subjects: tuple[str, ...]
    max_deliver: int
    after_seq: int = 0
    in_flight: dict[int, _InFlight] = field(default_factory=dict)
    poisoned: Changes = field(default_factory=Changes)
    poison_listeners: list[deque[int]] = field(default_factory=list)

    def due(self, now: float, limit: int) -> list[_InFlight]:
        """Return what comes back now; what used up its attempts is reported and let go."""
        back = [each for each in self.in_flight.values() if each.back_at <= now]
        for each in [each for each in back if each.attempt >= self.max_deliver]:
            del self.in_flight[each.message.seq]
            for listener in self.poison_listeners:
                listener.append(each.message.seq)
            self.poisoned.ring()
        return [each for each in back if each.attempt < self.max_deliver][:limit]

    def first_open(self, log: Sequence[Message | None]) -> int:
        """Return the first sequence that is in flight or was not handed out yet."""
        ahead = (each for each in log[self.after_seq :] if each is not None)
        waiting = (each.seq for each in ahead if matches_any(self.subjects, each.subject))
        return min([*self.in_flight, next(waiting, len(log) + 1)])

    def fresh(self, log: Sequence[Message | None], limit: int) -> list[_InFlight]:
        """Take messages nobody was handed yet."""
        room = min(limit, MAX_ACK_PENDING - len(self.in_flight))
        taken: list[_InFlight] = []
        held = 0
        while len(taken) < room and self.after_seq < len(log):
            message = log[self.after_seq]
            held += len(message.data) if message else 0
            if taken and held > MAX_BATCH_BYTES:
                break
            self.after_seq += 1
            if message is not None and matches_any(self.subjects, message.subject):
                taken.append(_InFlight(message, 0, 0.0))
        return taken

    def next_return(self, now: float) -> float:
        """Return the seconds until something may come back."""
        backs = [each.back_at for each in self.in_flight.values()]
        return min(max(min(backs) - now, 0.0), IDLE_SECONDS) if backs else IDLE_SECONDS


class MemoryQueue:
    """One worker's hold on a durable consumer."""

    def __init__(
        self, durable: Durable, log: Sequence[Message | None], changes: Changes, clock: Clock
    ) -> None:
        self._durable, self._log = durable, log
        self._changes, self._clock = changes, clock

    async def take(self, limit: int = MAX_BATCH) -> Sequence[Delivery]:
        """Wait for at least one delivery, then return all that have arrived, at most `limit`."""
        while True:
            bell = self._changes.next
            now = self._clock.monotonic()
            handed = self._durable.due(now, limit)
            handed += self._durable.fresh(self._log, limit - len(handed))
            if handed:
                return [self._hand_out(each, now) for each in handed]
            await wait_or(bell, self._durable.next_return(now), self._clock)

    async def ack(self, deliveries: Sequence[Delivery]) -> None:
        """Say that these are done with."""
        for delivery in deliveries:
            self._durable.in_flight.pop(delivery.message.seq, None)
        self._changes.ring()

    async def in_progress(self, deliveries: Sequence[Delivery]) -> None:
        """Ask for more time."""
        self._postpone(deliveries, ACK_WAIT_SECONDS)

    async def nak(self, deliveries: Sequence[Delivery], delay_seconds: float) -> None:
        """Give them back, to be delivered again after the delay."""
        self._postpone(deliveries, delay_seconds)
        self._changes.ring()

    def _postpone(self, deliveries: Sequence[Delivery], seconds: float) -> None:
        back_at = self._clock.monotonic() + seconds
        for delivery in deliveries:
            held = self._durable.in_flight.get(delivery.message.seq)
            if held is not None:
                held.back_at = back_at

    def _hand_out(self, each: _InFlight, now: float) -> Delivery:
        each.attempt += 1
        each.back_at = now + ACK_WAIT_SECONDS
        self._durable.in_flight[each.message.seq] = each
        return Delivery(each.message, each.attempt, f"memory.{each.message.seq}")
