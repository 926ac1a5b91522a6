"""Judges with the model in office, and exchanges it while judging goes on."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from services.classify.core.needs import BatchJudge
from shared.bus.port import Bus
from shared.bus.timing import wait_or
from shared.contracts.facts import UndecodableError, decode
from shared.contracts.subjects import subject_for
from shared.contracts.system import ModelChosen
from shared.contracts.verdicts import Verdict
from shared.errors import PermanentError, TransientError, UserError
from shared.observability.catalog import Event
from shared.observability.logging import Log
from shared.observability.metrics import Metric, Metrics
from shared.runtime.clock import Clock

LOOK_SECONDS = 2.0
OWN = ModelChosen(term=0, model_id="", bundle="", decided_seq=0)
"""Nobody has put a model in office."""


@dataclass(frozen=True, slots=True)
class Judging:
    """Which model judges here, which is in office, and why they differ; "" when they do not."""

    model: str
    in_office: str
    refused: str


class Keeper:
    """A judge that follows the log's word on which model it is. A batch has one model throughout.

    What cannot be loaded changes nothing here but is told: the model before goes on judging.
    """

    def __init__(
        self,
        bus: Bus,
        own: BatchJudge,
        load: Callable[[bytes], BatchJudge],
        clock: Clock,
        metrics: Metrics,
    ) -> None:
        self._bus, self._own, self._load = bus, own, load
        self._clock, self._metrics = clock, metrics
        self._judge, self._chosen, self._refused = own, OWN, ""
        self._log = Log("classify")

    @property
    def model(self) -> str:
        """Return the id of the model that judges now."""
        return self._judge.model

    def judge(self, texts: Sequence[str]) -> list[Verdict]:
        """Return one verdict a text, all by one model."""
        return self._judge.judge(texts)

    def says(self) -> Judging:
        """Return what a person wants to know of it."""
        return Judging(self.model, self._chosen.model_id or self._own.model, self._refused)

    async def run(self, stop: asyncio.Event) -> None:
        """Look for another choice until told to stop."""
        while not stop.is_set():
            await self.look()
            await wait_or(stop, LOOK_SECONDS, self._clock)

    async def look(self) -> None:
        """Load what was chosen since. While the log is away, all stays as it is."""
        try:
            newest = await self._bus.last_on(subject_for(OWN))
            chosen = decode(newest.data) if newest else self._chosen  # purged: it still holds
            if isinstance(chosen, ModelChosen) and chosen != self._chosen:
                await self._take(chosen)
        except (TransientError, UndecodableError) as error:
            self._log.failed(Event.LOOP_RETRIES, error, loop="keeper")

    async def _take(self, chosen: ModelChosen) -> None:
        try:
            self._judge, self._refused = await self._judge_of(chosen), ""
        except (UserError, PermanentError) as error:
            self._refused = error.what if isinstance(error, UserError) else str(error)
            self._log.failed(Event.MODEL_REFUSED, model=chosen.model_id, cause=self._refused)
        else:
            self._log.info(Event.MODEL_LOADED, model=self.model)
        self._chosen = chosen
        self._metrics.set(Metric.MODEL_REFUSED, 1 if self._refused else 0)

    async def _judge_of(self, chosen: ModelChosen) -> BatchJudge:
        """Return the judge. Raises TransientError, UserError, PermanentError."""
        if not chosen.bundle or chosen.model_id == self._own.model:
            return self._own
        bundle = await self._bus.get_object(chosen.bundle)
        if bundle is None:
            raise PermanentError("its bundle is not in the object store")
        judge = await asyncio.to_thread(self._load, bundle)
        if judge.model != chosen.model_id:
            raise PermanentError(f"its bundle holds {judge.model}")
        return judge
