"""Misbehaviour on demand: each switch names an endpoint and how often it strikes."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random  # noqa: TID251 - the seeded generator is made from the world's seed
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Kind = Literal[
    "delay",
    "slow_answer",
    "drop_before",
    "drop_after_commit",
    "error",
    "quota_spent",
    "token_expired",
    "duplicate",
    "reorder",
    "visible_after",
    "takes_repeats",
]


class Fault(BaseModel):
    """One switch. `endpoint` is "2/comments/reply", "push" or "*"; `count` None means always."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Kind
    endpoint: str = "*"
    skip: int = Field(0, ge=0, description="let so many calls pass first")
    count: int | None = Field(None, ge=1, description="strike so many times, then stop")
    probability: float = Field(1.0, gt=0.0, le=1.0)
    seconds: float = Field(0.0, ge=0.0, le=3_600.0)
    code: int = Field(10001, ge=10_000, le=99_999)


@dataclass(slots=True)
class _Switch:
    fault: Fault
    seen: int = 0
    fired: int = 0


class FaultBoard:
    """The switches that are set; the same seed and calls strike at the same places."""

    def __init__(self, seed: int, faults: Sequence[Fault] = ()) -> None:
        self._dice = Random(seed)  # noqa: S311 - repeatability, not secrecy
        self._switches: list[_Switch] = []
        self.add(faults)

    def add(self, faults: Sequence[Fault]) -> None:
        """Set more switches."""
        self._switches.extend(_Switch(fault) for fault in faults)

    def clear(self) -> None:
        """Behave again."""
        self._switches.clear()

    def strike(self, endpoint: str, *kinds: Kind) -> Fault | None:
        """Return the first switch of these kinds that strikes this call, and count it."""
        for switch in self._switches:
            fault = switch.fault
            if fault.kind in kinds and fault.endpoint in ("*", endpoint) and self._fires(switch):
                return fault
        return None

    def report(self) -> list[dict[str, object]]:
        """Return each switch with how often it was asked and how often it struck."""
        return [
            {**switch.fault.model_dump(), "seen": switch.seen, "fired": switch.fired}
            for switch in self._switches
        ]

    def shuffle(self, rows: list[object]) -> None:
        """Reorder in place, repeatably."""
        self._dice.shuffle(rows)

    def _fires(self, switch: _Switch) -> bool:
        fault = switch.fault
        switch.seen += 1
        if switch.seen <= fault.skip or (fault.count is not None and switch.fired >= fault.count):
            return False
        if fault.probability < 1.0 and self._dice.random() >= fault.probability:
            return False
        switch.fired += 1
        return True
