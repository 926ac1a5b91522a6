"""A candidate beside the model that judges: the same items, both verdicts, nothing done about it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from services.classify.core.rules import LABELS
from shared.contracts.verdicts import Label, Verdict

WAITING_MOST: Final = 20_000
DIFFERENCES_MOST: Final = 50
ABSTAINED: Final = "abstained"


class Span(NamedTuple):
    """Where a label that only one side decided has its reason; places, never words."""

    side: str
    label: Label
    start: int
    end: int


class Difference(NamedTuple):
    """One item on which the two do not agree."""

    item_id: str
    item_version: str
    live: tuple[Label, ...]
    candidate: tuple[Label, ...]
    spans: tuple[Span, ...]


@dataclass
class Shadow:
    """What the candidate said waits for what the live model says; counts, and a few differences."""

    pairs: int = 0
    unpaired: int = 0
    live_models: set[str] = field(default_factory=set)
    both: Counter[str] = field(default_factory=Counter)
    live_only: Counter[str] = field(default_factory=Counter)
    candidate_only: Counter[str] = field(default_factory=Counter)
    differing: int = 0
    differences: list[Difference] = field(default_factory=list)
    _waiting: dict[tuple[str, str], Verdict] = field(default_factory=dict)

    def judged(self, item_id: str, item_version: str, candidate: Verdict) -> None:
        """Take the candidate's verdict; of too many that wait, the oldest is given up."""
        self._waiting[item_id, item_version] = candidate
        if len(self._waiting) > WAITING_MOST:
            del self._waiting[next(iter(self._waiting))]
            self.unpaired += 1

    def classified(self, item_id: str, item_version: str, live: Verdict) -> None:
        """Take the live verdict; one on an item that was not seen is passed over."""
        candidate = self._waiting.pop((item_id, item_version), None)
        if candidate is None:
            return
        self.pairs += 1
        self.live_models.add(live.model)
        ours, theirs = _held(candidate), _held(live)
        self.both.update(ours & theirs)
        self.live_only.update(theirs - ours)
        self.candidate_only.update(ours - theirs)
        if ours == theirs:
            return
        self.differing += 1
        if len(self.differences) < DIFFERENCES_MOST:
            spans = (*_spans("live", live, ours), *_spans("candidate", candidate, theirs))
            self.differences.append(
                Difference(item_id, item_version, live.decided, candidate.decided, spans)
            )

    def report(self) -> dict[str, object]:
        """Return the figures; without a pair there are none."""
        named = (*(label.value for label in LABELS), ABSTAINED)
        return {
            "live": sorted(self.live_models),
            "items": self.pairs,
            "unpaired": self.unpaired + len(self._waiting),
            "labels": {name: self._figures(name) for name in named} if self.pairs else {},
            "differing": self.differing,
            "differences": [_told(each) for each in self.differences],
        }

    def _figures(self, name: str) -> dict[str, float]:
        both, live, ours = self.both[name], self.live_only[name], self.candidate_only[name]
        return {
            "agreement": round(1 - (live + ours) / self.pairs, 4),
            "live_rate": round((both + live) / self.pairs, 4),
            "candidate_rate": round((both + ours) / self.pairs, 4),
            "live_only": live,
            "candidate_only": ours,
        }


def _held(verdict: Verdict) -> set[str]:
    return {*verdict.decided, *((ABSTAINED,) if verdict.abstained else ())}


def _spans(side: str, verdict: Verdict, other: set[str]) -> Iterable[Span]:
    for reason in verdict.reasons:
        if reason.label not in other:
            yield Span(side, reason.label, reason.start, reason.end)


def _told(each: Difference) -> dict[str, object]:
    return each._asdict() | {"spans": [span._asdict() for span in each.spans]}
