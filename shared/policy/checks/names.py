"""Checks of names and looks: patterns by class, protected terms, emblems, bios and tags."""

import re
from typing import Any, ClassVar

from pydantic import Field

from shared.policy.checks.check import Ask, Check, Count, by_name
from shared.policy.checks.given import ABSENT, empty
from shared.policy.checks.outcome import Outcome, Place, hit, miss, unknown
from shared.policy.lexicons import plain_of

_PHONE = re.compile(
    r"(?<!\d)(?:0\d{2,3}[-—\s]?\d{7,8}|1[3-9]\d{9}|400[-\s]?\d{3}[-\s]?\d{4}|\d{7,8})(?!\d)"
)
_OWNER_AT = re.compile(r"(?:负责人|责任人|值班|专员|维护)\S{0,6}?[@\uff20]\S+|[@\uff20]\S+")
_PARTS = {"phone": _PHONE, "weekly_owner_at": _OWNER_AT}


class Pattern(Check):
    """A name that must follow a pattern."""

    name: ClassVar[str] = "pattern"
    fields: tuple[str, ...] = ("name", "nickname")
    pattern: str
    says: dict[str, Any] = Field(default_factory=dict)

    def run(self, ask: Ask) -> Outcome:
        written = ask.given.first(*self.fields)
        if not isinstance(written, str):
            return unknown(self.fields[0])
        if re.fullmatch(self.pattern, written.strip()):
            return miss()
        return hit(ask.verdict, reason=ask.reason, **self.says)


class Protected(Check):
    """Terms that must not stand in a name, however they are written, unless it was approved."""

    name: ClassVar[str] = "protected"
    fields: tuple[str, ...] = ("nickname", "name")
    terms: tuple[str, ...] = ()
    told_terms: tuple[str, ...] = ("protected", "protected_terms", "terms")
    likeness: str = Field("", description="pattern of names that look official")
    approval: tuple[str, ...] = ()
    untold_is_none: bool = Field(False, description="an approval nobody tells of is none")

    def run(self, ask: Ask) -> Outcome:
        written = ask.given.first(*self.fields)
        if not isinstance(written, str):
            return unknown(self.fields[0])
        terms = (*self.terms, *map(str, ask.given.many(*self.told_terms)))
        if not terms and not self.likeness:
            return unknown(self.told_terms[0])
        found = self._found(written, terms)
        if found is None:
            return miss()
        approved = ask.given.truth(*self.approval) if self.approval else False
        if approved is None and not self.untold_is_none:
            return unknown(self.approval[0])
        return miss() if approved else hit(ask.verdict, found, span=self._span(found, terms))

    def _found(self, written: str, terms: tuple[str, ...]) -> Place | None:
        plain = plain_of(written)
        for term in sorted(terms, key=len, reverse=True):
            flat = plain_of(term).text
            start = plain.text.find(flat)
            if flat and start >= 0:
                span = plain.span(start, start + len(flat))
                return Place(self.fields[0], *span, term, "protected_name")
        looks = re.search(self.likeness, written) if self.likeness else None
        return looks and Place(self.fields[0], *looks.span(), looks.group(), "looks_official")

    def _span(self, found: Place, terms: tuple[str, ...]) -> str:
        return found.text if found.text in terms else ""


class Emblem(Check):
    """The picture of an account is one of those its class must bear."""

    name: ClassVar[str] = "emblem"
    allowed: tuple[str, ...]
    fields: tuple[str, ...] = ("avatar",)

    def run(self, ask: Ask) -> Outcome:
        avatar = ask.given.first(*self.fields)
        if avatar is ABSENT:
            return unknown(self.fields[0])
        return miss() if avatar in self.allowed else hit(ask.verdict, required=list(self.allowed))


class Bio(Check):
    """The one line about an account has its parts: words, a telephone number, who is in charge."""

    name: ClassVar[str] = "bio"
    parts: tuple[str, ...]
    taboo: str = Field("", description="lexicon of what must not stand in it")
    says: dict[str, Any] = Field(default_factory=dict)

    def run(self, ask: Ask) -> Outcome:
        bio = ask.given.first("bio", "description")
        if bio is ABSENT:
            return unknown("bio")
        written = str(bio or "")
        missing = [
            each for each in self.parts if each in _PARTS and not _PARTS[each].search(written)
        ]
        if "slogan" in self.parts and not _bare(written):
            missing.insert(0, "slogan")
        if missing:
            return hit(ask.verdict, missing=missing, reason=ask.reason, **self.says)
        return miss()


class Tags(Check):
    """The tags of an account: how many, and from which list."""

    name: ClassVar[str] = "tags"
    least: Count = 0
    most: Count = 0
    suggested: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    must: tuple[str, ...] = Field((), description="at least one of these stands among them")
    says: dict[str, Any] = Field(default_factory=dict)

    def run(self, ask: Ask) -> Outcome:
        told = ask.given.first("tags")
        if not isinstance(told, list):
            return (
                hit(ask.verdict, reason="no_tags")
                if told is None and self.least
                else unknown("tags")
            )
        if len(told) < self.least or (self.most and len(told) > self.most):
            many = len(told) > self.least
            return hit(ask.verdict, reason="too_many_tags" if many else "no_tags", **self.says)
        if self.must:
            wanted = any(each in told for each in self.must)
            return miss() if wanted else hit(ask.verdict, reason="tags_off_list", **self.says)
        return self._listed(ask, [str(each) for each in told]) if self.suggested else miss()

    def _listed(self, ask: Ask, told: list[str]) -> Outcome:
        own = ask.given.many("suggested") or self.suggested.get(ask.given.word("account", "name"))
        if not own:
            return unknown("suggested")
        off = [each for each in told if each not in own]
        if off:
            return hit(ask.verdict, reason="tags_off_list", wrong=off, **self.says)
        return miss()


class Following(Check):
    """Whom an official account follows has to do with its duty."""

    name: ClassVar[str] = "following"
    lexicon: str

    def run(self, ask: Ask) -> Outcome:
        told = ask.given.first("following", "follows")
        if not isinstance(told, list):
            return unknown("following")
        words = ask.lexicons[self.lexicon]
        odd = [str(each) for each in told if words.first(plain_of(_about(each))) is not None]
        return hit(ask.verdict, reason=ask.reason, wrong=odd) if odd else miss()


def _about(followed: object) -> str:
    if isinstance(followed, dict):
        return " ".join(str(each) for each in followed.values())
    return str(followed)


def _bare(written: str) -> str:
    without = _PHONE.sub("", _OWNER_AT.sub("", written))
    return "" if empty(without) else "".join(filter(str.isalpha, without))


CHECKS = by_name(Pattern, Protected, Emblem, Bio, Tags, Following)
