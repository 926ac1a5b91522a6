"""Replays: the same file decides the same; nothing is unaccounted for; everything counts."""

import gzip
import json
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.cli.app import run
from services.cli.errors import guarded
from services.cli.replay.engine import replay as engine
from services.cli.replay.timeline import Timeline
from shared.contracts.facts import Stored
from shared.contracts.org import PolicyActivated
from shared.errors import UserError
from shared.runtime.packs import read_pack
from shared.runtime.settings import default_policies_dir
from shared.testing.pytest_plugin import Replayer
from shared.testing.recording import (
    BadLine,
    FactLine,
    ObjectLine,
    RawLine,
    open_recording,
    read_lines,
    write_recording,
)
from shared.testing.report import ReplayReport, difference

RECORDINGS = Path(__file__).resolve().parents[1] / "recordings"
MARKET = RECORDINGS / "market-day.jsonl"
REAL = Path(__file__).resolve().parents[3] / "shared" / "data" / "streams"
LINES = MARKET.read_text(encoding="utf-8").splitlines()


@cache
def the_market() -> ReplayReport:
    """Return the market day as the shipped rules and weights decide it; computed once."""
    return engine(MARKET)


def main(words: list[str]) -> int:
    return guarded(lambda: run(words, {}))


def test_the_market_day_is_decided_as_reviewed(replay: Replayer) -> None:
    report = replay.expect(MARKET, RECORDINGS / "market-day.expected.txt", pack="company")
    assert report.accounted
    assert (report.lines, report.own_posts) == (28, 1)
    assert sum(report.rejected.values()) == 3


def test_twice_is_the_same_and_the_pack_is_in_the_digest(replay: Replayer) -> None:
    first, second, base = replay(MARKET), replay(MARKET), replay(MARKET, pack="base")
    assert first.digest == second.digest
    assert first.digest != base.digest


