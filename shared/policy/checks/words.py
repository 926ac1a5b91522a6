"""Checks of what a text says: the pack's words, found through disguise, and what clears them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from pydantic import Field

from shared.policy.checks.as_gate import told_by_gate
from shared.policy.checks.check import Ask, Check, Count, by_name
from shared.policy.checks.given import ABSENT
from shared.policy.checks.kinds import KINDS
from shared.policy.checks.outcome import Judgement, Outcome, Place, hit, miss, unknown
from shared.policy.checks.spelling import misspelt
from shared.policy.gate.findings import GateContext, HistoryDigest
from shared.policy.gate.spare import Said
from shared.policy.gate.taboo import check_taboos
from shared.policy.lexicons import plain_of
from shared.policy.model import Pack
from shared.text.personal import find_personal
from shared.text.words import straddled

_BODY = ("title", "text")
_CALM = ("normal", "praise", "daily", "casual")


class Words(Check):
    """Words of these lexicons in these fields. What a lexicon finds is called by its label."""

    name: ClassVar[str] = "words"
    labels: dict[str, tuple[str, ...]] = Field(description="label -> lexicons that show it")
    fields: tuple[str, ...] = _BODY
    told: tuple[str, ...] = Field((), description="fields that may tell a label themselves")
    only_with: tuple[str, ...] = Field((), description="lexicons of which one must be found too")
    unless_with: tuple[str, ...] = Field((), description="lexicons that take a hit back")
    cleared_by: tuple[str, ...] = Field((), description="a field that makes it allowed")
    missing: str = ""
    least: Count = Field(1, description="so many different places are needed")
    personal_as: str = Field("", description="label of personal numbers that stand in the text")
    judged: dict[str, tuple[str, ...]] = Field(
        default_factory=dict, description="label -> labels by which the classifier may say it, too"
    )
    judged_least: Count = Field(700, description="per mille of which it must be sure")
    judged_beside: dict[str, tuple[str, ...]] = Field(
        default_factory=dict, description="label -> lexicons of which a word must stand beside"
    )
    quiet: bool = Field(False, description="the label is not part of the answer")
    hint: bool = Field(False, description="worth a word to the writer, no verdict")
    says: dict[str, Any] = Field(default_factory=dict)

    def lexicons_named(self) -> tuple[tuple[str, str], ...]:
        """Return those of the labels, too."""
        shown = (each for lexicons in self.labels.values() for each in lexicons)
        beside = (each for lexicons in self.judged_beside.values() for each in lexicons)
        mine = (
            *(("labels", each) for each in shown),
            *(("judged_beside", each) for each in beside),
        )
        return (*super().lexicons_named(), *mine)

    def silent_without(self, told: Mapping[str, Any], pack: Pack) -> frozenset[str] | None:
        """Return those of the labels, if it looks at the text alone and could tell all of it."""
        del pack
        more = any(each in told for each in (*self.told, *self.fields) if each != "text")
        unread = any(_could_tell(told["kind"], each) for each in self.fields if each not in told)
        if more or unread or self.personal_as or not told["text"]:
            return None
        return frozenset(each for lexicons in self.labels.values() for each in lexicons)

    def run(self, ask: Ask) -> Outcome:
        if ask.given.placeholder or not any(ask.given.word(each) for each in self.fields):
            told = self._told(ask)
            return (
                hit(ask.verdict, label=told, reason=ask.reason, **self.says)
                if told
                else unknown("text")
            )
        found = self._found(ask)
        label = self._told(ask) or (found[0][0] if found else "")
        if not label:
            unread = [
                each
                for each in self.fields
                if each not in ask.given.values and _could_tell(ask.given.kind, each)
            ]
            return unknown(*unread) if unread else miss()
        places = tuple(place for _, place in found)
        if self.hint:
            return miss(*places)
        cleared = ask.given.first(*self.cleared_by)
        if self.cleared_by and (cleared is ABSENT or ask.given.truth(*self.cleared_by)):
            return unknown(self.cleared_by[0]) if cleared is ABSENT else miss()
        says = {"missing": self.missing, "reason": ask.reason, **self.says}
        if not self.quiet:
            says = {
                "label": label,
                "labels": list(dict.fromkeys(each for each, _ in found)),
                **says,
            }
        return hit(ask.verdict, *places, span=places[0].text if places else "", **says)

    def _told(self, ask: Ask) -> str:
        told = ask.given.word(*self.told) if self.told else ""
        return told if told in self.labels else ""

    def _found(self, ask: Ask) -> list[tuple[str, Place]]:
        found = [
            (label, Place(field, *span, written[slice(*span)], ask.reason or label))
            for label, lexicons in self.labels.items()
            for field in self.fields
            if (written := ask.given.word(field))
            for lexicon in lexicons
            for span in ask.lexicons[lexicon].found(plain_of(written))
        ]
        if found and ask.given.kind == "reply":
            found = _ours(ask, found)
        if self.personal_as:
            found += list(self._personal(ask))
        if not found:
            found = list(self._judged(ask))
        if len({each.text for _, each in found}) < self.least or not self._meant(ask):
            return []
        return found

    def _meant(self, ask: Ask) -> bool:
        """Asked last: most texts hold none of the words, and nothing can take back what is not."""
        if self.only_with and not self._any(ask, self.only_with):
            return False
        return not (self.unless_with and self._any(ask, self.unless_with))

    def _personal(self, ask: Ask) -> Iterator[tuple[str, Place]]:
        for field in self.fields:
            written = ask.given.word(field)
            for each in find_personal(written):
                shown = written[each.start : each.end]
                yield self.personal_as, Place(field, each.start, each.end, shown, ask.reason)

    def _judged(self, ask: Ask) -> Iterator[tuple[str, Place]]:
        """Yield what the classifier finds in a field as a whole; it can show no single word."""
        if ask.labeller is None:
            return
        for field in self.fields if self.judged else ():
            written = ask.given.word(field)
            sure = ask.labeller(written) if written else {}
            for label, judged in self.judged.items():
                if max((sure.get(each, 0) for each in judged), default=0) < self.judged_least:
                    continue
                beside = self.judged_beside.get(label, ())
                if not beside or self._any(ask, beside):
                    yield label, Place(field, 0, len(written), written, ask.reason or label)

    def _any(self, ask: Ask, lexicons: tuple[str, ...]) -> bool:
        texts = [plain_of(ask.given.word(each)) for each in self.fields]
        return any(ask.lexicons[each].first(text) for each in lexicons for text in texts)


def _could_tell(kind: str, field: str) -> bool:
    """Tell whether an input of this kind may hold this field."""
    return field != "title" and kind in KINDS and field in KINDS[kind].model_fields


def _ours(ask: Ask, found: list[tuple[str, Place]]) -> list[tuple[str, Place]]:
    """Return what a reply says itself, without what it cites or tells of others."""
    told = ask.given.word("quoted", "customer_text")
    said = {each.field: Said(ask.given.word(each.field), told) for _, each in found}
    return [
        (label, each)
        for label, each in found
        if not said[each.field].is_cited((each.start, each.end))
        and not said[each.field].is_reported(each.start)
    ]


class Taboo(Check):
    """One of the taboo families of the pack, as the gate finds them."""

    name: ClassVar[str] = "taboo"
    category: str
    named: tuple[str, ...] = Field((), description="phrases the article itself names")

    def run(self, ask: Ask) -> Outcome:
        written = ask.given.word("text")
        if not written:
            return unknown("text")
        context = GateContext(quoted=ask.given.word("quoted", "customer_text"))
        places = tuple(
            Place("text", each.start, each.end, written[each.start : each.end], each.reason,
                  each.suggestion or "")
            for each in check_taboos(plain_of(written), context, ask.pack, HistoryDigest())
            if each.category == self.category
        ) or told_by_gate(ask, (self.category,))  # fmt: skip
        if not places:
            return miss()
        named = (each for each in self.named if each in written)
        said = next((each for each in named if _overlaps(written.find(each), each, places)), "")
        span = said or places[0].text
        return hit(self._verdict(ask), *places, category=self.category, span=span)

    def _verdict(self, ask: Ask) -> Judgement:
        """The families are meant for crises: elsewhere a text waits, a doubtful word is marked."""
        mode = ask.given.word("mode")
        if mode in _CALM:
            return "flag" if self.category == "uncertain" else "hold"
        told = mode or not ask.given.word("case_label", "context")
        return ask.verdict if told else "hold"


def _overlaps(start: int, phrase: str, places: Sequence[Place]) -> bool:
    return any(start < each.end and each.start < start + len(phrase) for each in places)


class Typos(Check):
    """Words written wrongly, each with the right one; what a speller found counts too."""

    name: ClassVar[str] = "typos"
    lexicons: tuple[str, ...]
    sounded: str = Field("", description="lexicon of words that are written by their sound")
    told: tuple[str, ...] = ("errors", "typos")
    says: dict[str, Any] = Field(default_factory=dict)

    def run(self, ask: Ask) -> Outcome:
        if ask.given.truth(*self.told):
            return hit(ask.verdict, reason=ask.reason, **self.says)
        written = ask.given.word("text")
        if not written or ask.given.placeholder:
            return unknown("text")
        places = []
        for words in (ask.lexicons[each] for each in self.lexicons):
            for start, end in words.found(plain_of(written)):
                if straddled(written, start, end):
                    continue
                wrong = written[start:end]
                right = words.rewordings.get(wrong, "")
                places.append(Place("text", start, end, wrong, ask.reason, right))
        known = ask.lexicons[self.sounded].phrases if self.sounded else ()
        for start, end, right in misspelt(written, known):
            places.append(Place("text", start, end, written[start:end], ask.reason, right))
        if not places:
            return miss()
        return hit(ask.verdict, *places, reason=ask.reason, span=places[0].text, **self.says)


CHECKS = by_name(Words, Taboo, Typos)
