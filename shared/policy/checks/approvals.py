"""Checks of approvals: that there was a review, by whom, in which order, never by the author."""

from collections.abc import Sequence
from typing import Any, ClassVar

from pydantic import Field

from shared.policy.checks.check import Ask, Check, Count, by_name, listed
from shared.policy.checks.given import ABSENT, empty
from shared.policy.checks.outcome import Outcome, hit, miss, unknown
from shared.policy.lexicons import plain_of

_WHO = ("by", "role", "step", "name", "who")


class Reviewed(Check):
    """At least so many people other than the author have approved."""

    name: ClassVar[str] = "reviewed"
    missing: str = "review"
    least: Count = 1
    fields: tuple[str, ...] = ("approvals",)
    says: dict[str, Any] = Field(default_factory=dict)

    def run(self, ask: Ask) -> Outcome:
        told = ask.given.first(*self.fields)
        if told is ABSENT:
            return unknown(self.fields[0])
        if not isinstance(told, list):
            return miss() if told else hit(ask.verdict, missing=self.missing, **self.says)
        people = _people(told)
        author = ask.given.word("author")
        if author and people == {author}:
            return hit(ask.verdict, reason="self_approval", **self.says)
        if len(people - {author}) < self.least:
            return hit(ask.verdict, missing=self.missing, reason=ask.reason, **self.says)
        return miss() if author else unknown("author")


class Chain(Check):
    """Steps after the author, in order. A step is `name=role|role` or the role itself."""

    name: ClassVar[str] = "chain"
    steps: tuple[str, ...]
    fields: tuple[str, ...] = ("approvals",)

    def run(self, ask: Ask) -> Outcome:
        told = ask.given.first(*self.fields)
        told = [] if empty(told) else told
        if not isinstance(told, list):
            return unknown(self.fields[0])
        author = ask.given.word("author")
        if author and _people(told) == {author}:
            return hit(ask.verdict, reason="self_approval")
        done = [str(each.get("role", each.get("step", ""))) if isinstance(each, dict) else str(each)
                for each in told if _counts(each)]  # fmt: skip
        if done and not any(done):
            return unknown("approvals.role")
        places = [_place(step, done) for step in self.steps]
        last = max((index for index, place in enumerate(places) if place is not None), default=-1)
        due = list(self.steps[last + 1 :])[:1]
        gaps = [step for step, place in zip(self.steps, places, strict=True) if place is None]
        if due or gaps:
            return hit(ask.verdict, missing=_called((due or gaps)[0]))
        order = [place for place in places if place is not None]
        return miss() if order == sorted(order) else hit(ask.verdict, reason="wrong_order")


class Countersigned(Check):
    """All of these have signed, and the one who decides has decided. Names what is missing."""

    name: ClassVar[str] = "countersigned"
    signers: tuple[str, ...] = ()
    signed: str = "countersign"
    decider: str = ""
    decided: tuple[str, ...] = ("leader",)

    def run(self, ask: Ask) -> Outcome:
        told = ask.given.first(self.signed)
        decided = ask.given.truth(*self.decided)
        if (self.signers and told is ABSENT) or (self.decider and decided is None):
            return unknown(self.signed if told is ABSENT and self.signers else self.decided[0])
        have = {_who(each) for each in told} if isinstance(told, list) else set()
        missing = [each for each in self.signers if each not in have]
        if self.decider and not decided:
            missing.append(self.decider)
        return hit(ask.verdict, missing=missing) if missing else miss()


class Approver(Check):
    """One more approver for what is grave, weighty or far-reaching."""

    name: ClassVar[str] = "approver"
    roles: tuple[str, ...]
    fields: tuple[str, ...] = ("approvals",)
    flag: str = Field("", description="field that says the matter is of this kind")
    lexicon: str = Field("", description="words that say so where the field is not told")
    missing: str = ""
    says: dict[str, Any] = Field(default_factory=dict)

    def run(self, ask: Ask) -> Outcome:
        if self.flag and not self._meant(ask):
            return miss() if ask.given.first(self.flag) is not ABSENT else unknown(self.flag)
        told = ask.given.first(*self.fields)
        if told is ABSENT:
            return unknown(self.fields[0])
        entries = told if isinstance(told, list) else [told]
        author = ask.given.word("author")
        if author and _people(entries) == {author}:
            return hit(ask.verdict, reason="self_approval", **self.says)
        roles = [_role(each) for each in entries if not empty(each)]
        if any(role in each for role in self.roles for each in roles):
            return miss()
        if roles and all(isinstance(each, dict) and "role" not in each for each in entries):
            return unknown("approvals.role")
        says = {"missing": self.missing or listed(self.roles[:1]), "reason": ask.reason}
        return hit(ask.verdict, **{**says, **self.says})

    def _meant(self, ask: Ask) -> bool:
        told = ask.given.truth(self.flag)
        if told is not None or not self.lexicon:
            return bool(told)
        return ask.lexicons[self.lexicon].first(plain_of(ask.given.word("text"))) is not None


def _people(approvals: Sequence[object]) -> set[str]:
    """Return who approved, as far as it counts."""
    return {_who(each) for each in approvals if _counts(each)}


def _who(approval: object) -> str:
    if isinstance(approval, dict):
        return next((str(approval[key]) for key in _WHO if approval.get(key)), "")
    return str(approval)


def _role(approval: object) -> str:
    if isinstance(approval, dict):
        return f"{approval.get('role', '')} {_who(approval)}"
    return str(approval)


def _counts(approval: object) -> bool:
    """Tell whether an entry is an approval: one that was refused or waits is none."""
    if not isinstance(approval, dict):
        return bool(approval)
    state = approval.get("approved", approval.get("status", True))
    return state not in (False, None, "pending", "rejected", "refused", "待审", "退回")


def _place(step: str, done: Sequence[str]) -> int | None:
    names = (step.partition("=")[2] or step).split("|")
    return next((index for index, each in enumerate(done) if each in names), None)


def _called(step: str) -> str:
    return step.partition("=")[0]


CHECKS = by_name(Reviewed, Chain, Countersigned, Approver)
