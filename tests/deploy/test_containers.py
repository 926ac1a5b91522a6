"""The compose file and the image, as far as they can be tried without an engine for containers."""

import re
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest
import yaml

from services.cli.app import run
from services.cli.run_cmds import SERVICES as RUNNABLE
from services.ingest.shell.webhook import hook_path
from shared.platforms.mock.__main__ import _parser as mock_words
from shared.runtime.accounts import load_accounts
from tests.deploy.test_site import settings_of
from tests.fakes.compose import ROOT, SERVICES, compose, containers
from tests.fakes.deployed import DEPLOY

BIN = Path(sys.executable).parent
DOCKERFILE = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
OWN = sorted(set(containers()) - {"prometheus"})
ASIDE = {"mock": "demo", "prometheus": "metrics", "cli": "tools", "admin": "tools"}
AT_A_TERMINAL = {"cli", "admin"}
FINAL = DOCKERFILE.rpartition("\nFROM ")[2]


def test_the_file_is_what_compose_reads() -> None:
    words = ["--builtin-schema", "vendor.compose-spec", str(ROOT / "docker-compose.yml")]
    done = subprocess.run([BIN / "check-jsonschema", *words], capture_output=True, check=False)
    assert done.returncode == 0, done.stdout.decode()


def test_the_house_is_whole_and_only_the_console_is_published() -> None:
    found = containers()
    assert set(found) == {"nats", "valkey", *SERVICES, *ASIDE}
    assert {name: each.said.get("profiles") for name, each in found.items()} == {
        name: [ASIDE[name]] if name in ASIDE else None for name in found
    }
    published = {name: each.said["ports"] for name, each in found.items() if "ports" in each.said}
    assert published == {"respond": ["${ZS_CONSOLE:-127.0.0.1:8750}:8750"]}


@pytest.mark.parametrize("name", containers())
def test_every_container_is_held_short(name: str) -> None:
    said = containers()[name].said
    assert said["read_only"] is True
    assert said["cap_drop"] == ["ALL"]
    assert said["security_opt"] == ["no-new-privileges:true"]
    assert not {"privileged", "cap_add", "network_mode", "pid", "ipc", "devices"} & set(said)
    assert set(said["deploy"]["resources"]["limits"]) == {"cpus", "memory"}
    assert said["restart"] == ("no" if name in AT_A_TERMINAL else "unless-stopped")
    assert said["logging"]["options"]["max-size"]
    assert ":latest" not in said["image"]
    assert re.search(r":[\w${}.-]*\d", said["image"])
    if name != "prometheus":
        assert said["user"] == "10001:10001"
        assert said["image"] == f"${{ZS_IMAGE:-zhishou:{version('zhishou')}}}"


def test_only_who_talks_to_the_outside_can() -> None:
    assert compose()["networks"]["bus"] == {"internal": True}
    nets = {name: set(each.said["networks"]) for name, each in containers().items()}
    assert {name for name, found in nets.items() if "outside" in found} == {
        "ingest", "respond", "watchdog", "mock",
    }  # fmt: skip
    assert {name for name, found in nets.items() if "bus" not in found} == {"mock"}
    assert "depends_on" not in containers()["watchdog"].said, "it tells that others are away"


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_started_with_settings_it_understands(name: str, tmp_path: Path) -> None:
    assert run(["config", "site", str(tmp_path / "site")], {}) == 0
    container = containers()[name]
    assert container.words == ["zhishou", name, "run"]
    assert name in RUNNABLE
    found = container.environment(tmp_path / "site")
    kind = settings_of(name)
    said = {key.removeprefix("ZHISHOU_").lower(): each for key, each in found.items()}
    assert set(said) <= set(kind.model_fields) | {"cache_dir"}
    settings = kind.model_validate(said)
    assert (settings.http_host, 9100 < settings.http_port < 9110) == ("0.0.0.0", True)  # noqa: S104
    scraped = yaml.safe_load((DEPLOY / "prometheus" / "prometheus.yml").read_text("utf-8"))
    (job,) = scraped["scrape_configs"]
    targets = [target for each in job["static_configs"] for target in each["targets"]]
    assert f"{name}:{settings.http_port}" in targets
    kept = any(each.endswith(":/var/lib/zhishou") for each in container.said.get("volumes", ()))
    assert kept is (name in {"ingest", "archive", "watchdog"})


