"""A candidate beside the live model: agreement counted, differences by place, nothing written."""

import asyncio
import json
import logging
from pathlib import Path

import pytest

from services.classify.adapters.engine import Classifier
from services.classify.core.shadow import DIFFERENCES_MOST, WAITING_MOST, Shadow
from services.classify.shell.shadowing import Shadowing
from services.cli.app import run
from services.cli.shadow_cmd import readable
from shared.bus.memory_bus import MemoryBus
from shared.bus.port import Outgoing, outgoing
from shared.contracts.facts import Fact
from shared.contracts.verdicts import Label, Reason, Verdict
from shared.runtime.text_tables import load_tables
from shared.testing.recording import write_recording
from tests.fakes.builders import a_comment, a_tick, a_verdict, an_edit, classified, stored
from tests.fakes.candidates import a_candidate
from tests.fakes.clock import FakeClock
from tests.fakes.waiting import until

SPAN = Reason(label=Label.ABUSE, start=2, end=4, source="model", weight=1.5)
TEXT = "昨天买的蛋糕发霉了,没人管"


def says(*labels: Label, model: str = "live", abstained: bool = False) -> Verdict:
    reasons = [SPAN] if Label.ABUSE in labels else []
    return Verdict.of({}, model=model, decided=labels, reasons=reasons, abstained=abstained)


def compared(pairs: list[tuple[Verdict, Verdict]]) -> Shadow:
    shadow = Shadow()
    for number, (live, candidate) in enumerate(pairs):
        shadow.judged(f"i{number}", "v1", candidate)
        shadow.classified(f"i{number}", "v1", live)
    return shadow


def test_agreement_and_the_rates_of_both_are_counted_by_label() -> None:
    shadow = compared(
        [
            (says(Label.COMPLAINT), says(Label.COMPLAINT)),
            (says(Label.COMPLAINT), says(Label.ABUSE, abstained=True)),
            (says(), says()),
            (says(abstained=True), says(abstained=True)),
        ]
    )
    report = shadow.report()
    labels = report["labels"]
    assert isinstance(labels, dict)
    assert labels["complaint"] == {
        "agreement": 0.75,
        "live_rate": 0.5,
        "candidate_rate": 0.25,
        "live_only": 1,
        "candidate_only": 0,
    }
    assert labels["abstained"]["live_rate"] == 0.25
    assert labels["abstained"]["candidate_rate"] == 0.5
    assert (report["items"], report["differing"], report["live"]) == (4, 1, ["live"])
    assert report["differences"] == [
        {
            "item_id": "i1",
            "item_version": "v1",
            "live": (Label.COMPLAINT,),
            "candidate": (Label.ABUSE,),
            "spans": [{"side": "candidate", "label": Label.ABUSE, "start": 2, "end": 4}],
        }
    ]


def test_an_item_without_a_pair_is_told_and_no_figure() -> None:
    shadow = Shadow()
    shadow.judged("i1", "v1", says())
    shadow.classified("i1", "v2", says())
    shadow.classified("i2", "v1", says())
    report = shadow.report()
    assert (report["items"], report["unpaired"], report["labels"]) == (0, 1, {})


def test_what_is_kept_is_bounded() -> None:
    many = compared([(says(), says(Label.ABUSE))] * (2 * DIFFERENCES_MOST))
    assert (many.differing, len(many.differences)) == (2 * DIFFERENCES_MOST, DIFFERENCES_MOST)
    shadow = Shadow()
    for number in range(WAITING_MOST + 10):
        shadow.judged(f"i{number}", "v1", says())
    assert shadow.unpaired == 10


async def test_it_follows_the_log_and_leaves_it_as_it_was(tmp_path: Path) -> None:
    clock = FakeClock()
    bus = MemoryBus(clock)
    await bus.publish([outgoing(a_comment("old"))])
    running = Shadowing(Classifier.load(a_candidate(tmp_path / "c", Label.BOOKING), load_tables()))
    async with asyncio.TaskGroup() as group:
        following = group.create_task(running.follow(bus, clock, items=2, seconds=600))
        await clock.settle()
        noise = Outgoing("zs.v1.item.received.weibo.x.y", b"no fact", "noise")
        told: list[Fact] = [a_comment(), an_edit(), a_verdict("c1"), a_verdict("old"), a_tick()]
        await bus.publish([noise, *map(outgoing, told)])
        await bus.publish([outgoing(a_verdict("c1", Label.PRAISE, version="v2"))])

        def done() -> bool:
            return following.done()

        await until(done)
    report = running.report()
    assert str(report["candidate"]).startswith("candidate-")
    assert (report["items"], report["differing"]) == (2, 2)
    assert (await bus.state()).last_seq == 8, "what was told, and nothing more"


async def test_it_ends_when_its_time_is_over(tmp_path: Path) -> None:
    clock = FakeClock()
    running = Shadowing(Classifier.load(a_candidate(tmp_path / "c"), load_tables()))
    async with asyncio.TaskGroup() as group:
        following = group.create_task(running.follow(MemoryBus(clock), clock, items=2, seconds=9))

        async def over() -> bool:
            await clock.advance(1)
            return following.done()

        await until(over)
    assert running.report()["items"] == 0


@pytest.mark.long
def test_a_recording_is_compared_and_no_word_of_it_is_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    weights = a_candidate(tmp_path / "c", Label.BOOKING)
    path = tmp_path / "day.jsonl"
    facts = [a_comment(f"c{number}", f"{TEXT} {number}") for number in range(9)]
    verdicts = [
        classified(each.item_id, each.item_version, says(Label.COMPLAINT)) for each in facts
    ]
    write_recording(path, stored(*facts, *verdicts))
    words = ["shadow", "--weights", str(weights), "--recording", str(path)]
    with caplog.at_level(logging.INFO):
        assert run([*words, "--json"], {}) == 0
        report = json.loads(capsys.readouterr().out)
        assert run([*words, "--items", "3"], {}) == 0
    shown = capsys.readouterr().out
    assert report["items"] == 9
    assert report["labels"]["booking"]["candidate_rate"] == 1
    assert readable(report).splitlines()[1:] == shown.splitlines()[1:]
    assert TEXT[:4] not in json.dumps(report, ensure_ascii=False) + shown + caplog.text


@pytest.mark.long
def test_a_raw_stream_is_compared_with_what_the_shipped_model_says(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stream = Path(__file__).parents[2] / "recordings" / "market-day.jsonl"
    words = ["shadow", "--weights", str(a_candidate(tmp_path / "c")), "--recording", str(stream)]
    assert run([*words, "--json", "--items", "100000"], {}) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["items"] > 20
    assert (report["differing"], report["unpaired"]) == (0, 0)
