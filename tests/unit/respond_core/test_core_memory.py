"""What the core remembers for speed stays bounded, and copies are what the library's are."""

from functools import cached_property

from services.respond.core.state import SPEAKERS_LEAST, Aggregate, Changes, State
from shared.policy.cel import Condition
from shared.policy.model import Pack
from tests.fakes.clock import FakeClock

NOW = FakeClock().now()


class Told(Aggregate):
    """Somebody's matter, as a case is."""

    number: int
    by: str = ""

    @cached_property
    def key(self) -> str:
        return f"case:{self.number}"

    @property
    def speaker(self) -> str:
        return self.by


def test_who_has_no_matter_any_more_is_forgotten() -> None:
    state = State()
    for number in range(SPEAKERS_LEAST + 4):
        state.apply(Changes(puts={"case:0": Told(number=0, by=f"u{number}")}), NOW)
    assert len(state._speakers) < SPEAKERS_LEAST
    assert f"u{SPEAKERS_LEAST + 3}" in state._speakers


def test_a_condition_asked_ever_new_questions_forgets_and_answers_alike() -> None:
    condition = Condition("'t5' in case.topics")
    for _ in range(2):
        told = [condition.holds({"case.topics": [f"t{number}"]}) for number in range(1_100)]
        assert [number for number, holds in enumerate(told) if holds] == [5]


def test_a_pack_is_its_content_and_a_deep_copy_is_a_copy() -> None:
    pack = Pack(name="a")
    assert {pack: 1}[Pack(name="a")] == 1
    assert Told(number=1, by="u").model_copy(deep=True) == Told(number=1, by="u")
