"""`zhishou policy diff`: which rules differ and where they stand, and what a day would have become."""

import json
from pathlib import Path

import pytest

from services.cli.app import run
from services.cli.errors import WRONG_USE, guarded
from shared.contracts.facts import Fact, Stored
from shared.contracts.org import ModelActivated
from shared.contracts.verdicts import Label
from shared.testing.recording import write_recording
from tests.fakes.builders import (
    a_claim,
    a_comment,
    a_draft,
    a_person,
    a_verdict,
    an_account,
    an_own_post,
    at,
)
from tests.fakes.core_story import Story

MARKET = Path(__file__).resolve().parents[1] / "recordings" / "market-day.jsonl"
STRICTER = """\
inherits: company
undo_seconds: 20
case_labels: [complaint]
clocks:
  - {when: "true", acknowledge_minutes: 15, first_reply_minutes: 120}
taboos:
  - {category: haste, level: block, reason: 不要急着许诺, phrases: [马上核实]}
templates:
  - {id: complaint-answer, text: 您好，马上核实。, approved_by: 宣传负责人}
"""


@pytest.fixture
def stricter(tmp_path: Path) -> str:
    folder = tmp_path / "stricter"
    folder.mkdir()
    (folder / "pack.yaml").write_text(STRICTER, encoding="utf-8")
    return str(folder)


def said(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert run(["policy", "diff", *words], {}) == 0
    return capsys.readouterr().out


def test_each_difference_is_told_with_its_file_and_line(
    stricter: str, capsys: pytest.CaptureFixture[str]
) -> None:
    body = json.loads(said(capsys, "company", stricter, "--json"))
    where = {tuple(each["path"]): (each["what"], each["where"]) for each in body["rules"]}
    assert where["undo_seconds",] == ("changed", "stricter/pack.yaml:2")
    assert where["taboos", "haste"] == ("added", "stricter/pack.yaml:7")
    assert where["templates", "complaint-answer", "text"][1] == "stricter/pack.yaml:9"
    removed = [
        each for each in body["rules"] if each["what"] == "removed" and each["path"] == ["clocks"]
    ]
    assert {each["where"].partition(":")[0] for each in removed} == {"base/pack.yaml"}
    assert "recording" not in body


def test_a_pack_does_not_differ_from_itself(capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, "company", "company").endswith(": 0 places differ\n")


def test_a_raw_day_is_decided_by_both(stricter: str, capsys: pytest.CaptureFixture[str]) -> None:
    body = json.loads(said(capsys, "company", stricter, "--recording", str(MARKET), "--json"))[
        "recording"
    ]
    first, second = body["cases"]
    assert 0 < second < first
    assert len([each for each in body["cases_changed"] if not each["second"]]) >= first - second
    assert any("acknowledge 15 min" in each["second"] for each in body["clocks"])
    assert body["suggestions"]
    told = said(capsys, "company", stricter, "--recording", str(MARKET))
    assert f"{first} -> {second} cases" in told


def test_texts_of_ours_are_checked_by_both_gates(
    tmp_path: Path, stricter: str, capsys: pytest.CaptureFixture[str]
) -> None:
    story = Story()
    case_id = story.complain().case_id
    facts: list[Fact] = [
        ModelActivated(model="m1", activated_by="x"),
        an_account(),
        a_person("li"),
        a_comment(),
        a_verdict("c1", Label.COMPLAINT),
        a_comment("c2", author="u2"),
        a_verdict("c2", Label.PRAISE),
        a_claim(case_id),
        a_draft(case_id),
        a_draft("nowhere", "马上核实", op="op-nowhere"),
        an_own_post(),
    ]
    day = tmp_path / "day.jsonl"
    stored = [Stored(seq=n, time=at(n), fact=fact) for n, fact in enumerate(facts, 1)]
    write_recording(day, stored)
    body = json.loads(said(capsys, "company", stricter, "--recording", str(day), "--json"))
    texts = {each["about"].split("“")[0]: each for each in body["recording"]["texts"]}
    assert set(texts) == {"reply op-draft ", "reply op-nowhere "}
    assert texts["reply op-draft "]["first"].startswith("pass")
    assert texts["reply op-draft "]["second"] == "block: 不要急着许诺"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("company", "no-such"), "there is no pack no-such"),
        (("company", "./no-such"), "there is no such pack"),
        (("company", "company", "--recording", "none.jsonl"), "none.jsonl"),
    ],
)
def test_a_mistake_is_one_clear_line(
    words: tuple[str, ...], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert guarded(lambda: run(["policy", "diff", *words], {})) == WRONG_USE
    assert told in capsys.readouterr().err


def test_a_directory_without_rules_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert guarded(lambda: run(["policy", "diff", "company", str(tmp_path)], {})) == WRONG_USE
    assert "no YAML file here" in capsys.readouterr().err
