"""What positions, bans and receipts said before: who changed what, when and why, word by word."""

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Literal, NamedTuple, get_args

from aiohttp import web

from services.respond.console.api import allowed
from services.respond.console.render import page, view_of
from services.respond.core.chronicle import Told, What

WHATS = get_args(What)
ENDS = frozenset({"ended", "expired", "lifted", "off"})


class Bit(NamedTuple):
    """A run of words that stayed, was taken out, or was put in."""

    how: Literal["same", "out", "in"]
    text: str


class Field(NamedTuple):
    """One field of what was said, against how it was before."""

    name: str
    bits: tuple[Bit, ...]


class Entry(NamedTuple):
    """One thing that was done, and what it changed in the words."""

    told: Told
    fields: tuple[Field, ...]


async def history(request: web.Request) -> web.Response:
    """The newest first; ?what= one kind, ?name= one of them alone."""
    allowed(request, "read")
    view = view_of(request)
    what, name = request.query.get("what", ""), request.query.get("name", "")
    entries = [
        each
        for each in entries_of((await view.console.read.chronicle()).told)
        if what in {"", each.told.what} and name in {"", each.told.name}
    ]
    values = {
        "entries": entries[::-1],
        "what": what,
        "whats": WHATS,
        "names": await view.names(),
    }
    return await page(view, "past_words.html", values)


def entries_of(told: Sequence[Told]) -> Iterator[Entry]:
    """Yield each with its words against the last ones of the same thing; an end has none."""
    before: dict[tuple[str, str], dict[str, str]] = {}
    for each in told:
        key = (each.what, each.name)
        old = before.get(key, {})
        changed = () if each.act in ENDS else tuple(_fields(old, each.says))
        before[key] = each.says
        yield Entry(each, changed)


def _fields(old: dict[str, str], new: dict[str, str]) -> Iterator[Field]:
    for name in dict.fromkeys((*new, *old)):
        was, is_now = old.get(name, ""), new.get(name, "")
        if was != is_now:
            yield Field(name, tuple(bits(was, is_now)))


def bits(was: str, is_now: str) -> Iterator[Bit]:
    """Yield what stayed, went and came, in the order it is read."""
    for how, a, b, c, d in SequenceMatcher(None, was, is_now, autojunk=False).get_opcodes():
        if how == "equal":
            yield Bit("same", was[a:b])
            continue
        if a < b:
            yield Bit("out", was[a:b])
        if c < d:
            yield Bit("in", is_now[c:d])
