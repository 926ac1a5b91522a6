"""`zhishou replay` and `zhishou record`: what was decided, offline, and the log as a file."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from shared.errors import UserError


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command(
        "replay",
        epilog="Example: zhishou replay day.jsonl --pack company --expect day.expected.txt",
    )(replay_command)
    app.command("record", epilog="Example: zhishou record tuesday.jsonl")(record_command)


def replay_command(
    file: Annotated[
        Path,
        typer.Argument(
            help="a recording, a raw stream (.gz too), a directory of segments, or a data directory"
        ),
    ],
    pack: Annotated[str | None, typer.Option(help="the pack that judges")] = None,
    against: Annotated[str | None, typer.Option(help="a second pack, to compare with")] = None,
    verdicts: Annotated[str, typer.Option(help="auto, recorded or compute")] = "auto",
    weights: Annotated[Path | None, typer.Option(help="other weights than those shipped")] = None,
    expect: Annotated[Path | None, typer.Option(help="exit 1 unless it decides this")] = None,
    write_expected: Annotated[Path | None, typer.Option(help="write down what it decides")] = None,
    speed: Annotated[str, typer.Option(help="max: virtual time does not wait")] = "max",
    decisions: Annotated[bool, typer.Option("--decisions", help="print every decision")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="print the report as JSON")] = False,
) -> None:
    """Replay a recording offline, on virtual time; print counts and the digest of all decisions."""
    from services.cli.lines import write_file
    from services.cli.replay.engine import replay
    from services.cli.replay.installation import replayable
    from shared.testing.report import compare, difference, expected_lines, read_expected

    if speed != "max":
        fix = "to play it in time, say: zhishou up --stream FILE --speed 20x"
        raise UserError(f"a replay knows no speed '{speed}', only max", fix=fix)
    wanted = read_expected(expect) if expect else None
    with replayable(file, warn=lambda line: typer.echo(line, err=True)) as recording:
        report = replay(recording, pack=pack, verdicts=verdicts, weights_dir=weights)
        other = (
            replay(recording, pack=against, verdicts=verdicts, weights_dir=weights)
            if against
            else None
        )
    if not report.lines:
        raise UserError("the recording is empty", where=str(file), fix="record or name another")
    if sum(report.rejected.values()) == report.lines > 0:
        why = max(report.rejected, key=report.rejected.__getitem__)
        what = f"none of the {report.lines} lines can be replayed; most are {why}"
        raise UserError(what, where=str(file), fix="docs/recordings.md shows both formats")
    body = report.model_dump(mode="json")
    if other is not None:
        body["diff"] = dict(compare(report, other))
    if decisions:
        typer.echo("\n".join(report.decisions))
    typer.echo(json.dumps(body, ensure_ascii=False) if as_json else _readable(body))
    if write_expected:
        write_file(write_expected, "\n".join(expected_lines(report)) + "\n")
    if wanted is not None and (diff := difference(wanted, expected_lines(report))):
        typer.echo("\n".join(diff), err=True)
        raise typer.Exit(1)


def _readable(body: dict[str, object]) -> str:
    rejected = body["rejected"]
    lines = [f"{name:<14}{value}" for name, value in body.items() if not isinstance(value, dict)]
    if isinstance(rejected, dict) and rejected:
        lines += [f"{'rejected':<14}{count} x {why}" for why, count in rejected.items()]
    diff = body.get("diff")
    if isinstance(diff, dict):
        lines += _readable_diff(diff)
    return "\n".join(lines)


def _readable_diff(diff: dict[str, object]) -> list[str]:
    first, second = diff["only_first"], diff["only_second"]
    lines = [f"{'against':<14}{diff['pack']}: {diff['changed'] or 'the same counts'}"]
    lines += [f"- {line}" for line in first] if isinstance(first, list) else []
    lines += [f"+ {line}" for line in second] if isinstance(second, list) else []
    return lines


def record_command(
    context: typer.Context,
    out: Annotated[Path, typer.Argument(help="the file to write (JSON lines)")],
    nats_url: Annotated[
        str | None, typer.Option(help="address of NATS; else ZHISHOU_NATS_URL")
    ] = None,
    data_dir: Annotated[
        Path | None, typer.Option(help="of the installation; its archive has what left the log")
    ] = None,
    first: Annotated[int, typer.Option(min=1, help="first sequence")] = 1,
    last: Annotated[int, typer.Option(min=0, help="last sequence; 0: to the end")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="print the summary as JSON")] = False,
) -> None:
    """Write the log, sealed segments and all, and the packs it refers to, as a file that replays."""
    from services.cli.record import address, record
    from services.cli.whole_log import segments_of
    from shared.observability.logging import configure_logging
    from shared.runtime.settings import default_data_dir

    configure_logging("record", level="error", log_format="console")

    environment: Mapping[str, str] = context.obj or {}
    where = data_dir or Path(environment.get("ZHISHOU_DATA_DIR") or default_data_dir())
    url = address(nats_url, where, None if data_dir else environment.get("ZHISHOU_NATS_URL"))
    segments = None if nats_url and data_dir is None else segments_of(where)
    summary = record(out, url, segments=segments, first=first, last=last)
    text = json.dumps(summary) if as_json else "\n".join(f"{k:<13}{v}" for k, v in summary.items())
    typer.echo(text)
