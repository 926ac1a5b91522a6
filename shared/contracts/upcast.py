"""Old payloads become current ones: plain dict in, plain dict out, one step a version."""

from collections.abc import Callable, Mapping
from typing import Any

from shared.contracts.items import ItemClassified
from shared.contracts.verdicts import Label, Reason, Verdict

Payload = dict[str, Any]
Upcast = Callable[[Payload], Payload]


def _pack_verdicts(payload: Payload) -> Payload:
    """Verdicts of version 1 were nested, every probability and reason an object of its own."""
    verdicts = [_packed(each) for each in payload["verdicts"]]
    named = [(each.item_id, each.item_version) for each in verdicts]
    return ItemClassified.of(named, verdicts).model_dump()


def _packed(each: Payload) -> Verdict:
    old: Payload = each["verdict"]
    believed: Mapping[Label, float] = {Label(key): value for key, value in old["labels"].items()}
    reasons = [Reason.model_validate(reason) for reason in old.get("reasons", ())]
    decided = [Label(label) for label in old.get("decided", ())]
    fresh = Verdict.of(believed, model=old["model"], decided=decided, reasons=reasons)
    same = ("abstained", "anger", "signature", "exact", "degraded")
    kept = {name: old[name] for name in same if name in old}
    named = {name: each[name] for name in ("item_id", "item_version")}
    kept |= {"degraded": tuple(kept.get("degraded", ()))}
    return fresh._replace(**kept, **named)


def _whole_lines(payload: Payload) -> Payload:
    """Version 1 had every line whole, and so may version 2."""
    return {**payload, "version": 2, "forms": ()}


UPCASTS: Mapping[tuple[str, int], Upcast] = {
    ("item.classified", 1): _pack_verdicts,
    ("decisions.recorded", 1): _whole_lines,
}
"""(kind, version) -> the function that turns that version into the next one."""


def upcast(payload: Payload, upcasts: Mapping[tuple[str, int], Upcast] = UPCASTS) -> Payload:
    """Return `payload` raised step by step; unchanged when no upcast is known for it."""
    while (key := (payload["kind"], payload["version"])) in upcasts:
        payload = upcasts[key](payload)
    return payload
