"""What a run is made of: its seed, how many kills, and the times it lets things take."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds. Short, so that a run is short; a live installation's are in its settings and pack."""

    lease: float = 2.0
    deadline: float = 2.0
    horizon: float = 3.0
    undo: float = 1.0
    acknowledge: float = 4.0
    first_reply: float = 8.0
    reach: float = 30.0
    """How long a step is waited for before it counts as never reached."""
    settle: float = 90.0
    """How long the house may take, undisturbed, to bring everything to its end."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What was asked for. `stream` None: people are invented from the seed."""

    kills: int
    seed: int
    stream: Path | None = None
    speed: str = "1x"
    per_second: float = 3.0
    environment: Mapping[str, str] = field(default_factory=dict)
    times: Times = field(default_factory=Times)
