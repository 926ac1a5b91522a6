"""The judge follows the log's word on which model it is; what cannot be loaded changes nothing."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from services.classify.shell.keeper import LOOK_SECONDS, Judging, Keeper
from shared.bus.memory_bus import MemoryBus
from shared.bus.port import Outgoing, outgoing
from shared.contracts.facts import encode
from shared.contracts.subjects import message_id, subject_for
from shared.contracts.system import ModelChosen
from shared.contracts.verdicts import Verdict
from shared.errors import UserError
from shared.observability.metrics import Metric, Metrics
from tests.fakes.clock import FakeClock


@dataclass
class NamedJudge:
    """Says which model it is."""

    model: str

    def judge(self, texts: Sequence[str]) -> list[Verdict]:
        return [Verdict(model=self.model) for _ in texts]


def load(bundle: bytes) -> NamedJudge:
    """A bundle of these tests is the name of its model."""
    if not bundle.isascii():
        raise UserError("this bundle of weights is damaged")
    return NamedJudge(bundle.decode())


class Place:
    """A log, a judge of its own and the keeper between them."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.bus = MemoryBus(self.clock)
        self.metrics = Metrics()
        self.keeper = Keeper(self.bus, NamedJudge("own"), load, self.clock, self.metrics)
        self._seq = 0

    async def choose(self, model: str, body: bytes | None = None, *, kept: bool = True) -> None:
        data = model.encode() if body is None else body
        bundle = (await self.bus.put_object(data) if kept else "0" * 64) if model else ""
        self._seq += 1
        fact = ModelChosen(term=1, model_id=model, bundle=bundle, decided_seq=self._seq)
        await self.bus.publish([outgoing(fact)])

    def says(self, model: str, in_office: str, refused: str = "") -> None:
        assert self.keeper.says() == Judging(model, in_office, refused)
        assert self.metrics.value(Metric.MODEL_REFUSED) == bool(refused)
        assert [each.model for each in self.keeper.judge(["字"])] == [model]


async def test_without_a_choice_the_own_model_judges() -> None:
    place = Place()
    await place.keeper.look()
    place.says("own", "own")


async def test_what_was_chosen_judges_and_taken_back_the_own_does() -> None:
    place = Place()
    await place.choose("m1")
    await place.keeper.look()
    place.says("m1", "m1")
    await place.choose("")
    await place.keeper.look()
    place.says("own", "own")


async def test_a_bundle_that_does_not_load_leaves_the_model_before() -> None:
    place = Place()
    await place.choose("m1")
    await place.keeper.look()
    await place.choose("m2", "坏".encode())
    await place.keeper.look()
    place.says("m1", "m2", "this bundle of weights is damaged")
    await place.choose("m3", kept=False)
    await place.keeper.look()
    place.says("m1", "m3", "its bundle is not in the object store")
    await place.choose("m4", b"m5")
    await place.keeper.look()
    place.says("m1", "m4", "its bundle holds m5")
    await place.choose("m1")
    await place.keeper.look()
    place.says("m1", "m1")


async def test_a_word_that_was_purged_from_the_log_still_holds() -> None:
    place = Place()
    await place.choose("m1")
    await place.keeper.look()
    place.bus.remake()
    await place.keeper.look()
    place.says("m1", "m1")


async def test_the_own_model_is_not_loaded_again_when_it_is_chosen() -> None:
    place = Place()
    await place.choose("own", kept=False)
    await place.keeper.look()
    place.says("own", "own")


async def test_while_the_log_is_away_all_stays_as_it_is_and_is_made_up_for() -> None:
    place = Place()
    stop = asyncio.Event()
    await place.choose("m1")
    async with asyncio.TaskGroup() as group:
        group.create_task(place.keeper.run(stop))
        place.bus.away = True
        await place.clock.advance(LOOK_SECONDS)
        place.says("own", "own")
        place.bus.away = False
        while place.keeper.model == "own":  # it is loaded in a thread
            await place.clock.advance(LOOK_SECONDS)
        place.says("m1", "m1")
        stop.set()
        await place.clock.advance(LOOK_SECONDS)


async def test_a_word_of_a_newer_version_is_passed_over() -> None:
    place = Place()
    fact = ModelChosen(term=1, model_id="m1", bundle="", decided_seq=1)
    newer = encode(fact).replace(b'"version":1', b'"version":99')
    await place.bus.publish([Outgoing(subject_for(fact), newer, message_id(fact))])
    await place.keeper.look()
    place.says("own", "own")
