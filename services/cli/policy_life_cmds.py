"""`zhishou policy propose|review|approve|activate|...`: rules on their way into force and back."""

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from services.cli.archive_cmds import DataDir
from services.cli.asking import Person, asker
from services.cli.groups import group
from services.cli.people_cmds import reached
from services.cli.policy_house import (
    in_force_of,
    proposed,
    review_of,
    reviewed,
    shadow_of,
    standing,
)
from shared.errors import UserError

PackName = Annotated[str, typer.Argument(help="name of a pack that accounts here use")]
Which = Annotated[
    str | None, typer.Option("--hash", help="which proposal, by the beginning of its hash")
]
Reason = Annotated[str, typer.Option(help="why")]
AsJson = Annotated[bool, typer.Option("--json", help="answer as JSON")]


def register(app: typer.Typer) -> None:
    """Add the commands to the group `policy`."""
    policy = group(app, "policy")
    policy.command("status", epilog="Example: zhishou policy status --json")(status)
    policy.command(
        "propose",
        epilog='Example: zhishou policy propose company --person wang --note "投诉半小时内受理"',
    )(propose)
    policy.command("review", epilog="Example: zhishou policy review company")(review)
    policy.command(
        "shadow", epilog="Example: zhishou policy shadow company --start --person wang"
    )(shadow)
    policy.command(
        "approve", epilog="Example: zhishou policy approve company --person li --activate"
    )(approve)
    policy.command("activate", epilog="Example: zhishou policy activate company --person li")(
        activate
    )
    policy.command(
        "reject", epilog='Example: zhishou policy reject company --person li --reason "太松"'
    )(reject)
    policy.command(
        "rollback", epilog='Example: zhishou policy rollback company --person li --reason "误拦"'
    )(rollback)
    policy.command("confirm", epilog="Example: zhishou policy confirm company --person wang")(
        confirm
    )


def status(context: typer.Context, data_dir: DataDir = None, *, as_json: AsJson = False) -> None:
    """Show which rules hold, who put them in force, and what is proposed."""
    from services.cli.policy_lines import standing_lines

    in_force, known = asyncio.run(standing(data_dir, context.obj or {}))
    if as_json:
        body = {"in_force": in_force, **known.model_dump(mode="json")}
        typer.echo(json.dumps(body, ensure_ascii=False))
        return
    typer.echo("\n".join(standing_lines(in_force, known)))


def propose(
    context: typer.Context,
    pack: Annotated[str, typer.Argument(help="name of the pack, or its directory")],
    person: Person,
    note: Annotated[str, typer.Option(help="what the new rules are for")],
    policies: Annotated[
        Path | None, typer.Option(help="directory of the packs (default: shipped ones)")
    ] = None,
    data_dir: DataDir = None,
    *,
    with_shadow: Annotated[
        bool, typer.Option("--shadow", help="let it run beside the rules in force at once")
    ] = False,
) -> None:
    """Put the pack as it stands in its files up for approval by somebody else."""
    from services.cli.policy_files import pack_at

    rules = pack_at(pack, policies)
    caller = asker(person, context)
    body = rules.canonical()

    async def ask() -> None:
        async with reached(data_dir, caller.environment) as doors:
            base = await in_force_of(doors, rules.name)
            pack_hash = await doors.bus.put_object(body)
            where, short = f"/api/packs/{rules.name}", pack_hash[:12]
            asked = {"pack_hash": pack_hash, "base_hash": base, "note": note}
            beside = {"pack_hash": pack_hash, "running": True}
            wishes: list[tuple[str, Mapping[str, object], str]] = [
                (f"{where}/propose", asked, f"{rules.name} {short} is proposed")
            ]
            if with_shadow:
                wishes.append((f"{where}/shadow", beside, f"{rules.name} {short} runs beside"))
            await caller.ask_all(doors, wishes)

    asyncio.run(ask())


