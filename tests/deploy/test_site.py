"""The example settings fit the services, and `zhishou config site` makes a site of them that nobody else has."""

import json
import re
import stat
from configparser import ConfigParser
from importlib import import_module
from pathlib import Path

import pytest
from pydantic import ValidationError

from services.cli.app import run
from services.cli.errors import WRONG_USE, guarded
from shared.platforms.mock.platform import MockOptions, MockPlatform
from shared.platforms.mock.server import describe
from shared.platforms.registry import check_endpoint
from shared.runtime.accounts import load_accounts
from shared.runtime.clock import SystemClock
from shared.runtime.settings import CommonSettings
from tests.fakes.deployed import DEPLOY, passwords, variables

SERVICES = ("ingest", "classify", "respond", "watchdog", "archive")
EXAMPLES = sorted((DEPLOY / "env").glob("*.env"))
OF_THE_COMMAND_LINE = {"ZHISHOU_DURABLE"}
WITHOUT_STORE = {"classify", "archive"}


def settings_of(service: str) -> type[CommonSettings]:
    """Return the settings class of a service; that of respond knows all an operator says."""
    name = "respond" if service in {"operator", "admin"} else service
    module = import_module(f"services.{name}.settings")
    found: type[CommonSettings] = getattr(module, f"{name.capitalize()}Settings")
    return found


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_every_variable_of_an_example_is_one_its_process_reads(example: Path) -> None:
    service = example.name.split(".")[0]
    said = variables(example.read_text(encoding="utf-8"), commented=True)
    if service in {"nats", "valkey"}:
        rules = (DEPLOY / service).glob("*.*")
        asked = {
            each for path in rules for each in re.findall(r"\$(\w+)", path.read_text("utf-8"))
        }
        known = set(passwords(service)) | (asked & {"NATS_SYNC"})
        missing = {f"VALKEY_{each.upper()}_PASSWORD" for each in WITHOUT_STORE}
        assert set(said) == known - missing
        return
    fields = settings_of(service).model_fields
    known = {f"ZHISHOU_{name.upper()}" for name in fields}
    assert set(said) - OF_THE_COMMAND_LINE <= known
    assert ("ZHISHOU_REDIS_URL" in said) is (service not in WITHOUT_STORE)
    values = {name.removeprefix("ZHISHOU_").lower(): value for name, value in said.items()}
    usual = {name: value.replace("change-", "p") for name, value in values.items()}
    settings_of(service).model_validate(usual)


@pytest.mark.parametrize("service", SERVICES)
def test_nobody_starts_with_the_password_of_an_example(service: str) -> None:
    text = (DEPLOY / "env" / f"{service}.example.env").read_text(encoding="utf-8")
    said = {name.removeprefix("ZHISHOU_").lower(): each for name, each in variables(text).items()}
    with pytest.raises(ValidationError, match="example's password") as refused:
        settings_of(service).model_validate(said)
    assert "change-" not in str(refused.value)


def test_a_site_has_passwords_of_its_own_that_match(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "site"
    assert run(["config", "site", str(place), "--json"], {}) == 0
    made = json.loads(capsys.readouterr().out)["files"]
    texts = {name: (place / name).read_text(encoding="utf-8") for name in made}
    assert not any("change-" in text for text in texts.values())
    assert {stat.S_IMODE((place / name).stat().st_mode) for name in made} == {0o600}
    for server, scheme in (("nats", "NATS"), ("valkey", "REDIS")):
        told = variables(texts[f"{server}.env"])
        for user in (*SERVICES, "operator", "admin"):
            url = variables(texts[f"{user}.env"]).get(f"ZHISHOU_{scheme}_URL", "")
            word = told.get(f"{server.upper()}_{user.upper()}_PASSWORD")
            assert (f"//{user}:{word}@{server}:" in url) is bool(word)
    words = re.findall(r"_PASSWORD=(\w+)", texts["nats.env"] + texts["valkey.env"])
    assert len(set(words)) == len(words) == 12
    assert all(re.fullmatch(r"[a-z]\w{20,}", each) for each in words)


def test_a_site_is_never_written_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "nats.env").write_text("mine")
    assert guarded(lambda: run(["config", "site", str(tmp_path)], {})) == WRONG_USE
    assert "there is a site here already: nats.env" in capsys.readouterr().err
    assert [each.name for each in tmp_path.iterdir()] == ["nats.env"]
    place = tmp_path / "nats.env" / "below"
    assert guarded(lambda: run(["config", "site", str(place)], {})) == WRONG_USE
    assert "cannot write" in capsys.readouterr().err


def test_the_demonstration_knows_the_mock_platform_of_compose(tmp_path: Path) -> None:
    assert run(["config", "site", str(tmp_path / "site"), "--demo"], {}) == 0
    (account,) = load_accounts(tmp_path / "site" / "accounts.yaml")
    check_endpoint(account)
    known = describe(MockPlatform(MockOptions(), SystemClock()), "", "")["accounts"]
    assert known == [
        {
            "native_id": account.native_id,
            "name": account.name,
            "app_key": account.app_key,
            "app_secret": account.app_secret.get_secret_value(),
            "access_token": account.access_token.get_secret_value(),
        }
    ]
    said = variables((tmp_path / "site" / "respond.env").read_text(encoding="utf-8"))
    assert said["ZHISHOU_DEMO"] == "true"


UNITS = sorted((DEPLOY / "systemd").glob("*.service"))


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_a_unit_starts_what_is_there_with_the_settings_of_the_site(
    path: Path, tmp_path: Path
) -> None:
    words = ["config", "site", str(tmp_path / "site"), "--servers", "127.0.0.1"]
    assert run(words, {}) == 0
    unit = ConfigParser(interpolation=None, strict=False)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read(path)
    service = unit["Service"]
    assert service["User"] == "zhishou"
    assert service["NoNewPrivileges"] == "yes"
    assert (service["ProtectSystem"], service["CapabilityBoundingSet"]) == ("strict", "")
    names = SERVICES if "@" in path.name else ("zhishou",)
    for name in names:
        settings = service["EnvironmentFile"].replace("%i", name)
        assert (tmp_path / "site" / Path(settings).name).exists()
        program, *rest = service["ExecStart"].replace("%i", name).split()
        for each in (each for each in rest if each.startswith("/opt/zhishou/")):
            assert (DEPLOY.parent / each.removeprefix("/opt/zhishou/")).exists()
        assert program in {
            "/opt/zhishou/.venv/bin/zhishou",
            "/opt/zhishou/.venv/bin/nats-server",
            "/bin/sh",
        }
        if "@" in path.name:
            assert rest == [name, "run"]
    for made in (tmp_path / "site").glob("*.env"):
        assert not re.search(r"@(nats|valkey):", made.read_text(encoding="utf-8"))
