"""Lists on the screen, also one with nothing on it: silence could be a fault."""

from collections.abc import Iterable

import typer


def tell(lines: Iterable[str], nothing: str) -> None:
    """Print the lines; without any say so, beside the output, for what reads it counts lines."""
    empty = True
    for line in lines:
        typer.echo(line)
        empty = False
    if empty:
        typer.echo(nothing, err=True)