def review(
    context: typer.Context,
    pack: PackName,
    which: Which = None,
    data_dir: DataDir = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Show what a proposal changes, and every unsent text that would fail by it."""
    from services.cli.policy_lines import review_lines

    found = asyncio.run(reviewed(pack, which, data_dir, context.obj or {}))
    typer.echo(
        json.dumps(found.model_dump(mode="json"), ensure_ascii=False)
        if as_json
        else "\n".join(review_lines(found))
    )


def shadow(
    context: typer.Context,
    pack: PackName,
    person: Annotated[str | None, typer.Option(help="who starts or stops it")] = None,
    which: Which = None,
    data_dir: DataDir = None,
    *,
    start: Annotated[bool, typer.Option("--start", help="let a proposal run beside")] = False,
    stop: Annotated[bool, typer.Option("--stop", help="end it")] = False,
    as_json: AsJson = False,
) -> None:
    """Show what a proposal decides beside the rules in force, without any effect; start or stop it."""
    from services.cli.policy_lines import shadow_lines

    if start or stop:
        if person is None or start == stop:
            raise UserError("say --start or --stop, and --person", fix="see --help")
        said = "runs beside" if start else "runs no longer"
        _decide(context, pack, which, person, ("shadow", {"running": start}, said), data_dir)
        return
    run = asyncio.run(shadow_of(pack, data_dir, context.obj or {}))
    typer.echo(run.model_dump_json() if as_json else "\n".join(shadow_lines(run)))


def approve(
    context: typer.Context,
    pack: PackName,
    person: Person,
    which: Which = None,
    data_dir: DataDir = None,
    *,
    now: Annotated[bool, typer.Option("--activate", help="let it hold from now on")] = False,
) -> None:
    """Approve what somebody else proposed; what it changes and breaks is shown first."""
    said = "is in force" if now else "is approved"
    _decide(context, pack, which, person, ("approve", {"activate": now}, said), data_dir)


def activate(
    context: typer.Context,
    pack: PackName,
    person: Person,
    which: Which = None,
    data_dir: DataDir = None,
) -> None:
    """Put an approved proposal in force; texts that fail by it return to their owners."""
    _decide(context, pack, which, person, ("activate", {}, "is in force"), data_dir)


def reject(
    context: typer.Context,
    pack: PackName,
    person: Person,
    reason: Reason,
    which: Which = None,
    data_dir: DataDir = None,
) -> None:
    """Turn a proposal down, or withdraw one's own."""
    _decide(context, pack, which, person, ("reject", {"reason": reason}, "is rejected"), data_dir)


def rollback(
    context: typer.Context,
    pack: PackName,
    person: Person,
    reason: Reason,
    data_dir: DataDir = None,
) -> None:
    """Return to the rules that held before; one person may, at any hour."""
    caller = asker(person, context)

    async def ask() -> None:
        async with reached(data_dir, caller.environment) as doors:
            known = await doors.read.policies()
            current = known.in_force(pack)
            if current is None:
                raise UserError("the files' own rules hold; there are none before them")
            back = known.before(pack)
            body = {"pack_hash": current.pack_hash, "to_hash": back, "reason": reason}
            said = f"{pack} {current.pack_hash[:12]} is taken back; {back[:12]} holds again"
            await caller.ask(doors, f"/api/packs/{pack}/roll-back", body, said)

    asyncio.run(ask())


def confirm(
    context: typer.Context, pack: PackName, person: Person, data_dir: DataDir = None
) -> None:
    """Show what the rules changed for a person, and confirm that they have read it."""
    from services.cli.policy_lines import change_lines
    from services.respond.core.briefing import unread

    caller = asker(person, context)

    async def ask() -> None:
        async with reached(data_dir, caller.environment) as doors:
            await doors.known(person)
            read = doors.read
            who = await read.person(person)
            roles = who.registered.roles if who else ()
            told = unread(await read.pack_changes(pack), await read.briefed(person), roles)
            for switch in told:
                typer.echo("\n".join(change_lines(switch)))
            body = {"pack_hash": await in_force_of(doors, pack)}
            said = f"{person} knows the rules of {pack}"
            await caller.ask(doors, f"/api/packs/{pack}/confirm", body, said)

    asyncio.run(ask())


def _decide(
    context: typer.Context,
    pack: str,
    which: str | None,
    person: str,
    asked: tuple[str, dict[str, object], str],
    data_dir: Path | None,
) -> None:
    """Ask for one thing about a proposal; what it does is shown before it is put in force."""
    from services.cli.policy_lines import review_lines

    caller = asker(person, context)
    verb, extra, said = asked

    async def ask() -> None:
        async with reached(data_dir, caller.environment) as doors:
            meant = await proposed(doors, pack, which)
            if verb in {"approve", "activate"}:
                shown = review_lines(await review_of(doors, meant))
                typer.echo("\n".join(shown), err=True)
            told = f"{pack} {meant.pack_hash[:12]} {said}"
            path = f"/api/packs/{pack}/{verb}"
            await caller.ask(doors, path, {"pack_hash": meant.pack_hash, **extra}, told)

    asyncio.run(ask())
