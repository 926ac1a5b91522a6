"""Checks of the form of a text: its length, its parts, whether it says anything and says it well."""

import re
from typing import Any, ClassVar, Literal

from pydantic import Field

from shared.policy.checks.check import Ask, Check, Count, Share, by_name
from shared.policy.checks.outcome import Outcome, Place, hit, miss, unknown
from shared.policy.lexicons import plain_of
from shared.text.length import units

_CHAIN = re.compile(r"//\s*@.*$", re.DOTALL)
_SPLIT = re.compile(r"[,\uff0c。!\uff01?\uff1f;\uff1b:\uff1a\n、…]+")
_TOPIC = re.compile(r"#[^#\n]+#|【[^】\n]+】")
_FACE = re.compile(r"\[[^\[\]\s]{1,6}\]")
_SAYING = re.compile(r"[^\W_]", re.UNICODE)
_TWICE = re.compile(r"(.{1,4}?)\1")


class Length(Check):
    """A text no longer than its channel carries: in units (half width is a half) or characters."""

    name: ClassVar[str] = "length"
    most: Count
    count: Literal["units", "characters"] = "units"
    parts: tuple[str, ...] = ("title", "text")
    comment_only: bool = Field(False, description="what was reposted with it does not count")

    def run(self, ask: Ask) -> Outcome:
        written = [ask.given.word(each) for each in self.parts]
        if not any(each in ask.given.values for each in self.parts):
            return unknown("text")
        text = "".join(_CHAIN.sub("", each) if self.comment_only else each for each in written)
        length = units(text) if self.count == "units" else len(text)
        if length <= self.most:
            return miss(length=length)
        return hit(ask.verdict, reason=ask.reason or f"over_{self.most}", length=length)


class Comment(Check):
    """A repost says something of its own once filler and the chain of names are taken away."""

    name: ClassVar[str] = "comment"
    phrases: tuple[str, ...] = Field(description="filler that says nothing")
    own: bool = Field(False, description="speaks only of reposts of our own posts")
    says: dict[str, Any] = Field(default_factory=dict)

    def run(self, ask: Ask) -> Outcome:
        if "text" not in ask.given.values:
            return unknown("text")
        if self.own:
            author = ask.given.word("source_author")
            if not author:
                return unknown("source_author")
            if author not in ("self", "own", "本账号", ask.given.word("account") or "self"):
                return miss()
        bare = _FACE.sub("", _CHAIN.sub("", ask.given.word("text")))
        flat = plain_of(bare).text
        for each in self.phrases:
            flat = flat.replace(plain_of(each).text, "")
        if _SAYING.search(flat):
            return miss()
        return hit(ask.verdict, reason=ask.reason, **self.says)


class TopicFirst(Check):
    """A topic stands at the beginning; a post without one gets a hint."""

    name: ClassVar[str] = "topic_first"

    def run(self, ask: Ask) -> Outcome:
        text = ask.given.word("text").strip()
        if not text:
            return unknown("text")
        found = _TOPIC.search(text)
        if found is None:
            return miss(Place("text", 0, 0, "", "no_topic", "#…#"))
        if found.start() == 0:
            return miss()
        place = Place("text", *found.span(), found.group(), ask.reason)
        return hit(ask.verdict, place, reason=ask.reason)


class Structure(Check):
    """A whole post: a topic, a body, something attached. One part missing is a hint, two a hit."""

    name: ClassVar[str] = "structure"
    attachments: tuple[str, ...]

    def run(self, ask: Ask) -> Outcome:
        text = ask.given.word("text")
        if "text" not in ask.given.values:
            return unknown("text")
        attached = [ask.given.truth(each) for each in self.attachments if each in ask.given.values]
        parts = {
            "topic": bool(_TOPIC.search(text) or ask.given.word("title")),
            "body": bool(_SAYING.search(_TOPIC.sub("", text))),
            "attachment": any(attached) if attached else None,
        }
        missing = [name for name, there in parts.items() if there is False]
        if len(missing) > 1 or "body" in missing:
            return hit(ask.verdict, missing=missing, reason="incomplete_post")
        if parts["attachment"] is None:
            return unknown(self.attachments[0])
        return miss(*(Place("text", 0, 0, "", f"no_{each}") for each in missing))


