"""`zhishou knowledge`: entries of the knowledge base from files, into files, and on the screen."""

import asyncio
import json
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from services.cli.archive_cmds import DataDir
from services.cli.asking import Person, password_of
from services.cli.gate_cmds import JsonOption
from services.cli.groups import group
from services.cli.listing import tell
from services.cli.people_cmds import reached
from services.cli.words_desk import Named, Reason, ask
from shared.errors import UserError

if TYPE_CHECKING:
    from services.cli.knowledge_files import FileEntry
    from services.respond.core.aggregates import Entry
    from services.respond.ports import ReadModel


def register(app: typer.Typer) -> None:
    """Add the group to the command line."""
    knowledge = group(app, "knowledge")
    knowledge.command("import", epilog="Example: zhishou knowledge import faq.md --person wang")(
        bring
    )
    knowledge.command("list", epilog="Example: zhishou knowledge list --json")(listed)
    knowledge.command("approve", epilog="Example: zhishou knowledge approve parking --person li")(
        approve
    )
    knowledge.command(
        "expire", epilog="Example: zhishou knowledge expire parking --reason 改价了 --person li"
    )(take_out)
    knowledge.command("export", epilog="Example: zhishou knowledge export faq.csv")(export)
    knowledge.command("check", epilog="Example: zhishou knowledge check faq.csv")(check)


def bring(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="CSV, or Markdown with a heading a question")],
    person: Person,
    data_dir: DataDir = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Propose every entry of a file; a second person approves them in the console."""
    from services.cli.knowledge_files import read_entries

    entries = read_entries(file)
    environment: Mapping[str, str] = context.obj or {}
    password = password_of(environment)
    count = asyncio.run(_bring(entries, person, password, data_dir, environment))
    said = f"{count} entries are proposed; a second person approves them under /knowledge"
    typer.echo(json.dumps({"proposed": count}) if as_json else said)


def check(
    file: Annotated[Path, typer.Argument(help="CSV, or Markdown with a heading a question")],
    *,
    as_json: JsonOption = False,
) -> None:
    """Read a file without bringing it in; a mistake is named by its line."""
    from services.cli.knowledge_files import read_entries

    entries = read_entries(file)
    typer.echo(json.dumps({"entries": len(entries)}) if as_json else f"entries: {len(entries)}")


def listed(
    context: typer.Context, data_dir: DataDir = None, *, as_json: JsonOption = False
) -> None:
    """Show what is proposed, in use and taken out."""
    known = asyncio.run(_known(data_dir, context.obj or {}))
    tell((_line(each, as_json=as_json) for each in known), "there is no entry yet")


def _line(entry: "Entry", *, as_json: bool) -> str:
    said, state = entry.newest.written, state_of(entry)
    if as_json:
        body = {"entry_id": entry.entry_id, "state": state, **_shown(entry)}
        return json.dumps(body, ensure_ascii=False)
    return f"{entry.entry_id}  {state:9} {said.matter}  {said.answer[:60]}  ({said.source})"


def approve(context: typer.Context, name: Named, person: Person, data_dir: DataDir = None) -> None:
    """Approve a proposed entry, exactly as it stands; open cases are offered it from now on."""
    meant = [
        each
        for each in asyncio.run(_known(data_dir, context.obj or {}))
        if each.entry_id == name and each.proposed is not None
    ]
    if not meant or meant[0].proposed is None:
        raise UserError(f"nobody has proposed an entry {name}", fix="zhishou knowledge list")
    path = f"/api/knowledge/{name}/entry-approve"
    body = {"content": meant[0].proposed.content}
    ask(context, data_dir, person, path, body, f"{name} is in use")


def take_out(
    context: typer.Context, name: Named, reason: Reason, person: Person, data_dir: DataDir = None
) -> None:
    """Take an entry out of use, or a proposed one off the list."""
    path = f"/api/knowledge/{name}/entry-expire"
    ask(context, data_dir, person, path, {"reason": reason}, f"{name} is out of use")


def export(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="to write: .csv, or .md")],
    data_dir: DataDir = None,
) -> None:
    """Write the entries in use to a file that `import` reads again."""
    from services.cli.knowledge_files import as_csv, as_markdown
    from services.cli.lines import write_file

    known = asyncio.run(_known(data_dir, context.obj or {}))
    entries = [_as_file(each) for each in known if state_of(each) == "approved"]
    table = file.suffix.lower() == ".csv"
    write_file(file, as_csv(entries) if table else as_markdown(entries))
    typer.echo(f"entries: {len(entries)}")


def state_of(entry: "Entry") -> Literal["proposed", "approved", "expired"]:
    """Return what an entry is; one in use for which a change waits is in use."""
    if entry.expired_at is not None:
        return "expired"
    return "approved" if entry.approved else "proposed"


async def entries_of(read: "ReadModel") -> Sequence["Entry"]:
    """Return all entries that are known: proposed, in use, taken out."""
    shelf = await read.shelf()
    ids = [*shelf.proposed, *(each.entry_id for each in shelf.books), *shelf.expired]
    return await read.entries(tuple(dict.fromkeys(ids)))


async def propose(console: str, person: str, password: str, entries: Sequence["FileEntry"]) -> int:
    """Ask the console for every entry. Raises UserError with the first refusal."""
    from services.cli.console_link import signed_in

    async with signed_in(console, person, password) as link:
        for each in entries:
            body = each.model_dump(mode="json")
            path = f"/api/knowledge/{each.entry_id}/entry-write"
            await link.ask(path, body, secrets.token_hex(12))
    return len(entries)


async def _bring(
    entries: Sequence["FileEntry"],
    person: str,
    password: str,
    data_dir: Path | None,
    environment: Mapping[str, str],
) -> int:
    async with reached(data_dir, environment) as doors:
        return await propose(doors.console, person, password, entries)


async def _known(data_dir: Path | None, environment: Mapping[str, str]) -> Sequence["Entry"]:
    async with reached(data_dir, environment) as doors:
        return await entries_of(doors.read)


def _shown(entry: "Entry") -> dict[str, object]:
    said = entry.newest.written
    return said.model_dump(mode="json", exclude={"kind", "version", "op_id", "entry_id"})


def _as_file(entry: "Entry") -> "FileEntry":
    from services.cli.knowledge_files import FileEntry

    said = (entry.approved or entry.newest).written
    return FileEntry.model_validate(said.model_dump(include=set(FileEntry.model_fields)))
