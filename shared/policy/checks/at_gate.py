"""Rules of the house that the gate asks of what is to leave, as `policy check` asks of any input."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from shared.policy.checks.book import Ready
from shared.policy.checks.check import Check
from shared.policy.checks.evaluate import ask_rule
from shared.policy.checks.given import Given
from shared.policy.checks.outcome import Judgement, Outcome, Place
from shared.policy.gate.deadlines import in_zone
from shared.policy.gate.findings import GateContext, GateFinding, HistoryDigest, Unknown
from shared.policy.gate.levels import Level
from shared.policy.gate.plain import Plain
from shared.policy.gate.same import Same
from shared.policy.gate.spare import Said
from shared.policy.lexicons import plain_of
from shared.policy.model import Pack
from shared.policy.spotting import Spotter

_KINDS: Final = {
    "": "reply",
    "reply": "reply",
    "comment": "reply",
    "message": "reply",
    "repost": "repost",
    "post": "post",
}
"""What the gate is asked about -> the kind of input rules know it as; of others it asks nothing."""
_LEVELS: Final[dict[Judgement, Level]] = {
    "report": "warn",
    "remind": "warn",
    "flag": "warn",
    "hold": "hold",
    "block": "block",
    "escalate": "block",
}


def check_rules(
    text: Plain, context: GateContext, pack: Pack, _told: HistoryDigest
) -> Iterator[GateFinding]:
    """Yield what the rules of the pack that the gate asks have against a reply."""
    said = Said(text.original, context.quoted)
    for ready, outcome in _asked(text.original, context, Same(pack)):
        level = _LEVELS.get(outcome.verdict)
        if outcome.state == "hit" and level is not None:
            places = [each for each in outcome.places if each.field == "text"]
            meant = [each for each in places if not _is_told_of_others(said, each)]
            if meant or not places:
                yield _finding(ready, level, meant[0] if meant else None, text.original)


def unknown_of_rules(text: str, context: GateContext, pack: Pack) -> set[Unknown]:
    """Return the rules that could not tell, and what each would have needed."""
    return {
        Unknown(check=ready.rule.id, needs=name)
        for ready, outcome in _asked(text, context, Same(pack))
        if outcome.state == "unknown"
        for name in outcome.missing
    }


def as_input(text: str, context: GateContext) -> dict[str, object]:
    """Return a text as rules see it: only what somebody said of it, the rest is not told."""
    told: dict[str, object] = {
        "channel": context.channel,
        "case_label": context.situation if context.situation != "other" else "",
        "mode": "crisis" if context.situation == "crisis" else "",
        "account": context.account,
        "actor_role": context.role,
        "source": context.source,
        "announcement": context.announcement,
    }
    kind = _KINDS.get(context.action, "")
    return {"kind": kind, "text": text} | {name: value for name, value in told.items() if value}


@lru_cache(maxsize=16)
def _asked(text: str, context: GateContext, pack: Same[Pack]) -> tuple[tuple[Ready, Outcome], ...]:
    """Ask each rule once: what it found and what it would have needed are told apart later."""
    rules, spotter = _rules(pack)
    if not rules:
        return ()
    told = {**as_input(text, context), "peer_list": [*pack.it.gate.peers, *context.peers]}
    near = spotter.may_stand_in(plain_of(text))
    some = frozenset(name for name, value in told.items() if value)
    meant = [
        (ready, check)
        for ready, check, words in _meant(pack, str(told["kind"]), some)
        if (words is None or not words.isdisjoint(near)) and _holds(ready, context)
    ]
    given = Given.of(told if meant else {})
    return tuple((ready, ask_rule(ready, check, given)) for ready, check in meant)


@lru_cache(maxsize=64)
def _meant(
    pack: Same[Pack], kind: str, some: frozenset[str]
) -> tuple[tuple[Ready, Check, frozenset[str] | None], ...]:
    """Return the rules for such a text, each with the words without which it has nothing to say.

    `some` names what is told and not empty; more is not needed to know it.
    """
    told: dict[str, object] = dict.fromkeys(some, True)
    told |= {"kind": kind, "text": "text" in some, "peer_list": "peer_list" in some}
    return tuple(
        (ready, ready.check, ready.check.silent_without(told, ready.pack))
        for ready in _rules(pack)[0]
        if ready.check is not None and kind in ready.rule.kinds
    )


def _is_told_of_others(said: Said, place: Place) -> bool:
    """Tell whether the words there are a customer's, a topic's, or what we say we never say."""
    span = (place.start, place.end)
    return said.is_cited(span) or said.is_topic(span) or said.is_reported(place.start)


def _holds(ready: Ready, context: GateContext) -> bool:
    """Where nobody says what day it is, a rule is asked: better once too often."""
    if context.now is None:
        return True
    return ready.rule.in_force(in_zone(context.now, ready.pack.zone).date())


@lru_cache(maxsize=64)
def _rules(pack: Same[Pack]) -> tuple[tuple[Ready, ...], Spotter]:
    """Return the rules that are asked, those of the pack that say so, and what looks for their words."""
    left_out = {each.rule for each in pack.it.disable}
    rules = tuple(
        Ready.alone(each, pack.it)
        for each in pack.it.rules
        if each.at_gate and each.check and each.id not in left_out
    )
    named = {name for each in rules if each.check for _, name in each.check.lexicons_named()}
    return rules, Spotter(each for each in pack.it.lexicons if each.id in named)


def _finding(ready: Ready, level: Level, place: Place | None, text: str) -> GateFinding:
    start, end = (place.start, place.end) if place else (0, len(text))
    articles = tuple(each.rule for each in ready.rule.sources)
    return GateFinding(
        category=ready.rule.id,
        level=level,
        start=start,
        end=end,
        rules=(ready.rule.id, *articles),
        reason=ready.rule.title,
        suggestion=(place.suggestion or None) if place else None,
    )
