"""Checks of what comes in: what it is, where it goes, what is kept of it, what must not be deleted."""

from typing import Any, ClassVar, Final

from pydantic import Field

from shared.policy.checks.check import Amount, Ask, Check, Count, by_name
from shared.policy.checks.given import ABSENT
from shared.policy.checks.outcome import Outcome, hit, miss, unknown
from shared.policy.lexicons import plain_of

CUES: Final = (
    ("harmful", "cue-harmful"),
    ("harmful", "obscene"),
    ("harmful", "gambling"),
    ("harmful", "terror"),
    ("harmful", "ethnic-hatred"),
    ("rumour", "cue-rumour"),
    ("suggestion", "cue-suggestion-first"),
    ("pending", "cue-pending"),
    ("complaint", "cue-complaint"),
    ("booking", "cue-booking"),
    ("suggestion", "cue-suggestion"),
    ("question", "cue-question"),
    ("praise", "cue-praise"),
    ("insult", "cue-insult"),
    ("complaint", "cue-displeased"),
    ("concern", "cue-concern"),
)
"""Labels by the lexicon that shows them, the surest first. Words of a pack, never a whole text."""
_OF_CLASSIFIER: Final = {
    "abuse": "insult",
    "hate": "harmful",
    "sexual": "harmful",
    "violence": "harmful",
    "gambling": "harmful",
    "spam": "harmful",
    "fraud": "harmful",
}


def label_of(ask: Ask) -> tuple[str, bool]:
    """Return the label of what came in, and whether the input told it. Empty: not told, no words.

    The words of the pack go first because each can be shown; the classifier judges the rest.
    """
    told = ask.given.word("label")
    if told:
        return told, True
    text = ask.given.word("text")
    if not text or ask.given.placeholder:
        return "", False
    flat = plain_of(text)
    for label, lexicon in CUES:
        if lexicon in ask.lexicons and ask.lexicons[lexicon].first(flat) is not None:
            return label, False
    if text.rstrip().endswith(("?", "\uff1f")):
        return "question", False
    judged = ask.labeller(text) if ask.labeller is not None else {}
    return next((_OF_CLASSIFIER.get(each, each) for each in judged), "other"), False


class Inbound(Check):
    """Says what an item is and what follows. `speaks`: label -> further keys of the answer."""

    name: ClassVar[str] = "inbound"
    speaks: dict[str, dict[str, Any]]
    calls: dict[str, str] = Field(default_factory=dict, description="label -> name it has here")
    also_told: bool = Field(False, description="speaks also where the input told the label")
    needs: tuple[str, ...] = Field((), description="fields without which there is nothing to say")
    departments: dict[str, tuple[str, ...]] = Field(
        default_factory=dict, description="department -> words only it can answer"
    )
    topics: dict[str, str] = Field(default_factory=dict, description="topic -> queue")
    unlabelled: bool = Field(False, description="the answer carries no label of its own")
    only_with: str = Field("", description="lexicon of which a word must be there")

    def run(self, ask: Ask) -> Outcome:
        absent = [each for each in self.needs if ask.given.first(each) is ABSENT]
        if absent:
            return unknown(*absent)
        found, told = label_of(ask)
        if not found:
            return unknown("text")
        called = self.calls.get(found, found)
        if called not in self.speaks or not self._worded(ask):
            return miss()
        says = {key: _filled(value, ask) for key, value in self.speaks[called].items()}
        if told and not self.also_told:
            return miss(**says)
        says = {**({} if self.unlabelled else {"label": called}), **says, **self._routed(ask)}
        return hit(ask.verdict, reason=ask.reason, **says)

    def _worded(self, ask: Ask) -> bool:
        text = plain_of(ask.given.word("text"))
        return not self.only_with or ask.lexicons[self.only_with].first(text) is not None

    def _routed(self, ask: Ask) -> dict[str, Any]:
        flat, topic = plain_of(ask.given.word("text")).text, ask.given.word("topic")
        routed = {"route": self.topics[topic]} if topic in self.topics else {}
        for department, words in self.departments.items():
            if any(each in flat for each in words):
                return {**routed, "action": "coordinate_department", "department": department}
        return routed


