"""Starts a pack: asks for what is not given, writes a small file of one's own, and loads it."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import yaml

from shared.errors import UserError
from shared.policy.loader import load_pack
from shared.runtime.packs import all_sources
from shared.runtime.settings import default_policies_dir

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


_ABOUT: Final = """\
A pack holds the rules of one organisation. It stands on a shipped one, and you write only what is different.
"""
_ORGANISATION: Final = "What your organisation is called in its replies, such as 海蓝酒店"
_OWNER: Final = "Who answers for these rules, such as 客服主管"
_RUMOURS: Final = """\
When a rumour about you comes in, the pack may
  clarify             answer it yourselves, with facts that were checked
  report_up           tell your superiors, and say nothing of it in public
  hold_and_escalate   hold every reply until a person beyond the desk has decided
"""


def asked_for(
    given: Answers, directory: Path, ask: Callable[..., str], say: Callable[[str], object]
) -> Answers:
    """Return the answers, those not given asked for, each until it makes sense.

    With all of them given nothing is asked.
    """
    if given.name:
        _must_be_free(given.name, directory)  # told before anything is asked
    if all((given.name, given.inherits, given.organisation, given.owner)):
        return given
    say(_ABOUT)
    asking = _Asking(directory, ask, say)
    name = given.name or asking.name()
    inherits = given.inherits or asking.nearest()
    return Answers(
        name,
        inherits,
        given.organisation or asking.word(_ORGANISATION),
        given.owner or asking.word(_OWNER),
        given.rumours or asking.rumours(inherits),
    )


@dataclass(frozen=True, slots=True)
class _Asking:
    """Asks one thing after the other; an answer that makes no sense is told at once."""

    directory: Path
    ask: Callable[..., str]
    say: Callable[[str], object]

    def name(self) -> str:
        question = "A short name for the pack, such as our-hotel"
        return self._until(question, lambda said: _no_name(said, self.directory))

    def nearest(self) -> str:
        sources = _beneath(self.directory)
        self.say("Packs to stand on:")
        for each in sorted(sources):
            self.say(f"  {each:22}{_about(sources[each])}")
        known = ", ".join(sorted(sources))
        return self._until(
            "Which one is nearest to you",
            lambda said: "" if said in sources else f"there is no pack {said}; there are {known}",
            "company",
        )

    def word(self, question: str) -> str:
        return self._until(question, lambda said: "" if said else "this cannot be empty")

    def rumours(self, inherits: str) -> str:
        self.say(_RUMOURS)
        known = {"-", *_POLICIES}
        return self._until(
            f"Which of them (-: as in {inherits})",
            lambda said: "" if said in known else f"write one of {', '.join(_POLICIES)}, or -",
            "-",
        )

    def _until(
        self, question: str, wrong: Callable[[str], str], default: str | None = None
    ) -> str:
        while True:
            answer = self.ask(question, default=default).strip()
            why = wrong(answer)
            if not why:
                return answer
            self.say(f"  {why}")


def _beneath(directory: Path) -> Mapping[str, Mapping[str, bytes]]:
    """Return the packs a new one may stand on; the directory itself may be yet to come."""
    return all_sources(directory if directory.is_dir() else default_policies_dir())


def _no_name(said: str, directory: Path) -> str:
    """Return what is wrong with a name; empty if nothing is."""
    if not _NAME.fullmatch(said):
        return "small letters, digits and -, beginning with a letter, at least two"
    return f"there is a pack {said} already" if (directory / said).exists() else ""


def _must_be_free(name: str, directory: Path) -> Path:
    folder = directory / name
    if not _NAME.fullmatch(name):
        fix = "use small letters, digits and -, such as our-hotel"
        raise UserError(f"{name!r} is no name of a pack", fix=fix)
    if folder.exists():
        raise UserError("this pack exists already", where=str(folder), fix="choose another name")
    return folder


def _about(files: Mapping[str, bytes]) -> str:
    """Return what a pack says of itself in its first line."""
    first = files.get("pack.yaml", b"").decode("utf-8", "replace").partition("\n")[0]
    said = first.removeprefix("#").strip() if first.startswith("#") else ""
    return said.partition(". ")[0].rstrip(".")


def start(answers: Answers, directory: Path, day: date) -> Iterator[str]:
    """Write the pack and yield what to do next.

    Raises:
        UserError: the name is none, is taken, or the pack would not load.
    """
    folder = _must_be_free(answers.name, directory)
    rumours = answers.rumours.strip("-")
    if rumours and rumours not in _POLICIES:
        raise UserError(
            f"no way to treat rumours: {rumours}", fix=f"choose {', '.join(_POLICIES)}"
        )
    body = _written(answers, rumours, day).encode()
    pack = load_pack(answers.name, {**_beneath(directory), answers.name: {"pack.yaml": body}})
    try:
        folder.mkdir(parents=True)
        (folder / "pack.yaml").write_bytes(body)
    except OSError as error:
        fix = "name a directory of yours with --policies"
        raise UserError(
            f"cannot write the pack: {error.strerror}", where=str(folder), fix=fix
        ) from error
    here = "" if directory == default_policies_dir() else f" --policies {directory}"
    yield f"{folder / 'pack.yaml'}: {len(pack.rules)} rules inherited from {answers.inherits}"
    yield "next: write what is different into that file (an example stands in it), then"
    yield f"  zhishou policy lint{here}    # mistakes, by file and line"
    yield f"  zhishou policy test {answers.name}{here}    # the cases of your rules"
    yield f"  zhishou policy show {answers.name} --origins{here}    # what holds, and where it comes from"
    yield f"accounts use it by `pack: {answers.name}` in accounts.yaml; rules are also written in the console"


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
        "#     at_gate: true      # asked of every reply before it leaves\n"
        "# Days off that the shipped packs do not know yet; they come to those that are known:\n"
        "# gate: { calendar: { years: [2027], holidays: ['2027-01-01'], workdays: [] } }\n"
    )
