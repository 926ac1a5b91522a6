"""`zhishou model`: which model judges, proposing another, approving it, taking it back."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.cli.archive_cmds import DataDir
from services.cli.asking import Asker, Person, asker
from services.cli.groups import group
from services.cli.people_cmds import reached
from shared.errors import UserError

if TYPE_CHECKING:
    from services.cli.doors import Doors
    from services.respond.core.aggregates import ModelRegister, Organisation, Proposal


def register(app: typer.Typer) -> None:
    """Add the commands."""
    model = group(app, "model")
    model.command("list", epilog="Example: zhishou model list --json")(listed)
    model.command("show", epilog="Example: zhishou model show permissive-1a2b3c4d5e6f")(show)
    model.command(
        "propose",
        epilog='Example: zhishou model propose candidate --person wang --note "学了改判"',
    )(propose)
    model.command("approve", epilog="Example: zhishou model approve permissive-1a2b --person li")(
        approve
    )
    model.command(
        "rollback", epilog='Example: zhishou model rollback --person li --reason "误判"'
    )(rollback)


def listed(
    context: typer.Context,
    data_dir: DataDir = None,
    as_json: Annotated[bool, typer.Option("--json", help="answer as JSON")] = False,
) -> None:
    """Show which model is in office, those before it, and what is proposed."""
    house, known = asyncio.run(_standing(data_dir, context.obj or {}))
    if as_json:
        body = {
            "model": house.model,
            "own_model": house.own_model,
            **known.model_dump(mode="json"),
        }
        typer.echo(json.dumps(body, ensure_ascii=False))
        return
    typer.echo(
        f"{house.model or 'none'}  in office; classify's own is {house.own_model or 'none'}"
    )
    for each in reversed(known.installed):
        by = f"{each.proposed_by} and {each.approved_by}"
        typer.echo(f"{each.model_id}  since {each.since:%Y-%m-%d %H:%M}, by {by}")
    for one in known.proposals:
        typer.echo(f"{one.model_id}  proposed by {one.proposed_by}: {one.note}")


def show(
    context: typer.Context,
    model: Annotated[str, typer.Argument(help="a proposed one, by its id")],
    data_dir: DataDir = None,
    as_json: Annotated[bool, typer.Option("--json", help="answer as JSON")] = False,
) -> None:
    """Show what there is to know of a proposed model: why, its shadow run, its model card."""
    from services.cli.shadow_cmd import readable

    proposal, report, card = asyncio.run(_known(model, data_dir, context.obj or {}))
    if as_json:
        body = {**proposal.model_dump(mode="json"), "shadow": report, "card": card}
        typer.echo(json.dumps(body, ensure_ascii=False))
        return
    shadow = "there was no shadow run" if report is None else readable(report)
    typer.echo(
        f"{model}, proposed by {proposal.proposed_by}: {proposal.note}\n\n{shadow}\n\n{card}"
    )


def propose(
    context: typer.Context,
    weights: Annotated[Path, typer.Argument(help="folder that `zhishou train` wrote")],
    person: Person,
    note: Annotated[str, typer.Option(help="what is better about it")],
    report: Annotated[
        Path | None, typer.Option(help="what `zhishou shadow --json` said of it")
    ] = None,
    data_dir: DataDir = None,
) -> None:
    """Put a candidate up; it judges once somebody else approves it."""
    from services.classify.adapters.bundles import packed

    bundle = packed(weights)
    model = _model_of(bundle)
    said = b"" if report is None else _report(report, model)
    caller = asker(person, context)
    asyncio.run(_propose(model, [bundle, said], note, caller, data_dir))


def approve(
    context: typer.Context,
    model: Annotated[str, typer.Argument(help="its id, as `zhishou model list` shows it")],
    person: Person,
    data_dir: DataDir = None,
) -> None:
    """Put a model in office that somebody else proposed; it is loaded here first, as a trial."""
    asyncio.run(_approve(model, asker(person, context), data_dir))


def rollback(
    context: typer.Context,
    person: Person,
    reason: Annotated[str, typer.Option(help="why it is taken back")],
    data_dir: DataDir = None,
) -> None:
    """Take the model in office back; the one before it judges again."""
    asyncio.run(_roll_back(reason, asker(person, context), data_dir))


async def _standing(
    data_dir: Path | None, environment: Mapping[str, str]
) -> tuple["Organisation", "ModelRegister"]:
    async with reached(data_dir, environment) as doors:
        return await doors.read.organisation(), await doors.read.models()


async def _propose(
    model: str, parts: Sequence[bytes], note: str, caller: Asker, data_dir: Path | None
) -> None:
    async with reached(data_dir, caller.environment) as doors:
        bundle, report = [await doors.bus.put_object(each) if each else "" for each in parts]
        body = {"bundle": bundle, "note": note, "report": report}
        await caller.ask(doors, f"/api/models/{model}/propose", body, f"{model} is proposed")


async def _known(
    model: str, data_dir: Path | None, environment: Mapping[str, str]
) -> "tuple[Proposal, Mapping[str, object] | None, str]":
    """Return the proposal, the report of its shadow run if there was one, its model card."""
    from services.classify.adapters.bundles import CARD, parts_of

    async with reached(data_dir, environment) as doors:
        proposal, bundle = await _proposed(doors, model)
        report = await doors.bus.get_object(proposal.report) if proposal.report else None
    shadow = None if report is None else json.loads(report)
    return proposal, shadow, parts_of(bundle)[CARD].decode("utf-8")


async def _approve(model: str, caller: Asker, data_dir: Path | None) -> None:
    async with reached(data_dir, caller.environment) as doors:
        proposal, bundle = await _proposed(doors, model)
        await asyncio.to_thread(_model_of, bundle)
        path, body = f"/api/models/{model}/promote", {"bundle": proposal.bundle}
        await caller.ask(doors, path, body, f"{model} is in office")


async def _proposed(doors: "Doors", model: str) -> tuple["Proposal", bytes]:
    """Return the newest proposal of this model, and its bundle. Raises UserError."""
    proposals = (await doors.read.models()).proposals
    meant = [each for each in proposals if each.model_id == model]
    if not meant:
        names = ", ".join(each.model_id for each in proposals) or "nothing"
        raise UserError(f"nobody has proposed {model}", fix=f"proposed: {names}")
    bundle = await doors.bus.get_object(meant[-1].bundle)
    if bundle is None:
        raise UserError("its bundle is gone", where=meant[-1].bundle, fix="propose it again")
    return meant[-1], bundle


async def _roll_back(reason: str, caller: Asker, data_dir: Path | None) -> None:
    async with reached(data_dir, caller.environment) as doors:
        current = (await doors.read.models()).in_office
        if current is None:
            raise UserError("classify's own model judges; there is none before it")
        path = f"/api/models/{current.model_id}/roll-back"
        await caller.ask(doors, path, {"reason": reason}, f"{current.model_id} is taken back")


def _model_of(bundle: bytes) -> str:
    """Load a bundle as classify would and return its model's id. Raises UserError."""
    from services.classify.adapters.bundles import unpacked
    from shared.runtime.text_tables import load_tables

    return unpacked(bundle, load_tables()).model


def _report(path: Path, model: str) -> bytes:
    """Return a shadow report as it stands; it must be of this model. Raises UserError."""
    fix = "make it with `zhishou shadow --weights DIR --json`"
    try:
        raw = path.read_bytes()
        candidate = json.loads(raw)["candidate"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UserError("this is no report of a shadow run", where=str(path), fix=fix) from error
    if candidate != model:
        raise UserError(f"this report is of {candidate}, not {model}", where=str(path), fix=fix)
    return raw
