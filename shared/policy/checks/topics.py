"""Checks of what a post is about: the scope of the account, off-topic posts, sources, peers."""

import re
from collections.abc import Mapping
from typing import Any, ClassVar, Final

from pydantic import Field

from shared.policy.checks.as_gate import told_by_gate
from shared.policy.checks.check import Ask, Check, Count, Share, by_name
from shared.policy.checks.given import ABSENT
from shared.policy.checks.outcome import Outcome, Place, hit, miss, unknown
from shared.policy.lexicons import plain_of
from shared.policy.model import Pack

_URL = re.compile(r"https?://\S+|www\.\S+|t\.cn/\S+", re.IGNORECASE)
_CITED = re.compile(
    r"来源\s*[:\uff1a]|[(\uff08]\s*(?:来源|摘自|转自|据)|转自|摘自|出处\s*[:\uff1a]|据[^,\uff0c。\n]{2,16}?(?:报道|消息|通报|公告|发布|介绍|通知)"
    r"|(?:新华社|人民日报|央视|中新社|新华网|人民网)[^,\uff0c。\n]{0,6}(?:电|讯|报道|消息)|详见\S{0,8}(?:官网|公告|文件)"
)

_PEERS: Final = ("peer_list", "peers", "competitors", "competitor_list")


class Scope(Check):
    """The topic is one the account is for. What a leader let pass is in scope."""

    name: ClassVar[str] = "scope"
    topics: tuple[str, ...] = Field(description="words of topics in scope")
    off: str = Field(description="lexicon of topics that are never in scope")
    let_pass: tuple[str, ...] = ("leader_approved", "approved_by_leader", "scope_approved")
    fields: tuple[str, ...] = ("topic",)

    def run(self, ask: Ask) -> Outcome:
        topic = ask.given.word(*self.fields)
        if not topic:
            return unknown(self.fields[0])
        flat = plain_of(topic)
        if any(plain_of(each).text in flat.text for each in self.topics) or ask.given.truth(
            *self.let_pass
        ):
            return miss()
        if ask.lexicons[self.off].first(flat) is not None:
            return hit(ask.verdict, reason=ask.reason)
        return unknown("topic_in_scope")


class OffTopic(Check):
    """The text is about something else than the organisation: a score, or the words of it."""

    name: ClassVar[str] = "off_topic"
    off: tuple[str, ...]
    on: tuple[str, ...] = Field((), description="lexicons of the organisation's own matters")
    least: Share = 0.3
    fields: tuple[str, ...] = ("text",)
    let_pass: tuple[str, ...] = ("leader_approved", "approved_by_leader", "scope_approved")
    says: dict[str, Any] = Field(default_factory=dict)

    def run(self, ask: Ask) -> Outcome:
        told = ask.given.number("relevance", "relevance_score")
        if told is not None:
            return (
                miss() if told >= self.least else hit(ask.verdict, reason=ask.reason, **self.says)
            )
        text = "。".join(filter(None, (ask.given.word(each) for each in self.fields)))
        if not text or ask.given.placeholder:
            return unknown(self.fields[0])
        if ask.given.truth(*self.let_pass):
            return miss()
        flat = plain_of(text)
        spans = (ask.lexicons[each].first(flat) for each in self.off)
        span = next((each for each in spans if each is not None), None)
        if span is None or any(ask.lexicons[each].first(flat) for each in self.on):
            return miss() if self.fields[0] in ask.given.values else unknown(self.fields[0])
        place = Place(self.fields[0], *span, text[slice(*span)], ask.reason)
        return hit(ask.verdict, place, reason=ask.reason, **self.says)


