"""A pytest fixture that replays recordings: `replay(path)` and `replay.expect(path, expected)`."""

from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from shared.testing.report import (
    ReplayEngine,
    ReplayReport,
    difference,
    expected_lines,
    read_expected,
)


@dataclass(frozen=True, slots=True)
class Replayer:
    """Replays files with the installed engine, and compares with expectation files."""

    engine: ReplayEngine

    def __call__(
        self, path: Path, *, pack: str | None = None, verdicts: str = "auto"
    ) -> ReplayReport:
        """Replay `path` offline on virtual time and return the report."""
        return self.engine(path, pack=pack, verdicts=verdicts)

    def expect(self, path: Path, expected: Path, *, pack: str | None = None) -> ReplayReport:
        """Replay and fail with a readable diff unless the decisions are the expected ones."""
        report = self(path, pack=pack)
        diff = difference(read_expected(expected), expected_lines(report))
        if diff:
            pytest.fail("\n".join(["decisions changed:", *diff]), pytrace=False)
        return report


@pytest.fixture(scope="session")
def replay() -> Replayer:
    """Return the replayer of this installation."""
    (point,) = entry_points(group="zhishou.engines", name="replay")
    engine: ReplayEngine = point.load()
    return Replayer(engine)
