"""Rules of the house that the gate asks of what is to leave, as `policy check` asks of any input."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from shared.policy.checks.book import Ready
from shared.policy.checks.evaluate import ask_rule
from shared.policy.checks.given import Given
from shared.policy.checks.outcome import Judgement, Outcome, Place
from shared.policy.gate.deadlines import in_zone
from shared.policy.gate.findings import GateContext, GateFinding, HistoryDigest, Unknown
from shared.policy.gate.levels import Level
from shared.policy.gate.plain import Plain
from shared.policy.gate.same import Same
from shared.policy.model import Pack

_KINDS: Final = {"": "reply", "reply": "reply", "post": "post"}
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
    for ready, outcome in _asked(text.original, context, pack):
        level = _LEVELS.get(outcome.verdict)
        if outcome.state == "hit" and level is not None:
            places = [each for each in outcome.places if each.field == "text"]
            yield _finding(ready, level, places[0] if places else None, text.original)


def unknown_of_rules(text: str, context: GateContext, pack: Pack) -> set[Unknown]:
    """Return the rules that could not tell, and what each would have needed."""
    return {
        Unknown(check=ready.rule.id, needs=name)
        for ready, outcome in _asked(text, context, pack)
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


def _asked(text: str, context: GateContext, pack: Pack) -> Iterator[tuple[Ready, Outcome]]:
    rules = _rules(Same(pack))
    if not rules:
        return
    given = Given.of(as_input(text, context))
    for ready in rules:
        meant = given.kind in ready.rule.kinds and _holds(ready, context)
        if ready.check is not None and meant:
            yield ready, ask_rule(ready, ready.check, given)


def _holds(ready: Ready, context: GateContext) -> bool:
    """Where nobody says what day it is, a rule is asked: better once too often."""
    if context.now is None:
        return True
    return ready.rule.in_force(in_zone(context.now, ready.pack.zone).date())


@lru_cache(maxsize=64)
def _rules(pack: Same[Pack]) -> tuple[Ready, ...]:
    """Return the rules that are asked; most packs have none, and it costs nothing."""
    left_out = {each.rule for each in pack.it.disable}
    return tuple(
        Ready.alone(each, pack.it)
        for each in pack.it.rules
        if each.at_gate and each.check and each.id not in left_out
    )


def _finding(ready: Ready, level: Level, place: Place | None, text: str) -> GateFinding:
    start, end = (place.start, place.end) if place else (0, len(text))
    return GateFinding(
        category=ready.rule.id,
        level=level,
        start=start,
        end=end,
        rules=(ready.rule.id,),
        reason=ready.rule.title,
        suggestion=(place.suggestion or None) if place else None,
    )
