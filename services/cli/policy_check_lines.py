"""Lines of `policy check` and of a pack's own rule cases, as plain values in and out."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from services.cli.lines import decoded, wrong
from shared.errors import UserError
from shared.policy.checks.book import RuleBook
from shared.policy.checks.check import Labeller
from shared.policy.checks.evaluate import answer, evaluate
from shared.policy.checks.given import Given
from shared.policy.checks.kinds import KINDS
from shared.policy.checks.own import proved
from shared.policy.model import Pack
from shared.runtime.books import ALL, Shelf
from shared.runtime.packs import folder_of

FIX = 'write {"id": "...", "input": {"kind": "post", ...}}; docs/policy.md lists the kinds'


class About(BaseModel):
    """To whom an input belongs, as far as it says."""

    model_config = ConfigDict(extra="ignore")

    rule: str = ""
    document: str = ""
    pack: str = ""


class Asked(BaseModel):
    """One input to evaluate."""

    model_config = ConfigDict(extra="ignore")

    id: str | int = ""
    input: dict[str, Any]
    context: About = About()


class RuleCase(BaseModel):
    """One case of a pack: an input and what its rule must say of it."""

    model_config = ConfigDict(extra="forbid")

    rule: str
    input: dict[str, Any]
    expect: dict[str, Any] = Field(min_length=1)
    switches: dict[str, Any] = Field({}, description="only where the pack's switches are these")


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything a line is answered with."""

    shelf: Shelf
    day: date
    pack: str = ""
    rule: str = ""
    variants: bool = True
    labeller: Labeller | None = None

    def answer(self, raw: bytes, number: int) -> Mapping[str, object]:
        """Return the answer for one line; a bad line gets an error in its place."""
        try:
            asked = Asked.model_validate_json(decoded(raw, number))
            book = self._book(asked.context)
        except (UnicodeDecodeError, ValidationError) as error:
            return _bad(number, wrong(error))
        except UserError as error:
            return _bad(number, error.what, error.fix)
        name = asked.id if asked.id != "" else str(number)
        kind = asked.input.get("kind")
        if not isinstance(kind, str) or kind not in KINDS:
            known = ", ".join(sorted(KINDS))
            return {
                "id": name,
                **_bad(number, f"no kind of input {kind!r}", f"write one of: {known}"),
            }
        given = Given.of(asked.input)
        return {"id": name, **answer(evaluate(book, given, self.day, self.labeller), given)}

    def _book(self, about: About) -> RuleBook:
        name = about.pack or self.pack or ALL
        book = self.shelf.book(name, variants=self.variants)
        for wanted in (self.rule or about.rule, about.document):
            if not wanted:
                continue
            found = book.only(wanted)
            if not found.rules:
                fix = f"name a rule of pack {name}; `zhishou policy coverage` lists them"
                raise UserError(f"there is no rule {wanted} in pack {name}", fix=fix)
            book = found
        return book


def read_rule_cases(directory: Path, pack: str) -> list[RuleCase]:
    """Return the rule cases a pack itself brings (checks.jsonl). Raises UserError."""
    file = folder_of(directory, pack) / "checks.jsonl"
    lines = file.read_text(encoding="utf-8").splitlines() if file.is_file() else []
    cases = []
    for number, raw in enumerate(lines, start=1):
        try:
            cases.append(RuleCase.model_validate_json(raw))
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            what = f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
            raise UserError(what, where=f"{file}:{number}", fix="mend this case") from error
    return cases


def differences(book: RuleBook, case: RuleCase, day: date) -> dict[str, object]:
    """Return what the rule of a case says otherwise than expected; empty when it keeps it."""
    given = Given.of(case.input)
    said = answer(evaluate(book.only(case.rule), given, day), given)
    return {
        key: said.get(key)
        for key, wanted in case.expect.items()
        if key != "note" and not _fits(key, wanted, said.get(key))
    }


def run_cases(
    shelf: Shelf, directory: Path, pack: str, day: date
) -> Iterator[tuple[str, bool, Any]]:
    """Yield rule, whether the case was kept, and what failed, for all cases of a pack and above."""
    book = shelf.book(pack, variants=False)
    yield from _examples(book)
    known = {each.rule.id for each in book.rules}
    for name in shelf.lineage(pack):
        for case in read_rule_cases(directory, name):
            if case.rule not in known:
                if case.rule in {each.id for each in shelf.pack(pack).rules}:
                    continue
                raise UserError(
                    f"a case belongs to the rule {case.rule}, which the pack does not have",
                    where=f"{directory / name / 'checks.jsonl'}",
                    fix="name a rule of this pack",
                )
            if not _set_so(shelf.pack(pack), case):
                continue
            wrong = differences(book, case, day)
            failed = {"rule": case.rule, "input": case.input, "expect": case.expect, "said": wrong}
            yield case.rule, not wrong, failed


def _examples(book: RuleBook) -> Iterator[tuple[str, bool, Any]]:
    """Yield the same for the cases that stand with their rules."""
    for each in book.rules:
        for proof in proved(each.rule, each.pack):
            told = {"rule": each.rule.id, "input": proof.example.input}
            expected = "hit" if proof.example.speaks else "miss"
            yield (
                each.rule.id,
                proof.kept,
                {**told, "expect": expected, "said": proof.outcome.state},
            )


def _set_so(pack: Pack, case: RuleCase) -> bool:
    standing = pack.switches.model_dump(mode="json")
    return all(standing.get(name) == value for name, value in case.switches.items())


def _fits(key: str, wanted: object, said: object) -> bool:
    if key == "missing" and isinstance(said, list):
        return all(each in said for each in (wanted if isinstance(wanted, list) else [wanted]))
    return bool(wanted == said)


def _bad(number: int, what: str, fix: str | None = None) -> dict[str, object]:
    return {"error": {"line": number, "what": what, "fix": fix or FIX}}


def written(body: Mapping[str, object]) -> str:
    """Return one line of JSON."""
    return json.dumps(body, ensure_ascii=False)
