"""The files of one deployed installation: the examples of deploy/, with passwords nobody else has."""

import re
import secrets
from collections.abc import Iterator
from pathlib import Path

from services.cli.embedded.access import RULES
from services.cli.embedded.data_dir import write_private
from shared.errors import UserError

ENV = RULES / "env"
EXAMPLES = RULES / "examples"
_A_HOST = re.compile(r"[A-Za-z0-9.\-]+|\[[0-9A-Fa-f:]+\]")
_HOST = re.compile(r"@(nats|valkey):")
_PLACEHOLDER = re.compile(r"\bchange-[a-z]+-[a-z]+\b")
"""The same word stands where a server is told a password and where its user is."""


def make(place: Path, *, demo: bool, servers: str = "") -> list[str]:
    """Write them and return their names; `servers` is the host of both, if they are no containers.

    Raises:
        UserError: also when some are there already.
    """
    if servers and not _A_HOST.fullmatch(servers):
        raise UserError(
            f"no host: {servers!r}", where="--servers", fix="write one name or address"
        )
    made = {**dict(_settings(demo=demo)), **dict(_files(demo=demo))}
    there = sorted(name for name in made if (place / name).exists())
    if there:
        fix = "name another directory; passwords are made together, or they would not match"
        raise UserError(f"there is a site here already: {there[0]}", where=str(place), fix=fix)
    fresh: dict[str, str] = {}

    def password(found: re.Match[str]) -> str:
        return fresh.setdefault(found.group(), f"p{secrets.token_hex(24)}")

    try:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name, text in made.items():
            found = _PLACEHOLDER.sub(password, text)
            write_private(place / name, _HOST.sub(rf"@{servers}:", found) if servers else found)
    except OSError as error:
        what, fix = f"cannot write the site: {error.strerror}", "name another directory"
        raise UserError(what, where=str(place), fix=fix) from error
    return sorted(made)


def _settings(*, demo: bool) -> Iterator[tuple[str, str]]:
    for example in sorted(ENV.glob("*.example.env")):
        name = example.name.removesuffix(".example.env")
        other = ENV / f"{name}.demo.env"
        chosen = other if demo and other.exists() else example
        yield f"{name}.env", chosen.read_text(encoding="utf-8")


def _files(*, demo: bool) -> Iterator[tuple[str, str]]:
    accounts = "demo.yaml" if demo else "accounts.yaml"
    names = {"accounts.yaml": accounts, "people.yaml": "people.yaml", "roster.yaml": "roster.yaml"}
    for name, example in names.items():
        yield name, (EXAMPLES / example).read_text(encoding="utf-8")
