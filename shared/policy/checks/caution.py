"""Checks of caution: stances, what is not confirmed, what does not meet the form."""

from typing import Any, ClassVar

from pydantic import Field

from shared.policy.checks.check import Ask, Check, by_name
from shared.policy.checks.given import ABSENT
from shared.policy.checks.outcome import Outcome, Place, hit, miss, unknown
from shared.policy.lexicons import plain_of


class Stance(Check):
    """A reply takes sides where people dispute: in a disputed matter, or by its own words."""

    name: ClassVar[str] = "stance"
    stance: str
    soft: str = Field(description="lexicon of leanings; enough only in a disputed matter")
    controversy: str
    contexts: tuple[str, ...]
    says: dict[str, Any] = Field(default_factory=dict)

    def run(self, ask: Ask) -> Outcome:
        text = ask.given.word("text")
        if not text:
            return unknown("text")
        flat = plain_of(text)
        context = ask.given.word("context", "case_label", "mode")
        span = ask.lexicons[self.stance].first(flat)
        if span is None and context in self.contexts:
            span = ask.lexicons[self.soft].first(flat)
        if span is None:
            return miss()
        disputed = ask.lexicons[self.controversy].first(flat) is not None
        if context in self.contexts or disputed:
            place = Place("text", *span, text[slice(*span)], ask.reason)
            return hit(ask.verdict, place, reason=ask.reason, **self.says)
        return miss() if context else unknown("context")


class Confirmed(Check):
    """Only what was confirmed leaves; a draft that asks for opinions may."""

    name: ClassVar[str] = "confirmed"
    lexicon: str
    fields: tuple[str, ...] = ("confirmed", "approved_matter")

    def run(self, ask: Ask) -> Outcome:
        if ask.given.truth("public_consultation"):
            return miss()
        confirmed = ask.given.truth(*self.fields)
        if confirmed is False:
            return hit(ask.verdict, label="unconfirmed")
        text = ask.given.word("text")
        span = ask.lexicons[self.lexicon].first(plain_of(text)) if text else None
        if confirmed is None and span is not None:
            place = Place("text", *span, text[slice(*span)], "unconfirmed")
            return hit(ask.verdict, place, label="unconfirmed", span=place.text)
        return unknown(self.fields[0]) if confirmed is None else miss()


class Nonconforming(Check):
    """What failed a check waits; a post without a picture gets a soft word."""

    name: ClassVar[str] = "nonconforming"

    def run(self, ask: Ask) -> Outcome:
        if ask.given.truth("failed_checks"):
            return hit(ask.verdict, reason="failed_checks")
        if ask.given.truth("images") is False:
            return hit("flag", reason="no_image", strength="soft")
        absent = [each for each in ("failed_checks", "images") if ask.given.first(each) is ABSENT]
        return unknown(*absent) if absent else miss()


CHECKS = by_name(Stance, Confirmed, Nonconforming)
