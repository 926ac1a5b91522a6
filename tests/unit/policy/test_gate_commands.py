"""`zhishou gate` and `zhishou policy` as a user calls them."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from services.cli import gate_cmds, policy_cmds
from shared.errors import UserError


@pytest.fixture
def app() -> typer.Typer:
    """Return a command line with these commands only."""
    made = typer.Typer()
    gate_cmds.register(made)
    policy_cmds.register(made)
    return made


def test_each_line_is_answered_in_order_and_a_bad_one_fails_the_run(app: typer.Typer) -> None:
    lines = '大概明天\n\n{"id":"a","text":"您好"}\n{"id":3}\n'
    result = CliRunner().invoke(app, ["gate", "check"], input=lines)
    answers = [json.loads(each) for each in result.stdout.splitlines()]
    assert [each.get("level", "error") for each in answers] == ["block", "pass", "error"]
    assert answers[2]["error"]["line"] == 4
    assert result.exit_code == 1


def test_a_file_may_be_named(app: typer.Typer, tmp_path: Path) -> None:
    file = tmp_path / "out.jsonl"
    file.write_text('{"id":"a","text":"您好"}\n', encoding="utf-8")
    assert CliRunner().invoke(app, ["gate", "check", str(file)]).exit_code == 0
    missing = CliRunner().invoke(app, ["gate", "check", str(tmp_path / "none")])
    assert isinstance(missing.exception, UserError)


def test_a_pack_is_shown_with_its_hash(app: typer.Typer) -> None:
    shown = json.loads(CliRunner().invoke(app, ["policy", "show", "base"]).stdout)
    assert shown["pack"]["name"] == "base"
    assert len(shown["hash"]) == 64


def test_shipped_packs_are_clean_and_keep_their_cases(app: typer.Typer) -> None:
    assert "company" in json.loads(CliRunner().invoke(app, ["policy", "lint", "--json"]).stdout)
    assert "failed: []" in CliRunner().invoke(app, ["policy", "test"]).stdout


def test_a_pack_that_breaks_its_case_fails(app: typer.Typer, tmp_path: Path) -> None:
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "pack.yaml").write_text("version: '1'\n", encoding="utf-8")
    case = {"text": "您好", "expect": {"level": "block"}}
    (folder / "cases.jsonl").write_text(json.dumps(case) + "\n", encoding="utf-8")
    result = CliRunner().invoke(app, ["policy", "test", "own", "--policies", str(tmp_path)])
    assert result.exit_code == 1


def test_every_command_has_an_example(app: typer.Typer) -> None:
    for command in (["gate", "check"], ["policy", "show"], ["policy", "lint"], ["policy", "test"]):
        assert "Example" in CliRunner().invoke(app, [*command, "--help"]).stdout
