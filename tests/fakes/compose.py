"""The compose file as tests read it: services with their merged keys, and the environment each would have."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tests.fakes.deployed import DEPLOY, variables

ROOT = DEPLOY.parent
SERVICES = ("ingest", "classify", "respond", "watchdog", "archive")


@cache
def compose() -> Mapping[str, Any]:
    """Return the file, anchors resolved."""
    found: Mapping[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
    return found


def image_environment() -> dict[str, str]:
    """Return what the image itself sets for our processes."""
    text = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    line = text.split("\nENV ", 1)[1].split("\nUSER", 1)[0].replace("\\\n", " ")
    pairs = (word.split("=", 1) for word in line.split())
    return {name: value for name, value in pairs if name.startswith("ZHISHOU_")}


@dataclass(frozen=True)
class Container:
    """One service of the file."""

    name: str
    said: Mapping[str, Any]

    @property
    def words(self) -> Sequence[str]:
        """Return its command."""
        return [str(each) for each in self.said["command"]]

    def environment(self, site: Path) -> dict[str, str]:
        """Return what its process sees, with a site's env files; what stands here goes first."""
        found = image_environment()
        for each in self.said.get("env_file", ()):
            place = site / Path(each).name
            found |= variables(place.read_text(encoding="utf-8"))
        return found | {key: str(value) for key, value in self.said.get("environment", {}).items()}


def containers() -> dict[str, Container]:
    """Return all of them by name."""
    return {name: Container(name, said) for name, said in compose()["services"].items()}