@settings(max_examples=8, deadline=None)
@given(cut=st.integers(min_value=0, max_value=len(LINES)))
def test_a_prefix_of_the_file_is_a_prefix_of_the_decisions(
    cut: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    part = tmp_path_factory.mktemp("cut") / "part.jsonl"
    part.write_text("\n".join(LINES[:cut]), encoding="utf-8")
    whole, head = the_market(), engine(part)
    assert head.decisions == whole.decisions[: len(head.decisions)]
    assert head.accounted


def test_one_changed_text_changes_the_digest(replay: Replayer, tmp_path: Path) -> None:
    other = tmp_path / "other.jsonl"
    other.write_text(MARKET.read_text(encoding="utf-8").replace("今天人好多", "今天人好少"))
    assert replay(other).digest != the_market().digest


def test_one_changed_threshold_changes_the_digest(tmp_path: Path) -> None:
    policies = tmp_path / "policies"
    for folder in default_policies_dir().iterdir():
        (policies / folder.name).mkdir(parents=True)
        for file in folder.glob("*.yaml"):
            (policies / folder.name / file.name).write_bytes(file.read_bytes())
    assert engine(MARKET, policies_dir=policies).digest == the_market().digest
    pack = policies / "company" / "pack.yaml"
    pack.write_text(pack.read_text(encoding="utf-8") + "\nthresholds: {spam: 999}\n")
    assert engine(MARKET, policies_dir=policies).digest != the_market().digest


def test_another_model_changes_the_digest(tmp_path: Path) -> None:
    without_weights = engine(MARKET, weights_dir=tmp_path)
    assert without_weights.digest != the_market().digest
    assert "rules" in without_weights.model


def test_a_line_that_cannot_be_read_is_counted_with_its_reason(tmp_path: Path) -> None:
    bad = tmp_path / "bad.jsonl"
    bad.write_bytes(b'\xff\xfe\n[1]\n{"id":1}\n\n{"kind":"comment","id":"x","t":"2026-01-01"}\n')
    report = engine(bad)
    assert report.accounted
    assert report.items == 0
    assert report.lines == 4


def test_an_empty_file_decides_nothing(tmp_path: Path) -> None:
    empty = tmp_path / "empty.jsonl"
    empty.write_bytes(b"")
    assert engine(empty).lines == 0


def test_a_cut_compression_says_so(tmp_path: Path) -> None:
    cut = tmp_path / "cut.jsonl.gz"
    cut.write_bytes(gzip.compress(MARKET.read_bytes())[:-200])
    with pytest.raises(UserError, match="breaks off"):
        engine(cut)


def test_a_record_of_facts_round_trips(tmp_path: Path) -> None:
    pack = read_pack(default_policies_dir(), "base")
    at = datetime(2026, 5, 1, tzinfo=UTC)
    fact = PolicyActivated(pack="base", pack_hash=pack.content_hash(), activated_by="test")
    stored = Stored(seq=1, time=at, fact=fact)
    path = tmp_path / "log.jsonl"
    count, _ = write_recording(path, [stored], [pack.canonical()])
    lines = list(read_lines(open_recording(path)))
    assert count == 1
    assert isinstance(lines[0], ObjectLine)
    assert lines[1] == FactLine(3, stored)
    report = engine(path)
    assert (report.mode, report.facts, report.lines) == ("recorded", 2, 2)
    assert report.accounted
    assert engine(path, verdicts="compute").digest == report.digest


def test_a_record_without_its_pack_names_the_fix(tmp_path: Path) -> None:
    at = datetime(2026, 5, 1, tzinfo=UTC)
    fact = PolicyActivated(pack="base", pack_hash="0" * 64, activated_by="test")
    path = tmp_path / "log.jsonl"
    write_recording(path, [Stored(seq=1, time=at, fact=fact)])
    with pytest.raises(UserError, match="lacks the pack"):
        engine(path)
    assert engine(path, pack="base").facts == 1


def test_a_forged_object_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    head = {"format": "zhishou-recording", "version": 1}
    forged = {"object": "0" * 64, "body": "{}"}
    path.write_text(json.dumps(head) + "\n" + json.dumps(forged) + "\n", encoding="utf-8")
    assert isinstance(next(read_lines(open_recording(path))), BadLine)


def test_a_newer_recording_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_text('{"format":"zhishou-recording","version":99}\n', encoding="utf-8")
    with pytest.raises(UserError, match="version 99"):
        open_recording(path)


@pytest.mark.parametrize(
    ("options", "match"),
    [({"verdicts": "recorded"}, "no verdicts"), ({"verdicts": "maybe"}, "unknown verdicts")],
)
def test_wrong_options_say_what_to_do(options: dict[str, str], match: str) -> None:
    with pytest.raises(UserError, match=match):
        engine(MARKET, verdicts=options["verdicts"])


def test_a_missing_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot read the recording"):
        engine(tmp_path / "none.jsonl")


def test_the_timeline_never_steps_back() -> None:
    line, start = Timeline(), datetime(2026, 5, 1, tzinfo=UTC)
    hour = timedelta(hours=1)
    assert line.at(start) == start
    assert line.at(start + hour) == start + hour
    assert line.at(start - hour) == start + hour
    assert line.at(start) == start + 2 * hour


def test_raw_lines_carry_their_number() -> None:
    assert isinstance(next(read_lines(open_recording(MARKET))), RawLine)


def test_expect_exits_1_with_a_readable_diff(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    expected = tmp_path / "expected.txt"
    assert main(["replay", str(MARKET), "--write-expected", str(expected)]) == 0
    assert main(["replay", str(MARKET), "--expect", str(expected)]) == 0
    text = expected.read_text(encoding="utf-8").replace("case.opened", "case.closed", 1)
    expected.write_text(text, encoding="utf-8")
    capsys.readouterr()
    assert main(["replay", str(MARKET), "--expect", str(expected)]) == 1
    assert "case.closed" in capsys.readouterr().err


def test_against_another_pack_shows_what_would_change(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", str(MARKET), "--against", "base", "--json"]) == 0
    diff = json.loads(capsys.readouterr().out)["diff"]
    assert diff["only_first"]
    assert diff["only_second"]


def test_long_differences_are_cut() -> None:
    lines = difference([str(n) for n in range(500)], [], most=10)
    assert len(lines) == 11
    assert difference(["a"], ["a"]) == []


def test_no_command_shows_a_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", "/nowhere.jsonl", "--speed", "3x"]) == 2
    assert main(["replay", "/nowhere.jsonl"]) == 2
    assert "Traceback" not in capsys.readouterr().err


def _real_streams() -> list[Path]:
    return sorted(REAL.glob("*.jsonl.gz"))


@pytest.mark.parametrize("stream", _real_streams(), ids=lambda path: path.name)
def test_a_real_stream_replays_to_the_same_digest(stream: Path, tmp_path: Path) -> None:
    part = tmp_path / "part.jsonl"
    with gzip.open(stream, "rt", encoding="utf-8") as lines:
        part.write_text("".join(islice(lines, 600)), encoding="utf-8")
    first, second = engine(part), engine(part)
    assert first.digest == second.digest
    assert first.accounted
    assert first.lines == 600
