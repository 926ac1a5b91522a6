"""Texts that broke a rule all the same: sent by hand against a hold, or found wrong afterwards."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Final

from services.respond.core.aggregates import Case, Post, Said
from services.respond.core.checking import situation_of
from services.respond.core.held_texts import Broken, HeldText
from services.respond.core.incidents import ABOUT_CHARS, Noticed, propose
from services.respond.core.lines import lines_for
from services.respond.core.work import Work
from shared.contracts.ids import token
from shared.contracts.posts import PostSeen
from shared.policy.gate.check import gate
from shared.policy.gate.findings import GateContext, GateFinding, GateResult, text_token

HELD_FOR: Final = timedelta(days=7)
"""How long a text that was held is looked for; ours."""
_STOPS: Final = frozenset({"hold", "block"})


def remember(work: Work, case: Case, person_id: str, text: str, result: GateResult) -> None:
    """Keep in mind that the gate held this text back."""
    if result.passed:
        return
    held = HeldText(
        held_id=_held_id(case.account_id, text),
        case_id=case.case_id,
        person_id=person_id,
        broken=tuple(_broken(result.findings)),
        forget_at=work.at + HELD_FOR,
    )
    work.put(held)


def lift(work: Work, account_id: str, text: str) -> None:
    """Forget it: somebody whose word allows it has approved this very text."""
    key = f"held:{_held_id(account_id, text)}"
    if work.get(key, HeldText) is not None:
        work.drop(key)


def seen(work: Work, fact: PostSeen) -> bool:
    """Tell whether this is a text that the gate held, and propose what rules it breaks."""
    held_id = _held_id(fact.account_id, _spoken(fact.text)) if work.holds("held") else ""
    held = work.get(f"held:{held_id}", HeldText)
    if held is None:
        return False
    post = Post.key_of(fact.account_id, fact.post_id)
    about = Noticed(
        account_id=fact.account_id,
        subject=post,
        words=fact.text[:ABOUT_CHARS],
        person_id=held.person_id,
        case_id=held.case_id,
        evidence=(post,),
    )
    case = work.case(held.case_id)
    labels = case.labels if case else ()
    for rule in lines_for(
        work.pack_of(fact.account_id)[0], "sent_against_hold", labels, held.broken
    ):
        propose(work, rule, "sent_against_hold", about)
    return True


def look_back(work: Work, case: Case, now: Case) -> None:
    """Look at what we said again: the case is another than it was thought to be."""
    before, after = situation_of(case.labels), situation_of(now.labels)
    if before == after:
        return
    pack, _ = work.pack_of(case.account_id)
    for said in (each for each in now.said if not each.automatic):
        old = gate(said.text, GateContext(situation=before, channel=case.platform), pack)
        new = gate(said.text, GateContext(situation=after, channel=case.platform), pack)
        known = {each.category for each in _stopping(old.findings)}
        fresh = [each for each in _stopping(new.findings) if each.category not in known]
        for rule in lines_for(pack, "reply_broke_rule", now.labels, tuple(_broken(fresh))):
            propose(work, rule, "reply_broke_rule", _about(now, said))


def _about(case: Case, said: Said) -> Noticed:
    told = f"said:{said.slot}:{said.item_id}"
    native = (f"native:{said.native_id}",) if said.native_id else ()
    return Noticed(
        account_id=case.account_id,
        subject=told,
        words=said.text[:ABOUT_CHARS],
        person_id=said.approved_by,
        case_id=case.case_id,
        evidence=(told, *native),
    )


def _broken(findings: Iterable[GateFinding]) -> Iterator[Broken]:
    for each in _stopping(findings):
        yield Broken(category=each.category, rules=each.rules, reason=each.reason)


def _stopping(findings: Iterable[GateFinding]) -> list[GateFinding]:
    return [each for each in findings if each.level in _STOPS]


def _held_id(account_id: str, text: str) -> str:
    return token("held", account_id, text_token(text))


def _spoken(text: str) -> str:
    """Return the text without the name that a platform puts in front of an answer."""
    head, colon, rest = text.partition(":")
    return rest if colon and head.startswith("回复@") else text