def test_everything_mounted_is_there_or_made_by_config_site(tmp_path: Path) -> None:
    assert run(["config", "site", str(tmp_path / "site")], {}) == 0
    made = {f"deploy/site/{each.name}" for each in (tmp_path / "site").iterdir()}
    asked = {each for one in containers().values() for each in one.said.get("env_file", ())}
    asked |= {each["file"] for kind in ("secrets", "configs") for each in compose()[kind].values()}
    assert asked == made
    for container in containers().values():
        for volume in container.said.get("volumes", ()):
            source = volume.split(":")[0]
            if "ZS_BACKUP" in source:
                assert container.name == "admin"
            elif source.startswith("."):
                assert (ROOT / source).is_dir()
                assert volume.endswith(":ro")
            else:
                assert source in compose()["volumes"]
    rules = DEPLOY / "prometheus" / "prometheus.yml"
    for each in yaml.safe_load(rules.read_text(encoding="utf-8"))["rule_files"]:
        assert (rules.parent / each).is_file()


def test_the_mock_platform_pushes_where_ingest_listens() -> None:
    words = containers()["mock"].words
    asked = mock_words().parse_args(words[3:])
    (account,) = load_accounts(DEPLOY / "examples" / "demo.yaml")
    port = containers()["ingest"].said["environment"]["ZHISHOU_HTTP_PORT"]
    assert asked.hook == f"http://ingest:{port}{hook_path(account)}"
    assert account.endpoint == f"http://mock:{asked.port}"
    assert (asked.host, asked.seed) == ("0.0.0.0", 1)  # noqa: S104


@pytest.mark.parametrize("name", OWN)
def test_health_is_asked_where_the_process_listens(name: str) -> None:
    said = containers()[name].said
    ports = {"nats": "8222", "valkey": "6379", "mock": "8900"}
    if name in SERVICES:  # the image's own check asks the port of the environment
        assert "healthcheck" not in said
        assert 'shared.runtime.ready \\"$ZHISHOU_HTTP_PORT\\"' in FINAL
    elif name in AT_A_TERMINAL:
        assert said["healthcheck"] == {"disable": True}
    else:
        assert ports[name] in " ".join(said["healthcheck"]["test"])


def test_the_image_file_has_no_fault_that_a_linter_knows() -> None:
    done = subprocess.run(
        [BIN / "hadolint", DEPLOY / "Dockerfile"], capture_output=True, check=False, text=True
    )
    assert (done.returncode, done.stdout) == (0, "")


def test_the_image_is_made_in_stages_from_locked_wheels_and_runs_as_nobody() -> None:
    bases = re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
    defaults = dict(re.findall(r"^ARG (\w+)=(\S+)$", DOCKERFILE, re.MULTILINE))
    assert bases == ["${PYTHON}", "${NODE}", "${PYTHON}"]
    assert all(re.search(r":\d+(\.\d+)?-", base) for base in defaults.values())
    installs = re.findall(r"pip install [^&]*", DOCKERFILE)
    assert all("--require-hashes" in each or "--no-deps" in each for each in installs)
    assert "://" not in DOCKERFILE
    assert "\nUSER 10001:10001\n" in FINAL
    assert FINAL.index("\nUSER") < FINAL.index("\nHEALTHCHECK")
    assert "pip" not in FINAL, "nothing that installs is in the image"


def test_what_is_copied_into_the_image_is_all_that_its_commands_need(tmp_path: Path) -> None:
    for line in re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, re.MULTILINE):
        *sources, target = line.split()
        for source in sources:
            place = tmp_path / target
            found = ROOT / source
            if found.is_dir():
                shutil.copytree(found, place, ignore=shutil.ignore_patterns("__pycache__", "site"))
            else:
                place.mkdir(parents=True, exist_ok=True)
                shutil.copy(found, place)
    ran = (
        "import os, services; assert services.__path__[0].startswith(os.getcwd());"
        "from services.cli.__main__ import main; main()"
    )
    said = "小心,这家店是骗子\n"
    for words in (["--help"], ["classify", "text"], ["gate", "check"], ["config", "site", "s"]):
        done = subprocess.run(
            [sys.executable, "-c", ran, *words],
            cwd=tmp_path,
            env={"PATH": str(BIN), "PYTHONPATH": str(tmp_path), "ZHISHOU_CACHE_DIR": "c"},
            input=said if words[0] == "classify" else "",
            capture_output=True,
            check=False,
            text=True,
        )
        assert done.returncode == 0, (words, done.stderr)
        assert str(ROOT) not in done.stderr
    assert (tmp_path / "s" / "ingest.env").exists()


def test_nothing_of_a_site_gets_into_the_image() -> None:
    lines = (DEPLOY / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    rules = [each for each in lines if each and not each.startswith("#")]
    assert rules[0] == "**"
    assert rules.index("deploy/site") > rules.index("!deploy")
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE)
    assert {each for line in copied for each in line.split()} == {
        each[1:] for each in rules if each.startswith("!")
    }
    assert "/deploy/site/" in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