class Sourced(Check):
    """Where it comes from is said, in a field or in the text. What is only hearsay has no source."""

    name: ClassVar[str] = "sourced"
    news: str = Field("", description="lexicon that shows a news item; empty: every post")
    hearsay: str = Field("", description="lexicon of unsourced talk; with it only such is meant")
    says: dict[str, Any] = Field(default_factory=dict)

    def run(self, ask: Ask) -> Outcome:
        text = f"{ask.given.word('title')} {ask.given.word('text')}"
        told = ask.given.truth("source", "sources")
        if told or _CITED.search(text) or _URL.search(text) or ask.given.truth("links"):
            return miss()
        if self.news and not self._news(ask, text):
            return miss()
        if self.hearsay and ask.lexicons[self.hearsay].first(plain_of(text)) is None:
            return miss() if text.strip() else unknown("text")
        if told is None and not (self.news and ask.given.word("text")):
            return unknown("source")
        return hit(ask.verdict, reason=ask.reason, **self.says)

    def _news(self, ask: Ask, text: str) -> bool:
        about = plain_of(f"{ask.given.word('topic', 'label', 'type')}。{text}")
        return ask.lexicons[self.news].first(about) is not None


class Peer(Check):
    """What has to do with accounts of the same trade: reposting, quarrelling, disparaging."""

    name: ClassVar[str] = "peer"
    fields: tuple[str, ...]
    lexicons: tuple[str, ...] = Field((), description="words of which one is needed; empty: none")
    turns: Count = Field(0, description="so many exchanges are a quarrel whatever the words")
    in_text: str = Field("", description="lexicon that stands for peers who are not named")
    gated: tuple[str, ...] = Field((), description="families of the gate that show it, too")
    says: dict[str, Any] = Field(default_factory=dict)

    def silent_without(self, told: Mapping[str, Any], pack: Pack) -> frozenset[str] | None:
        """Return what stands for peers in a text, where the rules name none."""
        named = told.get("peer_list") or pack.switches.peers
        if named or "peer_list" not in told or not self.in_text or not told["text"]:
            return None
        return frozenset({self.in_text})

    def run(self, ask: Ask) -> Outcome:
        peers = tuple(map(str, ask.given.many(*_PEERS))) + ask.pack.switches.peers
        whom, text = ask.given.word(*self.fields), plain_of(ask.given.word("text"))
        named = any(plain_of(each).text in text.text for each in peers if self.in_text)
        unnamed = bool(self.in_text) and ask.lexicons[self.in_text].first(text) is not None
        if not (whom in peers and whom) and not named and not unnamed:
            told = ask.given.first(*_PEERS) is not ABSENT or peers
            read = whom or (self.in_text and text.text)
            return miss() if told and read else unknown("peer_list" if read else self.fields[0])
        turns = ask.given.number("turns", "exchanges") or 0
        if not self.lexicons or (self.turns and turns >= self.turns):
            return hit(ask.verdict, reason=ask.reason, **self.says)
        if not text.text:
            return unknown("text")
        spans = [ask.lexicons[each].first(text) for each in self.lexicons]
        span = next((each for each in spans if each is not None), None)
        if span is None:
            places = told_by_gate(ask, self.gated) if self.gated else ()
            return hit(ask.verdict, *places, reason=ask.reason, **self.says) if places else miss()
        found = Place("text", *span, ask.given.word("text")[slice(*span)], ask.reason)
        return hit(ask.verdict, found, reason=ask.reason, **self.says)


class Emergency(Check):
    """An emergency is reported on two sources, never on one voice."""

    name: ClassVar[str] = "emergency"
    lexicon: str
    least: Count = 2

    def run(self, ask: Ask) -> Outcome:
        topic = ask.given.word("topic", "label")
        about = plain_of(ask.given.word("text"))
        if topic not in ("emergency", "突发", "突发事件") and not ask.lexicons[self.lexicon].first(
            about
        ):
            return miss() if about.text else unknown("text")
        if ask.given.truth("official_confirmed", "confirmed"):
            return miss()
        sources = ask.given.first("sources", "source")
        if sources is ABSENT:
            return unknown("sources")
        told = set(map(str, sources)) if isinstance(sources, list) else {str(sources or "")} - {""}
        if len(told) >= self.least:
            return miss()
        return hit(ask.verdict, missing="second_source" if told else "sources")


CHECKS = by_name(Scope, OffTopic, Sourced, Peer, Emergency)
