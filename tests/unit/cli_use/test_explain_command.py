"""`zhishou explain` on the command line."""

import json
import subprocess
import sys

import pytest

from services.cli.app import run
from services.cli.errors import guarded

TEXT = "等了三天没人管，我要投诉！"


def told(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = guarded(lambda: run(words, {}))
    said = capsys.readouterr()
    return code, said.out, said.err


def test_a_person_reads_what_holds_what_speaks_for_it_and_what_would_turn_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code, out, _ = told(capsys, "explain", TEXT)
    assert code == 0
    assert out.startswith("complaint")
    assert "投诉" in out
    assert "without 「" in out


def test_a_program_reads_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = told(capsys, "explain", TEXT, "--json", "--most", "2", "--label", "rumour")
    [rumour] = json.loads(out)["labels"]
    assert rumour["label"] == "rumour"
    assert not rumour["decided"]
    assert len(rumour["pieces"]) == 2
    assert rumour["flip"] is None


def test_a_text_comes_from_standard_input_too() -> None:
    command = (sys.executable, "-m", "services.cli", "explain", "--json")
    body = json.loads(subprocess.check_output(command, input=TEXT.encode() + b"\n"))
    assert body["text"] == TEXT
    assert body["decided"] == ["complaint"]


def test_a_label_that_is_none_is_refused_with_those_there_are(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code, _, err = told(capsys, "explain", TEXT, "--label", "angry")
    assert code == 2
    assert "no label angry" in err
    assert "complaint" in err
