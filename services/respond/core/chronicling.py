"""Keeps what is done to positions, bans and automatic receipts, as it is done."""

from collections.abc import Mapping
from typing import Final

from services.respond.core.chronicle import KEPT, Chronicle, Told, What
from services.respond.core.guidance import Ban, Position
from services.respond.core.work import Work

SAYS_CHARS: Final = 2_000


def record(
    work: Work,
    what: What,
    name: str,
    act: str,
    says: Mapping[str, str],
    *,
    by: str = "",
    why: str = "",
) -> None:
    """Keep what was just done."""
    known = work.get(Chronicle.KEY, Chronicle) or Chronicle()
    cut = {field: words[:SAYS_CHARS] for field, words in says.items() if words}
    fresh = Told(what=what, name=name, act=act, at=work.at, by=by, why=why, says=cut)
    work.put(Chronicle(told=(*known.told[1 - KEPT :], fresh)))


def words_of(position: Position) -> dict[str, str]:
    """Return what a position says, field by field."""
    said = position.written
    return {
        "matter": said.matter,
        "text": said.text,
        "variants": "\n".join(said.variants),
        "words": "、".join(said.words),
        "must_say": "、".join(said.must_say),
        "must_not_say": "、".join(said.must_not_say),
        "valid_until": said.valid_until.isoformat(),
    }


def words_of_ban(ban: Ban) -> dict[str, str]:
    """Return what a ban forbids, and until when."""
    return {"text": ban.text, "valid_until": ban.until.isoformat()}
