"""Command groups that several modules fill, such as `zhishou classify run` and `... text`."""

import typer

HELP = {
    "ingest": "Listen to the platforms.",
    "classify": "Tell complaints, rumours and harm from the rest.",
    "respond": "Keep cases, clocks and replies; serve the console.",
    "archive": "Keep the searchable record.",
    "gate": "Check outgoing texts.",
    "policy": "Look at and prove rule packs.",
    "person": "Let people in.",
}


def group(app: typer.Typer, name: str) -> typer.Typer:
    """Return the group `name` of the application, made on first use."""
    for known in app.registered_groups:
        if known.name == name and known.typer_instance is not None:
            return known.typer_instance
    made = typer.Typer(no_args_is_help=True, help=HELP.get(name))
    app.add_typer(made, name=name)
    return made