class Evidence(Check):
    """A snapshot is kept of what may be asked about later."""

    name: ClassVar[str] = "evidence"
    labels: tuple[str, ...]
    artifacts: tuple[str, ...]

    def run(self, ask: Ask) -> Outcome:
        label, _ = label_of(ask)
        if not label:
            return unknown("label")
        kept = list(self.artifacts)
        return hit(ask.verdict, artifacts=kept) if label in self.labels else miss()


class Deletion(Check):
    """Deleting and blocking need a prohibited label, evidence and a second person."""

    name: ClassVar[str] = "deletion"
    events: tuple[str, ...]
    protected: tuple[str, ...] = Field(description="labels that are never deleted or blocked")
    says: dict[str, Any] = Field(default_factory=dict)

    def run(self, ask: Ask) -> Outcome:
        event = ask.given.word("event", "action")
        if not event:
            return unknown("event")
        if not any(each in event for each in self.events):
            return miss()
        label = ask.given.word("label", "reason_label")
        if label in self.protected:
            return hit("block", reason="protected_voice", action="no_delete", **self.says)
        wanted = {
            "reason": label or ask.given.first("label", "reason"),
            "evidence": ask.given.first("evidence"),
            "second_person": ask.given.first("second_person", "approved_by", "approval"),
        }
        missing = [name for name, value in wanted.items() if value in (None, False, "", [])]
        if missing:
            return hit(ask.verdict, missing=missing, **self.says)
        absent = [name for name, value in wanted.items() if value is ABSENT]
        return unknown(*absent) if absent else miss()


class Reach(Check):
    """How many may have read it: the author's followers and those of everybody who passed it on."""

    name: ClassVar[str] = "reach"

    def run(self, ask: Ask) -> Outcome:
        followers = ask.given.number("author_followers", "followers")
        told = ask.given.first("reposts", "reposters")
        if followers is None or not isinstance(told, list):
            return unknown("author_followers" if followers is None else "reposts")
        counts = [each.get("followers", 0) if isinstance(each, dict) else each for each in told]
        value = int(followers) + sum(
            int(each) for each in counts if isinstance(each, (int, float))
        )
        return hit(ask.verdict, metric="reach", value=value)


class Tier(Check):
    """The tier of influence of an account: how many of the steps its followers exceed."""

    name: ClassVar[str] = "tier"
    steps: tuple[tuple[int, str], ...]

    def run(self, ask: Ask) -> Outcome:
        followers = ask.given.number("followers", "author_followers")
        if followers is None:
            return unknown("followers")
        passed = [title for least, title in self.steps if followers > least]
        return hit(ask.verdict, tier=len(passed), like=passed[-1] if passed else "")


class Audience(Check):
    """Somebody whose tags or words are about our matter."""

    name: ClassVar[str] = "audience"
    words: tuple[str, ...]
    label: str

    def run(self, ask: Ask) -> Outcome:
        told = [*map(str, ask.given.many("tags")), *map(str, ask.given.many("posts"))]
        told += [ask.given.word("text")] if ask.given.word("text") else []
        if not told and ask.given.first("tags", "posts", "text") is ABSENT:
            return unknown("tags")
        fits = any(word in each for word in self.words for each in told)
        return hit(ask.verdict, label=self.label) if fits else miss()


class Spike(Check):
    """Mentions grow far over what is usual: something is emerging."""

    name: ClassVar[str] = "spike"
    fields: tuple[str, ...]
    times: Amount
    least: Count

    def run(self, ask: Ask) -> Outcome:
        now, usual = ask.given.number(*self.fields), ask.given.number("baseline")
        if now is None or usual is None:
            return unknown(self.fields[0] if now is None else "baseline")
        if now < max(self.least, self.times * max(usual, 1)):
            return miss()
        return hit(ask.verdict, reason=ask.reason)


def _filled(value: object, ask: Ask) -> object:
    """Return the value with its blanks `{field}` filled from the input."""
    if not isinstance(value, str) or "{" not in value:
        return value
    filled = value
    for name in ask.given.values:
        filled = filled.replace(f"{{{name}}}", ask.given.word(name))
    return filled


CHECKS = by_name(Inbound, Evidence, Deletion, Reach, Tier, Audience, Spike)
