"""Two folds of the same facts side by side: which decisions other rules would have changed."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, NamedTuple

from services.respond.core.outgoing import OutgoingText
from shared.contracts.base import Frozen


class Pair(NamedTuple):
    """One thing as both decided it; "" where one of them decided nothing.

    `item_id` is the item it is about, or the one that opened the case; empty for a text.
    """

    about: str
    item_id: str
    first: str
    second: str


class Pairs(Frozen):
    """By kind of decision, what the second rules decide otherwise; cases are counted for both."""

    cases: tuple[int, int]
    differing: dict[str, tuple[Pair, ...]]


@dataclass(slots=True)
class Decided:
    """What one fold decided, by what it is about. Lines may come in pieces."""

    opened: dict[str, str] = field(default_factory=dict)
    queued: dict[str, str] = field(default_factory=dict)
    held: dict[str, str] = field(default_factory=dict)
    clocks: dict[str, str] = field(default_factory=dict)
    judged: dict[str, str] = field(default_factory=dict)
    suggested: dict[str, str] = field(default_factory=dict)
    breached: dict[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    item_of: dict[str, str] = field(default_factory=dict)
    """Case -> the item that opened it."""

    def take(self, lines: Sequence[str], texts: Sequence[OutgoingText] = ()) -> None:
        """Note decisions, and what the gate said of our own texts."""
        for line in lines:
            self._note(json.loads(line))
        for each in texts:
            reasons = "; ".join(each.reasons)
            said = f"{each.level}: {reasons}" if reasons else each.level
            self.texts[f"{each.source} “{each.text[:40]}”"] = said

    def offer(self, offered: Mapping[str, Sequence[str]]) -> None:
        """Note what each case is offered as answers."""
        for case_id, names in offered.items():
            self.suggested[f"case {case_id}"] = ", ".join(names) or "-"

    def _case_of(self, said: Mapping[str, object]) -> str:
        return f"case of {self.item_of[str(said['case_id'])]}"

    def _note(self, said: Mapping[str, object]) -> None:
        match said["kind"]:
            case "case.opened":
                item_id = str(said["item_id"])
                self.item_of[str(said["case_id"])] = item_id
                told = f"{_listed(said['labels'])}, severity {said['severity']}"
                self.opened[f"case of {item_id}"] = told
                self.queued[f"case of {item_id}"] = str(said["queue"])
                self.clocks[f"case of {item_id}"] = _clocks(said)
            case "case.routed":
                self.queued[self._case_of(said)] = str(said["queue"])
            case "hold.moved":
                self.held[self._case_of(said)] = f"{said['policy']} {said['status']}, {said['to']}"
            case "item.judged":
                told = f"{_listed(said['decided'])}, severity {said['severity']}"
                self.judged[f"item {said['item_id']}"] = told
            case "clock.breached":
                self.breached[f"case {said['case_id']} {said['clock']}"] = str(said["at"])
            case _:
                pass


KINDS: Final = {
    "cases": "opened",
    "queues": "queued",
    "holds": "held",
    "clocks": "clocks",
    "items": "judged",
    "suggestions": "suggested",
    "breaches": "breached",
    "texts": "texts",
}
"""Kind of decision -> where `Decided` keeps it."""


def paired(first: Decided, second: Decided) -> Pairs:
    """Return what two folds of the same facts decide differently."""
    items = {**second.item_of, **first.item_of}
    return Pairs(
        cases=(len(first.opened), len(second.opened)),
        differing={
            kind: tuple(_differing(getattr(first, name), getattr(second, name), items))
            for kind, name in KINDS.items()
        },
    )


def _differing(
    first: Mapping[str, str], second: Mapping[str, str], items: Mapping[str, str]
) -> Iterator[Pair]:
    for about in dict.fromkeys((*first, *second)):
        ours, theirs = first.get(about, ""), second.get(about, "")
        if ours != theirs:
            yield Pair(about, _item(about, items), ours, theirs)


def _item(about: str, items: Mapping[str, str]) -> str:
    """Return the item an entry is about: named in it, or by way of its case."""
    what, _, rest = about.partition(" ")
    named = rest.removeprefix("of ").partition(" ")[0]
    if what == "item" or rest.startswith("of "):
        return named
    return items.get(named, "") if what == "case" else ""


def _listed(value: object) -> str:
    return ", ".join(str(each) for each in value) if isinstance(value, list) and value else "-"


def _clocks(said: Mapping[str, object]) -> str:
    at = datetime.fromisoformat(str(said["at"]))
    names = {"acknowledge": "acknowledge_due", "first reply": "first_reply_due"}
    due = {
        name: datetime.fromisoformat(str(said[key])) for name, key in names.items() if said[key]
    }
    minutes = {name: (each - at).total_seconds() / 60 for name, each in due.items()}
    return ", ".join(f"{name} {each:.0f} min" for name, each in minutes.items()) or "-"
