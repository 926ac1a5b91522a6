"""Every recorded stream that lies beside the project, whole, twice: the same digest."""

from pathlib import Path

import pytest

from services.cli.replay.engine import replay

STREAMS = Path(__file__).resolve().parents[3] / "shared" / "data" / "streams"
pytestmark = pytest.mark.timeout(1_800)


@pytest.mark.parametrize("stream", sorted(STREAMS.glob("*.gz")), ids=lambda path: path.name)
def test_a_whole_stream_replays_to_the_same_digest(stream: Path) -> None:
    first, second = replay(stream), replay(stream)
    assert first.digest == second.digest
    assert first.accounted
    assert first.items > 0
    report = first.model_dump(mode="json", exclude={"incidents"})
    print(f"{stream.name}: {report}")  # noqa: T201  the note quotes it
