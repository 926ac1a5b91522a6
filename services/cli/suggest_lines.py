"""Lines of `suggest text` and `suggest measure`: a text in, what would be offered as answers out."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from pydantic import AwareDatetime, ConfigDict, Field, field_validator

from services.cli.knowledge_files import FileEntry
from services.cli.lines import TextLine, brought
from services.respond.core.checking import situation_of
from services.respond.core.knowledge import Asking, Book, Shelf
from services.respond.core.suggest import OFFERED, next_answer
from services.respond.core.wordings import About, Offer, framed, offers, sound_matter
from shared.contracts.verdicts import Label
from shared.policy.gate.check import gate
from shared.policy.gate.findings import GateContext, GateResult
from shared.policy.model import Pack

FIX: Final = 'write {"text": "...", "labels": ["complaint"]} or a plain line of UTF-8 text'
_ALSO: Final = {"inquiry": "question"}
Judge = Callable[[str], tuple[Label, ...]]


class Asked(TextLine):
    """One incoming text. Without `labels` the shipped model judges it."""

    model_config = ConfigDict(extra="ignore")

    labels: tuple[Label, ...] | None = None
    severity: int = Field(0, ge=0, le=100)
    private: bool = False
    channel: str = "weibo"
    now: AwareDatetime | None = None
    due: AwareDatetime | None = None

    @field_validator("labels", mode="before")
    @classmethod
    def _named(cls, value: object) -> object:
        """Take {"complaint": 1, "question": 0} as data sets have it, too."""
        if not isinstance(value, dict):
            return value
        named = [_ALSO.get(name, name) for name, holds in value.items() if holds == 1]
        return [name for name in named if name in set(Label)]


@dataclass(slots=True)
class Desk:
    """Answers line after line, as a case would be."""

    pack: Pack
    judge: Judge
    shelf: Shelf = field(default_factory=Shelf)

    def _promised(self, asked: Asked) -> str:
        if asked.now is None:
            return ""
        return next_answer(asked.due, asked.now, self.pack.zone)

    def answer(self, asked: Asked) -> "Answer":
        labels = asked.labels if asked.labels is not None else self.judge(asked.text)
        matter = sound_matter(asked.text, self.pack)
        about = About(
            labels=labels,
            matter=matter,
            channel=asked.channel,
            severity=asked.severity,
            private=asked.private,
            next_answer=self._promised(asked),
            seed=f"{asked.id}",
        )
        context = GateContext(situation=situation_of(labels), channel=asked.channel)
        known = list(self._known(asked, about, context))
        worded = offers(about, self.pack, OFFERED - len(known))
        found = (*known, *worded)
        checked = tuple(gate(each.text, context, self.pack) for each in found)
        return Answer(asked.id, matter, labels, found, checked)

    def _known(self, asked: Asked, about: About, context: GateContext) -> Iterator[Offer]:
        """Yield the best entry's answer, as a case would be offered it."""
        for book in self.shelf.find(Asking(asked.text, about.labels, about.channel)):
            for text in (framed(book.answer, about, self.pack), book.answer):
                if gate(text, context, self.pack).passed:
                    yield Offer(f"knowledge:{book.entry_id}", self.pack.suggesting.tone, text)
                    return


@dataclass(frozen=True, slots=True)
class Answer:
    """What is offered for one text, each with what the gate says of the very text."""

    id: str | int | None
    matter: str
    labels: tuple[Label, ...]
    offers: tuple[Offer, ...]
    checked: tuple[GateResult, ...]

    def line(self) -> dict[str, object]:
        suggestions = [
            {
                "template": each.template_id,
                "tone": each.tone,
                "text": each.text,
                "level": said.level,
            }
            for each, said in zip(self.offers, self.checked, strict=True)
        ]
        return {
            "id": self.id,
            "matter": self.matter,
            "labels": [each.value for each in self.labels],
            "suggestions": suggestions,
        }


@dataclass(slots=True)
class Measure:
    """How good the suggestions for many texts are, as counts."""

    rows: int = 0
    without: int = 0
    suggestions: int = 0
    passed: int = 0
    named: int = 0
    texts: Counter[str] = field(default_factory=Counter)

    def take(self, answer: Answer) -> None:
        self.rows += 1
        self.without += not answer.offers
        for offer, said in zip(answer.offers, answer.checked, strict=True):
            self.suggestions += 1
            self.passed += said.passed
            self.named += bool(answer.matter) and answer.matter in offer.text
            self.texts[offer.text] += 1

    def report(self) -> dict[str, object]:
        commonest = max(self.texts.values(), default=0)
        return {
            "rows": self.rows,
            "rows_without": self.without,
            "suggestions": self.suggestions,
            "passed": self.passed,
            "named": self.named,
            "different_texts": len(self.texts),
            "commonest_share": round(commonest / self.rows, 4) if self.rows else 0.0,
        }


def shelf_of(entries: Iterable[FileEntry]) -> Shelf:
    """Return the entries of a file as if all of them were approved."""
    return Shelf(
        books=tuple(
            Book(
                entry_id=each.entry_id,
                matter=each.matter,
                asked=f"{each.matter} {each.question}",
                answer=each.answer,
                labels=each.labels,
                channels=each.channels,
            )
            for each in entries
        )
    )


def measure(asked: Iterable[Asked], desk: Desk, labels: Sequence[Label]) -> Measure:
    """Count over the texts that hold one of `labels`."""
    counted = Measure()
    for each in asked:
        held = each.labels if each.labels is not None else desk.judge(each.text)
        if set(held) & set(labels):
            counted.take(desk.answer(each.model_copy(update={"labels": held})))
    return counted


def parse(raw: bytes, number: int) -> Asked | dict[str, object] | None:
    """Return what a line asks, or the error that stands in its place; None for an empty one."""
    found = brought(raw, number, Asked)
    return _bad(number, found) if isinstance(found, str) else found


def _bad(number: int, what: str) -> dict[str, object]:
    return {"error": {"line": number, "what": what, "fix": FIX}}
