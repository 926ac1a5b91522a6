"""Starts a pack: asks for what is not given, writes a small file of one's own, and loads it."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import yaml

from shared.errors import UserError
from shared.policy.loader import load_pack
from shared.runtime.packs import read_sources

_NAME: Final = re.compile(r"[a-z][a-z0-9-]{1,40}")
_POLICIES: Final = ("clarify", "report_up", "hold_and_escalate")
_YEAR: Final = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Answers:
    """What is known of the new pack. Empty: not yet."""

    name: str = ""
    inherits: str = ""
    organisation: str = ""
    owner: str = ""
    rumours: str = ""


def asked_for(given: Answers, directory: Path, ask: Callable[..., str]) -> Answers:
    """Return the answers, those not given asked for. With all of them given nothing is asked."""
    if all((given.name, given.inherits, given.organisation, given.owner)):
        return given
    known = ", ".join(sorted(read_sources(directory)))
    return replace(
        given,
        name=given.name or ask("Name of the pack (small letters and -)"),
        inherits=given.inherits
        or ask(f"Which pack is nearest to you ({known})", default="company"),
        organisation=given.organisation or ask("How does the organisation call itself"),
        owner=given.owner or ask("Who answers for its rules"),
        rumours=given.rumours
        or ask(f"What to do about rumours ({', '.join(_POLICIES)}; - : as there)", default="-"),
    )


def start(answers: Answers, directory: Path, day: date) -> Iterator[str]:
    """Write the pack and yield what to do next.

    Raises:
        UserError: the name is none, is taken, or the pack would not load.
    """
    folder = directory / answers.name
    if not _NAME.fullmatch(answers.name):
        raise UserError(f"{answers.name!r} is no name of a pack", fix="use small letters and -")
    if folder.exists():
        raise UserError("this pack exists already", where=str(folder), fix="choose another name")
    rumours = answers.rumours.strip("-")
    if rumours and rumours not in _POLICIES:
        raise UserError(
            f"no way to treat rumours: {rumours}", fix=f"choose {', '.join(_POLICIES)}"
        )
    body = _written(answers, rumours, day).encode()
    pack = load_pack(answers.name, {**read_sources(directory), answers.name: {"pack.yaml": body}})
    try:
        folder.mkdir()
        (folder / "pack.yaml").write_bytes(body)
    except OSError as error:
        fix = "name a directory of yours with --policies"
        raise UserError(
            f"cannot write the pack: {error.strerror}", where=str(folder), fix=fix
        ) from error
    yield f"{folder / 'pack.yaml'}: {len(pack.rules)} rules inherited from {answers.inherits}"
    yield f"next: write a rule and its case, then `zhishou policy lint` and `zhishou policy test {answers.name}`"


def _written(answers: Answers, rumours: str, day: date) -> str:
    said = {"inherits": answers.inherits, "version": "1", "organisation": answers.organisation}
    if rumours:
        said["switches"] = {"rumour_policy": rumours}  # type: ignore[assignment]
    head = yaml.safe_dump(said, allow_unicode=True, sort_keys=False)
    return (
        f"# The rules of {answers.organisation}. What is not said here holds as in {answers.inherits}.\n"
        f"{head}"
        "# A rule of your own; take the signs away to use it. Its case goes into checks.jsonl:\n"
        f'# {{"rule":"{answers.name}.no-gifts","input":{{"kind":"reply","text":"送您现金红包"}},'
        '"expect":{"verdict":"hold"}}\n'
        "# lexicons:\n"
        "#   - { id: gifts, phrases: [现金红包, 送现金] }\n"
        "# rules:\n"
        f"#   - id: {answers.name}.no-gifts\n"
        "#     title: 回复里不许诺现金\n"
        "#     type: prohibition\n"
        "#     kinds: [reply]\n"
        "#     check: words\n"
        "#     params: { labels: { gift: [gifts] } }\n"
        "#     verdict: hold\n"
        f"#     owner: {answers.owner}\n"
        f"#     review_by: {day + _YEAR}\n"
        "#     ours: true\n"
    )