class Meaningful(Check):
    """A post says something: not only signs, filler, or one sound again and again."""

    name: ClassVar[str] = "meaningful"
    filler: str = Field(description="lexicon of sounds and words that say nothing")

    def run(self, ask: Ask) -> Outcome:
        text = _FACE.sub("", ask.given.word("text", "title"))
        if "text" not in ask.given.values or ask.given.placeholder:
            return unknown("text")
        flat = plain_of(text)
        left = list(flat.text)
        for start, end in ask.lexicons[self.filler].found(flat):
            for place, origin in enumerate(flat.origin):
                if start <= origin < end:
                    left[place] = ""
        said = "".join(each for each in left if not each.isdigit())
        if len(set(said)) > 1 or (said and len(flat.text) == 1):
            return miss()
        return hit(ask.verdict, reason=ask.reason)


class Wordy(Check):
    """Filler and repetition make up too much of a text; or its sentences never end."""

    name: ClassVar[str] = "wordy"
    filler: str
    share: Share = 0.3
    longest_clause: Count = 0
    linked: Count = Field(0, description="so many 的 or 关于 in one clause are too many; 0: never")
    longest_text: Count = 0
    says: dict[str, Any] = Field(default_factory=dict)

    def run(self, ask: Ask) -> Outcome:
        text = ask.given.word("text")
        if not text or ask.given.placeholder:
            return unknown("text")
        flat = plain_of(text)
        if self._padded(ask, text) >= self.share and len(flat.text) >= 10:  # noqa: PLR2004
            return hit(ask.verdict, reason=ask.reason, **self.says)
        clause = max((len(plain_of(each).text) for each in _SPLIT.split(text)), default=0)
        if self.linked and any(self._chained(each) for each in _SPLIT.split(text)):
            return hit(ask.verdict, reason="unclear", **self.says)
        if self.longest_clause and clause > self.longest_clause:
            return hit(ask.verdict, reason="unclear", **self.says)
        if self.longest_text and len(text) > self.longest_text:
            return hit(ask.verdict, reason="too_long", **self.says)
        return miss()

    def _chained(self, clause: str) -> bool:
        return any(clause.count(each) >= self.linked for each in ("的", "关于"))

    def _padded(self, ask: Ask, text: str) -> float:
        flat = plain_of(text)
        wasted = {
            place for span in ask.lexicons[self.filler].found(flat) for place in range(*span)
        }
        clauses = [plain_of(each).text for each in _SPLIT.split(text)]
        again = sum(len(each) for each in clauses) - sum(len(each) for each in set(clauses))
        twice = sum(len(found.group(1)) for found in _TWICE.finditer(flat.text))
        return (len(wasted) + max(again, twice)) / max(len(flat.text), 1)


class Prompt(Check):
    """The end asks the readers something, or the text holds such a word; else there is a hint."""

    name: ClassVar[str] = "prompt"
    marks: tuple[str, ...]
    hint: str = "no_prompt"
    at_end: bool = True
    longest: Count = Field(0, description="a text so short without it is a hit, not only a hint")

    def run(self, ask: Ask) -> Outcome:
        text = ask.given.word("text").strip()
        if not text:
            return unknown("text")
        end = text[-20:] if self.at_end else text
        if any(each in end for each in self.marks):
            return miss()
        if len(text) <= self.longest:
            return hit(ask.verdict, reason=ask.reason or self.hint, strength="soft")
        return miss(Place("text", 0, 0, "", self.hint))


class Matches(Check):
    """Picture and text, or source and account, belong together: a score, or words in common."""

    name: ClassVar[str] = "matches"
    score: tuple[str, ...]
    least: Share = 0.5
    labels: str = ""
    says: dict[str, Any] = Field(default_factory=dict)

    def run(self, ask: Ask) -> Outcome:
        told = ask.given.first(*self.score)
        if isinstance(told, bool):
            return miss() if told else hit(ask.verdict, reason=ask.reason, **self.says)
        score = ask.given.number(*self.score)
        if score is not None:
            return (
                miss() if score >= self.least else hit(ask.verdict, reason=ask.reason, **self.says)
            )
        shown = [str(each) for each in ask.given.many(self.labels)] if self.labels else []
        text = f"{ask.given.word('text')} {ask.given.word('topic')}".lower()
        if not shown or not text.strip():
            return unknown(self.score[0])
        common = any(each.lower() in text or set(each) & set(text) - {" "} for each in shown)
        return miss() if common else hit(ask.verdict, reason=ask.reason, **self.says)


CHECKS = by_name(Length, Comment, TopicFirst, Structure, Meaningful, Wordy, Prompt, Matches)
