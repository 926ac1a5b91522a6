"""Traces in the W3C's form, derived from what causes them: nothing is drawn, nothing is passed along.

One item has one trace, from its arrival to the reply that left for it; every hop finds the same id
by itself, so a redelivery, a replay and a restored log keep it. What people do with a case, and its
pages, have the trace of the case. A batch is a span of its own; its items are its links.
"""

import re
from collections.abc import Iterator

from shared.contracts.batches import ItemBatch
from shared.contracts.facts import Fact
from shared.contracts.ids import TOKEN_CHARS, token
from shared.contracts.items import ItemClassified, ItemDeleted, ItemEdited, ItemReceived

HEADER = "traceparent"
TRACE_CHARS, SPAN_CHARS = 32, 16
_PAD = "0" * (TRACE_CHARS - TOKEN_CHARS)
_ITEMS = (ItemReceived, ItemEdited, ItemDeleted)
_is_token = re.compile(f"[0-9a-f]{{{TOKEN_CHARS}}}").fullmatch


def trace_id(cause: str) -> str:
    """Return the trace of an item, a case or a message: its id, filled up where it is a token."""
    return _PAD + (cause if _is_token(cause) else token("trace", cause))


def traceparent(trace: str, message_id: str) -> str:
    """Return the header of one message: its trace, and itself as the span."""
    own = trace_id(message_id)
    return f"00-{trace or own}-{own[-SPAN_CHARS:]}-01"


def trace_of(fact: Fact) -> str:
    """Return the trace a fact belongs to; empty where it is one of its own."""
    if isinstance(fact, _ITEMS):
        return trace_id(fact.item_id)
    if isinstance(fact, ItemBatch):
        return trace_id(fact.items[0].item_id) if len(fact.items) == 1 else ""
    if isinstance(fact, ItemClassified):
        return trace_id(fact.item_id[0]) if len(fact.item_id) == 1 else ""
    case_id = getattr(fact, "case_id", "")
    return trace_id(case_id) if case_id else ""


def links(fact: ItemClassified) -> Iterator[str]:
    """Yield the traces a batch of verdicts is linked to, in its order."""
    return map(trace_id, fact.item_id)
