"""Two replays of one recording side by side: which decisions another pack would have changed."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from shared.contracts.base import Frozen
from shared.testing.report import ReplayReport


class Pair(NamedTuple):
    """One thing as both packs decided it; "" where one of them decided nothing."""

    about: str
    first: str
    second: str


class Pairs(Frozen):
    """By kind of decision, what the second pack decides otherwise; equal ones are only counted."""

    items: int
    cases: tuple[int, int]
    opened: tuple[Pair, ...]
    clocks: tuple[Pair, ...]
    judged: tuple[Pair, ...]
    suggested: tuple[Pair, ...]
    breached: tuple[Pair, ...]
    texts: tuple[Pair, ...]

    @property
    def differing(self) -> int:
        """Return how many decisions differ."""
        return sum(len(each) for each in self.by_kind().values())

    def by_kind(self) -> Mapping[str, tuple[Pair, ...]]:
        return {
            "cases": self.opened,
            "clocks": self.clocks,
            "items": self.judged,
            "suggestions": self.suggested,
            "breaches": self.breached,
            "texts": self.texts,
        }


def paired(first: ReplayReport, second: ReplayReport) -> Pairs:
    """Return what two replays of the same file decide differently."""
    ours, theirs = _Decided.of(first.decisions), _Decided.of(second.decisions)
    return Pairs(
        items=first.items,
        cases=(first.cases, second.cases),
        opened=_differing(ours.opened, theirs.opened),
        clocks=_differing(ours.clocks, theirs.clocks),
        judged=_differing(ours.judged, theirs.judged),
        suggested=_differing(ours.suggested, theirs.suggested),
        breached=_differing(ours.breached, theirs.breached),
        texts=_differing(_texts(first), _texts(second)),
    )


@dataclass(frozen=True, slots=True)
class _Decided:
    """What one replay decided, by what it is about."""

    opened: dict[str, str] = field(default_factory=dict)
    clocks: dict[str, str] = field(default_factory=dict)
    judged: dict[str, str] = field(default_factory=dict)
    suggested: dict[str, str] = field(default_factory=dict)
    breached: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, lines: Sequence[str]) -> "_Decided":
        made = cls()
        for line in lines:
            made.take(json.loads(line))
        return made

    def take(self, said: Mapping[str, object]) -> None:
        """Note one decision."""
        match said["kind"]:
            case "case.opened":
                about = f"case of {said['item_id']}"
                self.opened[about] = f"{_labels(said['labels'])}, severity {said['severity']}"
                self.clocks[about] = _clocks(said)
            case "item.judged":
                told = f"{_labels(said['decided'])}, severity {said['severity']}"
                self.judged[f"item {said['item_id']}"] = told
            case "case.suggested":
                self.suggested[f"case {said['case_id']}"] = _labels(said["templates"])
            case "clock.breached":
                self.breached[f"case {said['case_id']} {said['clock']}"] = str(said["at"])
            case _:
                pass


def _labels(value: object) -> str:
    return ", ".join(str(each) for each in value) if isinstance(value, list) and value else "-"


def _clocks(said: Mapping[str, object]) -> str:
    at = datetime.fromisoformat(str(said["at"]))
    names = {"acknowledge": "acknowledge_due", "first reply": "first_reply_due"}
    due = {name: datetime.fromisoformat(str(said[key])) for name, key in names.items()}
    minutes = {name: (each - at).total_seconds() / 60 for name, each in due.items()}
    return ", ".join(f"{name} {each:.0f} min" for name, each in minutes.items())


def _texts(report: ReplayReport) -> Mapping[str, str]:
    return {
        f"{each.source} “{each.text[:40]}”": ": ".join((each.level, "; ".join(each.reasons)))
        for each in report.outgoing
    }


def _differing(first: Mapping[str, str], second: Mapping[str, str]) -> tuple[Pair, ...]:
    return tuple(each for each in _both(first, second) if each.first != each.second)


def _both(first: Mapping[str, str], second: Mapping[str, str]) -> Iterator[Pair]:
    for about in dict.fromkeys((*first, *second)):
        yield Pair(about, first.get(about, ""), second.get(about, ""))
