"""`zhishou suggest`: what would be offered as answers, and how good that is over many texts."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.cli.gate_cmds import JsonOption, PackOption, PoliciesOption
from services.cli.groups import group
from shared.errors import UserError

if TYPE_CHECKING:
    from services.classify.adapters.engine import Classifier
    from services.cli.suggest_lines import Asked, Desk
    from shared.contracts.verdicts import Label


def register(app: typer.Typer) -> None:
    """Add the group to the command line."""
    suggest = group(app, "suggest")
    suggest.command("text", epilog='Example: echo "电梯又坏了，投诉" | zhishou suggest text')(text)
    suggest.command("measure", epilog="Example: zhishou suggest measure rows.jsonl --json")(
        measure
    )


def text(
    file: Annotated[Path | None, typer.Argument(help="JSONL; standard input if absent")] = None,
    pack: PackOption = "company",
    policies: PoliciesOption = None,
    knowledge: Annotated[
        Path | None, typer.Option(help="entries to try, as `zhishou knowledge check` reads them")
    ] = None,
) -> None:
    """Read incoming texts (JSONL or plain lines), write what would be offered, line by line."""
    from services.cli.knowledge_files import read_entries
    from services.cli.lines import batches
    from services.cli.suggest_lines import parse, shelf_of

    desk = _desk(pack, policies)
    if knowledge is not None:
        desk.shelf = shelf_of(read_entries(knowledge))
    number, failed = 0, False
    for lines in batches(file):
        for raw in lines:
            number += 1
            asked = parse(raw, number)
            if asked is None:
                continue
            failed = failed or isinstance(asked, dict)
            answer = asked if isinstance(asked, dict) else desk.answer(asked).line()
            typer.echo(json.dumps(answer, ensure_ascii=False))
    if failed:
        raise typer.Exit(1)


def measure(
    file: Annotated[Path, typer.Argument(help="labelled texts, JSONL or JSONL.gz")],
    label: Annotated[
        list[str] | None, typer.Option(help="count texts with this label (may be repeated)")
    ] = None,
    pack: PackOption = "company",
    policies: PoliciesOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Suggest for every text with these labels: how many pass the gate, name the matter, differ."""
    from services.cli.suggest_lines import measure as measured
    from shared.contracts.verdicts import Label

    names = label or ["complaint", "question"]
    if unknown := sorted(set(names) - set(Label)):
        raise UserError(
            f"there is no label {unknown[0]}", fix=f"choose of: {', '.join(sorted(Label))}"
        )
    found = measured(_rows(file), _desk(pack, policies), [Label(each) for each in names]).report()
    if as_json:
        typer.echo(json.dumps(found))
        return
    for name, value in found.items():
        typer.echo(f"{name.replace('_', ' ')}: {value}")


def _rows(file: Path) -> Iterator["Asked"]:
    from services.cli.lines import lines_of
    from services.cli.suggest_lines import Asked, parse

    for number, raw in enumerate(lines_of(file), 1):
        asked = parse(raw, number)
        if isinstance(asked, Asked):
            yield asked
        elif asked is not None:
            raise UserError("a line is no text", where=f"{file}:{number}", fix="mend this line")


def _desk(pack: str, policies: Path | None) -> "Desk":
    from services.cli.suggest_lines import Desk
    from shared.runtime.packs import read_pack
    from shared.runtime.settings import default_policies_dir

    return Desk(read_pack(policies or default_policies_dir(), pack), _Model())


class _Model:
    """The shipped model, loaded when the first text comes without labels."""

    def __init__(self) -> None:
        self._classifier: Classifier | None = None

    def __call__(self, text: str) -> "tuple[Label, ...]":
        from services.classify.adapters.engine import Classifier
        from shared.runtime.text_tables import load_tables

        if self._classifier is None:
            self._classifier = Classifier.load(None, load_tables())
        return self._classifier.judge([text])[0].decided
