"""`zhishou explain`, what a verdict is made of, and `zhishou curves`, how far it can be trusted."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from services.cli.classify_cmds import DataOption, WeightsOption, weights_folder
from shared.contracts.verdicts import Label
from shared.errors import UserError

Most = Annotated[int, typer.Option("--most", min=1, help="how many pieces to show a label")]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("explain", epilog='Example: zhishou explain "等了三天没人管,还骂人"')(explain)
    app.command("curves", epilog="Example: zhishou curves --data data --out pictures")(curves)


def explain(
    text: Annotated[str | None, typer.Argument(help="the text; standard input if absent")] = None,
    label: Annotated[
        list[str] | None, typer.Option("--label", help="explain this label; may be repeated")
    ] = None,
    weights: WeightsOption = None,
    most: Most = 8,
    as_json: Annotated[bool, typer.Option("--json", help="answer as JSON")] = False,
) -> None:
    """Show what each label's probability is made of, and the least that would turn it.

    Without --label: those that hold, and those that come near.
    """
    from services.classify.adapters.engine import Classifier
    from services.classify.adapters.explanation import explanation
    from services.cli.explain_lines import readable
    from shared.runtime.text_tables import load_tables

    wanted = _labels(label or [])
    said = sys.stdin.buffer.read().decode("utf-8", "surrogateescape") if text is None else text
    said = said.rstrip("\n")
    classifier = Classifier.load(weights_folder(weights), load_tables())
    body = explanation(classifier, said, wanted, most)
    typer.echo(json.dumps(body, ensure_ascii=False) if as_json else readable(body))


def curves(
    data: DataOption,
    out: Annotated[Path, typer.Option("--out", help="folder to draw into")],
    weights: WeightsOption = None,
) -> None:
    """Draw how well its probabilities hold, and what leaving the doubtful to people is worth."""
    from services.classify.adapters.engine import Classifier
    from services.classify.evaluation.curves import draw
    from shared.runtime.text_tables import load_tables

    if not data.is_dir():
        raise UserError("no such folder", where=str(data), fix="give the data sets with --data")
    judge = Classifier.load(weights_folder(weights), load_tables())
    try:
        drawn = draw(judge, data, out)
    except OSError as error:
        fix = "choose another --out"
        raise UserError(f"cannot draw: {error.strerror}", where=str(out), fix=fix) from error
    if not drawn:
        raise UserError("no labelled data set here", where=str(data), fix="give the data sets")
    for each in drawn:
        typer.echo(each)


def _labels(names: list[str]) -> list[Label]:
    known = {each.value: each for each in Label}
    for name in names:
        if name not in known:
            raise UserError(f"no label {name}", where="--label", fix=f"use {', '.join(known)}")
    return [known[name] for name in names]
