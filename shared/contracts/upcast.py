"""Old payloads become current ones: plain dict in, plain dict out, one step a version."""

from collections.abc import Callable, Mapping
from typing import Any

Payload = dict[str, Any]
Upcast = Callable[[Payload], Payload]

UPCASTS: Mapping[tuple[str, int], Upcast] = {}
"""(kind, version) -> the function that turns that version into the next one."""


def upcast(payload: Payload, upcasts: Mapping[tuple[str, int], Upcast] = UPCASTS) -> Payload:
    """Return `payload` raised step by step; unchanged when no upcast is known for it."""
    while (key := (payload["kind"], payload["version"])) in upcasts:
        payload = upcasts[key](payload)
    return payload
