"""`zhishou config check` and `show`: what the services would be started with; `site` makes files for it."""

import json
from pathlib import Path
from typing import Annotated

import typer

from services.cli.every_setting import every_setting
from services.cli.groups import group

JsonOption = Annotated[bool, typer.Option("--json", help="answer as JSON")]


def register(app: typer.Typer) -> None:
    """Add the group to the command line."""
    config = group(app, "config")
    config.command(
        "check", epilog="Example: ZHISHOU_PEOPLE_FILE=people.yaml zhishou config check"
    )(check)
    config.command("show", epilog="Example: zhishou config show --json")(show)
    config.command("site", epilog="Example: zhishou config site deploy/site --demo")(site)


def check(*, as_json: JsonOption = False) -> None:
    """Read settings, accounts, people, roster and packs as the services would; name a mistake."""
    from services.respond.app import configure
    from services.respond.settings import RespondSettings
    from shared.runtime.entry import read_settings

    every_setting()
    read = configure(read_settings(RespondSettings))
    found = {
        "accounts": [each.account_id for each in read.accounts],
        "people": [each.person_id for each in read.people],
        "duties": len(read.duties or ()),
        "packs": {each.name: each.content_hash() for each in read.packs},
    }
    _report(found, as_json=as_json)


def show(*, as_json: JsonOption = False) -> None:
    """Print every setting with its value; secrets are masked."""
    _report(every_setting(), as_json=as_json)


def site(
    place: Annotated[Path, typer.Argument(help="directory for the files; it is made")],
    *,
    demo: Annotated[bool, typer.Option("--demo", help="for the mock platform of compose")] = False,
    servers: Annotated[
        str, typer.Option(help="host of NATS and Valkey, where they are no containers")
    ] = "",
    as_json: JsonOption = False,
) -> None:
    """Write the files of a deployment with fresh passwords; docs/deploy.md goes on from there."""
    from services.cli.site import make

    names = make(place, demo=demo, servers=servers)
    if as_json:
        typer.echo(json.dumps({"place": str(place), "files": names}, ensure_ascii=False))
        return
    typer.echo(f"{place}: {', '.join(names)}")
    typer.echo(
        "Fill in accounts.yaml, people.yaml, roster.yaml and the addresses in the .env files."
    )


def _report(found: dict[str, object], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False))
        return
    width = max(map(len, found)) + 2
    for name, value in found.items():
        typer.echo(f"{name:<{width}}{'' if value is None else value}")
