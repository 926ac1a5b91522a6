"""`zhishou platforms`, `zhishou config` and the example files they lead to."""

import json
from pathlib import Path

import pytest

from services.cli.app import run
from services.cli.errors import WRONG_USE, guarded
from services.respond.console.settings import ConsoleSettings
from services.respond.settings import RespondSettings
from services.respond.shell.configuration import load_people, load_roster
from shared.platforms.registry import check_endpoint
from shared.runtime.accounts import load_accounts

EXAMPLES = Path(__file__).resolve().parents[3] / "deploy" / "examples"


def test_platforms_say_what_they_can_and_how_well_it_is_known(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["platforms", "--json"], {}) == 0
    assert json.loads(capsys.readouterr().out)["weibo"]["grade"]
    assert run(["platforms"], {}) == 0
    assert "comment units: 140" in capsys.readouterr().out


def test_settings_are_shown_without_their_secrets(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZHISHOU_NATS_URL", "nats://hush@10.0.0.5:4222")
    monkeypatch.setenv("ZHISHOU_PAGER_WEBHOOK_SECRET", "hush")
    assert run(["config", "show", "--json"], {}) == 0
    shown = capsys.readouterr().out
    assert json.loads(shown)["ZHISHOU_CONSOLE_PORT"] == 8750
    assert run(["config", "show"], {}) == 0
    assert "hush" not in shown + capsys.readouterr().out


def test_the_examples_are_a_house_that_could_start(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("accounts", "people", "roster"):
        monkeypatch.setenv(f"ZHISHOU_{name.upper()}_FILE", str(EXAMPLES / f"{name}.yaml"))
    assert run(["config", "check", "--json"], {}) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["accounts"] == ["plaza", "trial"]
    assert list(found["packs"]) == ["company"]
    people = {each.person_id for each in load_people(EXAMPLES / "people.yaml")}
    assert {each.person_id for each in load_roster(EXAMPLES / "roster.yaml")} <= people
    for account in load_accounts(EXAMPLES / "accounts.yaml"):
        check_endpoint(account)


@pytest.mark.parametrize(
    ("variable", "value"),
    [("HTTP_PORT", "many"), ("ACCOUNTS_FILE", "/none.yaml"), ("ACCOUNTS_FILE", __file__)],
)
def test_a_mistake_is_named_by_its_variable_or_file(
    variable: str,
    value: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(f"ZHISHOU_{variable}", value)
    assert guarded(lambda: run(["config", "check"], {})) == WRONG_USE
    line = capsys.readouterr().err
    assert line.count("\n") == 1
    assert variable in line or value in line


def test_the_console_finds_its_library_from_any_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert (RespondSettings().assets_dir / "htmx.min.js").is_file()
    assert ConsoleSettings().assets_dir == RespondSettings().assets_dir
