"""`zhishou position|ban`: what may be said, by whom, until when, and what was said before."""

import asyncio
import secrets
from pathlib import Path
from typing import Annotated

import typer

from services.cli.archive_cmds import DataDir, archive_file
from services.cli.asking import Person
from services.cli.gate_cmds import JsonOption
from services.cli.groups import group
from services.cli.listing import tell
from services.cli.moments import moment
from services.cli.words_desk import UNTIL, Named, Reason, as_they_stand, ask, show
from shared.errors import UserError

Words = Annotated[list[str] | None, typer.Option(help="repeat it for several")]


def register(app: typer.Typer) -> None:
    """Add the groups."""
    position = group(app, "position")
    position.command("list", epilog="Example: zhishou position list --json")(positions)
    position.command("history", epilog="Example: zhishou position history 蛋糕 --json")(history)
    position.command(
        "write",
        epilog="Example: zhishou position write 蛋糕 --text 您好，涉事蛋糕已下架。"
        " --must-say 下架 --until +3d --person wang",
    )(write)
    position.command("approve", epilog="Example: zhishou position approve cake --person li")(agree)
    position.command(
        "expire", epilog="Example: zhishou position expire cake --reason 已有新口径 --person li"
    )(expire)
    ban = group(app, "ban")
    ban.command("list", epilog="Example: zhishou ban list --json")(bans)
    ban.command("history", epilog="Example: zhishou ban history")(ban_history)
    ban.command("add", epilog="Example: zhishou ban add 召回 --until +6h --person li")(forbid)
    ban.command("lift", epilog="Example: zhishou ban lift b1 --reason 已公布 --person li")(lift)


def positions(
    context: typer.Context, data_dir: DataDir = None, *, as_json: JsonOption = False
) -> None:
    """Show the positions (口径): proposed, to come, in force, ended lately; and who asks for one."""
    show(context, data_dir, "positions", as_json=as_json)


def bans(context: typer.Context, data_dir: DataDir = None, *, as_json: JsonOption = False) -> None:
    """Show what may not be said for now (今日禁提), and until when."""
    show(context, data_dir, "bans", as_json=as_json)


def history(
    context: typer.Context,
    words: Annotated[str, typer.Argument(help="in the matter or the text; empty: all")] = "",
    data_dir: DataDir = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Show from the archive what held when, who approved it, and which replies rested on it."""
    _tell(context, data_dir, "position", words, as_json=as_json)


def ban_history(
    context: typer.Context,
    words: Annotated[str, typer.Argument(help="in its words; empty: all")] = "",
    data_dir: DataDir = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Show from the archive what was forbidden when, by whom, and how it ended."""
    _tell(context, data_dir, "ban", words, as_json=as_json)


def write(
    context: typer.Context,
    matter: Annotated[str, typer.Argument(help="what it is about, in a word or two")],
    text: Annotated[str, typer.Option(help="what may be said")],
    until: Annotated[str, typer.Option(help=UNTIL)],
    person: Person,
    since: Annotated[
        str, typer.Option("--from", help="when it begins; empty: once approved")
    ] = "",
    word: Words = None,
    must_say: Words = None,
    must_not_say: Words = None,
    variant: Words = None,
    *,
    internal: Annotated[bool, typer.Option("--internal", help="never offered as a text")] = False,
    position_id: Annotated[str, typer.Option("--id", help="of the position to change")] = "",
    data_dir: DataDir = None,
) -> None:
    """Propose a position; a second person approves exactly its words."""
    name = position_id or secrets.token_hex(6)
    body: dict[str, object] = {
        "matter": matter,
        "text": text,
        "words": word or [],
        "must_say": must_say or [],
        "must_not_say": must_not_say or [],
        "variants": variant or [],
        "internal": internal,
        "valid_until": moment(until, "--until"),
    }
    if since:
        body["valid_from"] = moment(since, "--from")
    path = f"/api/positions/{name}/position-write"
    ask(context, data_dir, person, path, body, f"{name} is proposed; somebody else approves it")


def agree(context: typer.Context, name: Named, person: Person, data_dir: DataDir = None) -> None:
    """Approve a proposed position, exactly as it stands."""
    lines = asyncio.run(as_they_stand(data_dir, context.obj or {}, "positions"))
    meant = [
        each for each in lines if each.body["id"] == name and each.body["state"] == "proposed"
    ]
    if not meant:
        raise UserError(f"nobody has proposed a position {name}", fix="zhishou position list")
    path = f"/api/positions/{name}/position-approve"
    ask(
        context,
        data_dir,
        person,
        path,
        {"content": meant[0].body["content"]},
        f"{name} is approved",
    )


def expire(
    context: typer.Context, name: Named, reason: Reason, person: Person, data_dir: DataDir = None
) -> None:
    """End a position; unsent texts that rest on it go back to their writers."""
    path = f"/api/positions/{name}/position-end"
    ask(context, data_dir, person, path, {"reason": reason}, f"{name} holds no longer")


def forbid(
    context: typer.Context,
    text: Annotated[str, typer.Argument(help="the words, at most 40 characters")],
    until: Annotated[str, typer.Option(help=f"{UNTIL}; at most seven days")],
    person: Person,
    data_dir: DataDir = None,
) -> None:
    """Forbid words in everything that leaves; unsent texts that hold them come back."""
    body = {"text": text, "until": moment(until, "--until")}
    ask(context, data_dir, person, "/api/ban", body, f"{text} may not be said any more")


def lift(
    context: typer.Context, name: Named, reason: Reason, person: Person, data_dir: DataDir = None
) -> None:
    """Lift a ban before its time."""
    path = f"/api/bans/{name}/ban-lift"
    ask(context, data_dir, person, path, {"reason": reason}, f"{name} is lifted")


def _tell(
    context: typer.Context, data_dir: Path | None, what: str, words: str, *, as_json: bool
) -> None:
    from services.archive.shell.held import held
    from services.cli.words_lines import held_lines

    found = held(archive_file(data_dir, context.obj), what, words)
    lines = (line for each in found for line in held_lines(each, as_json=as_json))
    tell(lines, "nothing of that stands in the archive")
