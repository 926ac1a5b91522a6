"""Facts of hundreds of items as the hot path reads them: verdicts and the ledger, by msgspec.

As with items (`received`), whatever this reader does not take is read as a model, so it can only
ever be quicker, never stricter; a law holds both to the same values.
"""

from typing import Final, Literal

import msgspec

from shared.contracts.base import built
from shared.contracts.items import ItemClassified
from shared.contracts.system import DecisionsRecorded

_Texts = tuple[str, ...]


class _Columns(msgspec.Struct, frozen=True, gc=False, tag_field="kind"):
    version: Literal[2]


class _Classified(_Columns, frozen=True, tag="item.classified"):
    model: str
    item_id: _Texts
    item_version: _Texts
    beliefs: _Texts
    held: _Texts
    abstained: tuple[bool, ...]
    why: _Texts
    anger: tuple[int, ...]
    signature: _Texts
    exact: _Texts
    degraded: _Texts = ()
    says: str = ""
    hearing: tuple[int, ...] = ()


class _Recorded(_Columns, frozen=True, tag="decisions.recorded"):
    after_seq: int
    upto_seq: int
    lines: _Texts
    chain: str
    forms: _Texts = ()


COLUMN_HEADS: Final = (b'{"kind":"item.classified",', b'{"kind":"decisions.recorded",')
"""How they begin as we write them; one that is spelt otherwise is read as a model."""
_read = msgspec.json.Decoder(_Classified | _Recorded).decode


def read_columns(data: bytes | str) -> ItemClassified | DecisionsRecorded | None:
    """Return the fact; None for another one, or an older or odd one."""
    if isinstance(data, str) or not data.startswith(COLUMN_HEADS):
        return None
    try:
        found = _read(data)
    except msgspec.MsgspecError:
        return None
    values = msgspec.structs.asdict(found)
    if isinstance(found, _Recorded):
        return built(DecisionsRecorded, values)
    fact = built(ItemClassified, values)
    return None if fact.uneven() else fact
