"""`zhishou classify text` and `cascade`, `zhishou train` and `zhishou evaluate`."""

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.cli.archive_cmds import DataDir, archive_file
from services.cli.groups import group
from shared.errors import UserError

if TYPE_CHECKING:
    from shared.policy.model import Pack

WeightsOption = Annotated[
    Path | None, typer.Option("--weights", help="folder of the weights (default: those shipped)")
]
DataOption = Annotated[Path, typer.Option("--data", help="folder of the data sets (*.jsonl.gz)")]


def register(app: typer.Typer) -> None:
    """Add everything here to the command line."""
    register_classify(group(app, "classify"))
    app.command("train", epilog="Example: zhishou train --data data --out weights")(train)
    app.command("evaluate", epilog="Example: zhishou evaluate --data data --json")(evaluate)


def register_classify(classify: typer.Typer) -> None:
    """Add `text` and `cascade` to the group `classify`."""
    classify.command("text", epilog='Example: echo "我要投诉" | zhishou classify text')(text)
    classify.command("cascade", epilog="Example: zhishou classify cascade events.jsonl")(cascade)


def text(
    file: Annotated[Path | None, typer.Argument(help="JSONL; standard input if absent")] = None,
    pack: Annotated[str, typer.Option("--pack", help="read verdicts as this pack does")] = "",
    weights: WeightsOption = None,
) -> None:
    """Read texts (JSONL or plain lines), write their verdicts line by line, in order."""
    from services.classify.adapters.engine import Classifier
    from services.cli.classify_lines import Bad, answers, parse
    from services.cli.lines import batches
    from shared.runtime.text_tables import load_tables

    classifier = Classifier.load(weights_folder(weights), load_tables())
    rules = _pack(pack)
    number, failed = 0, False
    for lines in batches(file):
        parsed = [parse(raw, number + place) for place, raw in enumerate(lines, 1)]
        number += len(lines)
        asked = [each for each in parsed if each is not None]
        failed = failed or any(isinstance(each, Bad) for each in asked)
        for answer in answers(classifier, rules, asked):
            typer.echo(answer)
    if failed:
        raise typer.Exit(1)


def cascade(
    file: Annotated[
        Path | None, typer.Argument(help="JSONL or JSONL.gz; standard input if absent")
    ] = None,
    weights: WeightsOption = None,
) -> None:
    """Read posts and their reposts, write how likely each is a rumour as the reposts come in.

    A line is {"event","kind":"post|repost|comment","text","t" or "dt_s","author":{"followers"}?}.
    """
    from services.classify.adapters.engine import Classifier
    from services.cli.cascade_lines import foretold, read
    from shared.runtime.text_tables import load_tables

    told, bad = read(file)
    classifier = Classifier.load(weights_folder(weights), load_tables())
    for answer in foretold(classifier, told):
        typer.echo(answer)
    for each in bad:
        typer.echo(each)
    if bad:
        raise typer.Exit(1)


def train(
    context: typer.Context,
    data: DataOption,
    out: Annotated[Path, typer.Option("--out", help="folder to write the weights to")],
    kind: Annotated[
        str,
        typer.Option("--kind", help="research: every set found; permissive: what may be shared"),
    ] = "research",
    add_feedback: Annotated[
        bool, typer.Option("--add-feedback", help="learn from what people here corrected, too")
    ] = False,
    feedback_file: Annotated[
        Path | None, typer.Option(help="from this file of `zhishou feedback export` instead")
    ] = None,
    data_dir: DataDir = None,
) -> None:
    """Train the model and write its weights, manifest and model card."""
    from services.classify.adapters.engine import Classifier
    from services.classify.evaluation.card import write_card
    from services.classify.evaluation.measure import evaluate as measure
    from services.classify.training.data import Kind
    from services.classify.training.feedback import feedback_of
    from services.classify.training.folder import train_to
    from services.cli.feedback_cmds import rows_in
    from shared.runtime.text_tables import load_tables

    if kind not in {"permissive", "research"}:
        raise UserError(f"no kind {kind}", where="--kind", fix="use permissive or research")
    tables = load_tables()
    feedback = None
    if add_feedback or feedback_file:
        file = feedback_file or archive_file(data_dir, context.obj)
        feedback = feedback_of(*rows_in(file, feedback_file is None))
    chosen: Kind = "research" if kind == "research" else "permissive"
    train_to(data, out, chosen, tables, _tell, feedback=feedback)
    _tell(f"learnt in {time.process_time():.0f} s of one core; now measured for the card")
    judge = Classifier.load(out, tables)
    write_card(out, measure(judge, data, _tell, tables=tables, peers=False))


def evaluate(
    data: DataOption,
    weights: WeightsOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="answer as JSON")] = False,
    as_markdown: Annotated[
        bool, typer.Option("--markdown", help="answer with the table of goals only")
    ] = False,
    peers: Annotated[
        bool, typer.Option(help="train the twin too (two minutes), for the ratios")
    ] = True,
) -> None:
    """Measure the model on the labelled dev sets in a folder, against its goals."""
    from services.classify.adapters.engine import Classifier
    from services.classify.evaluation.goals import markdown, table
    from services.classify.evaluation.measure import evaluate as measure
    from services.classify.evaluation.measure import kind_of
    from shared.runtime.text_tables import load_tables

    if not data.is_dir():
        raise UserError("no such folder", where=str(data), fix="give the data sets with --data")
    tables = load_tables()
    judge = Classifier.load(weights_folder(weights), tables)
    report = measure(judge, data, _tell, tables=tables, peers=peers)
    if not report.sets:
        raise UserError("no labelled data set here", where=str(data), fix="give the data sets")
    goals = table(report.measures, kind_of(judge))
    if as_json:
        body = {
            "model": judge.model,
            "sets": report.sets,
            "speed": report.speed,
            "goals": goals,
            "measures": report.measures,
        }
        typer.echo(json.dumps(body, ensure_ascii=False))
        return
    if not as_markdown:
        for name, columns in report.sets.items():
            for label, row in columns.items():
                cells = "  ".join(f"{figure} {value:g}" for figure, value in row.items())
                typer.echo(f"{name}/{label}: {cells}")
        typer.echo("  ".join(f"{figure} {value:g}" for figure, value in report.speed.items()))
    typer.echo(markdown(goals))


def weights_folder(weights: Path | None) -> Path | None:
    if weights is not None and not weights.is_dir():
        raise UserError("no such folder of weights", where=str(weights), fix="see `zhishou train`")
    return weights


def _pack(name: str) -> "Pack | None":
    if not name:
        return None
    from shared.runtime.packs import read_pack
    from shared.runtime.settings import default_policies_dir

    return read_pack(default_policies_dir(), name)


def _tell(line: str) -> None:
    typer.echo(line, err=True)
