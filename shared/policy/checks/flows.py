"""Checks that follow a switch of the pack: rumours, politics, pictures, names, rash replies."""

from typing import Any, ClassVar, Final

from pydantic import Field

from shared.policy.checks.check import Ask, Check, by_name
from shared.policy.checks.given import ABSENT
from shared.policy.checks.labels import label_of
from shared.policy.checks.outcome import Outcome, Place, hit, miss, unknown
from shared.policy.lexicons import plain_of

_CONCEALED: Final = ("hidden", "deleted", "ignored", "concealed")


class RumourIn(Check):
    """What happens to a rumour that comes in: `rumour_policy` of the pack decides."""

    name: ClassVar[str] = "rumour_in"

    def run(self, ask: Ask) -> Outcome:
        label, told = label_of(ask)
        if not label:
            return unknown("label")
        if label != "rumour":
            return miss()
        switches = ask.pack.switches
        action = {
            "clarify": "draft_clarification",
            "report_up": "report_up",
            "hold_and_escalate": "hold_and_escalate",
        }[switches.rumour_policy]
        if told and switches.rumour_policy == "hold_and_escalate":
            return miss(action=action)
        return hit(ask.verdict, label="rumour", action=action, to=switches.rumour_to)


class RumourOut(Check):
    """Where rumours are only reported up, nothing is said about them and nothing passed on."""

    name: ClassVar[str] = "rumour_out"
    fields: tuple[str, ...] = ("to_label", "source_label", "case_label")

    def run(self, ask: Ask) -> Outcome:
        told = ask.given.word(*self.fields)
        if ask.pack.switches.rumour_policy != "report_up":
            return miss()
        if told:
            wanted = {"reason": ask.reason, "action": "report_up"}
            return hit(ask.verdict, **wanted) if told == "rumour" else miss()
        source = plain_of(ask.given.word("source_text", "text"))
        lexicon = ask.lexicons["cue-rumour"]
        if source.text and lexicon.first(source) is not None:
            return hit(ask.verdict, reason=ask.reason, action="report_up")
        return unknown(self.fields[0])


class Politics(Check):
    """Politics and ethnic policy in what leaves: forbidden, only as sourced news, or a duty."""

    name: ClassVar[str] = "politics"
    lexicon: str
    talk: str = Field(description="lexicon of discussing, in contrast to announcing")
    says: dict[str, Any] = Field(default_factory=dict)

    def run(self, ask: Ask) -> Outcome:
        text = f"{ask.given.word('title')}。{ask.given.word('text')}"
        if not ask.given.word("text", "title"):
            return unknown("text")
        flat = plain_of(text)
        span = ask.lexicons[self.lexicon].first(flat)
        topic = ask.given.word("topic").lower()
        named = topic in ("politics", "political", "时政讨论", "政治", "ethnic_policy", "民族政策")
        policy = ask.pack.switches.political_topics
        if (span is None and not named) or policy == "duty":
            return miss()
        if policy == "news_with_source_only":
            if ask.given.truth("source") or "来源" in text or "新华社" in text:
                return miss()
            if ask.lexicons[self.talk].first(flat) is None and not named:
                return (
                    unknown("source")
                    if ask.given.first("source") is ABSENT
                    else hit("hold", missing="source")
                )
        start, end = span or (0, 0)
        place = Place(
            "text", max(start - len(text) + len(ask.given.word("text")), 0), end, text[start:end]
        )
        return hit(ask.verdict, place, reason=ask.reason, span=text[start:end], **self.says)


class Rash(Check):
    """A reply to a complaint has its facts checked and a second person, or is an approved wording."""

    name: ClassVar[str] = "rash"
    labels: tuple[str, ...]
    says: dict[str, Any] = Field(default_factory=dict)

    def run(self, ask: Ask) -> Outcome:
        label = ask.given.word("case_label", "to_label", "context")
        if not label:
            return unknown("case_label")
        if label not in self.labels or ask.given.truth("template", "from_template", "template_id"):
            return miss()
        checked = ask.given.truth("facts_checked")
        second = ask.given.truth("approved_by", "second_person", "approvals")
        missing = [name for name, value in (("facts_checked", checked), ("second_person", second))
                   if value is False]  # fmt: skip
        if missing:
            return hit(ask.verdict, missing=missing, reason=ask.reason, **self.says)
        absent = [name for name, value in (("facts_checked", checked), ("second_person", second))
                  if value is None]  # fmt: skip
        return unknown(*absent) if absent else miss()


class Closing(Check):
    """A case is only closed with what its steps ask; one that was hidden or lost is grave."""

    name: ClassVar[str] = "closing"
    labels: tuple[str, ...]
    steps: tuple[str, ...]
    hidden: tuple[str, ...] = Field((), description="fields that show it was hidden or deleted")
    closing: tuple[str, ...] = ("closed", "closing", "done", "resolved")
    says: dict[str, Any] = Field(default_factory=dict)

    def run(self, ask: Ask) -> Outcome:
        label = ask.given.word("label", "case_label")
        if not label:
            return unknown("label")
        if label not in self.labels:
            return miss()
        status = ask.given.word("status")
        if status in _CONCEALED or any(ask.given.truth(each) for each in self.hidden):
            return hit(ask.verdict, reason="concealed", **self.says)
        if status not in self.closing:
            return miss() if status else unknown("status")
        return self._closing(ask)

    def _closing(self, ask: Ask) -> Outcome:
        told = {each: ask.given.truth(each) for each in self.steps}
        missing = [name for name, value in told.items() if value is False]
        if missing:
            return hit(
                ask.verdict, missing=missing[0] if len(missing) == 1 else missing, **self.says
            )
        absent = [name for name, value in told.items() if value is None]
        return unknown(*absent) if absent else miss()


CHECKS = by_name(RumourIn, RumourOut, Politics, Rash, Closing)
