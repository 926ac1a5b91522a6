"""Breaches of the handbook: the fold notices some, people report others, and only people decide."""

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from services.respond.core.aggregates import Case, Post
from services.respond.core.incident import (
    Incident,
    IncidentDecided,
    IncidentProposed,
    IncidentRegister,
)
from services.respond.core.lines import lines_by
from services.respond.core.refusal import Refusal
from services.respond.core.work import Work
from shared.contracts.ids import token
from shared.contracts.incidents import IncidentFact, IncidentJudged, IncidentReported
from shared.contracts.posts import PostSeen
from shared.policy.gate.check import gate
from shared.policy.gate.findings import GateContext
from shared.policy.incident_lines import incident_lines
from shared.policy.incidents import IncidentRule, Trigger

ABOUT_CHARS: Final = 200
MAX_WHAT: Final = 2_000
_BREACHES: Final[Mapping[str, Trigger]] = {
    "acknowledge": "acknowledge_breached",
    "first_reply": "first_reply_breached",
    "return_visit": "return_visit_breached",
    "promise": "promise_breached",
}


class Noticed(NamedTuple):
    """What is behind an entry: which matter, our own words, who had it in hand, and the evidence.

    `subject` makes it the same entry when it is seen again. What the public wrote stays where it is.
    """

    account_id: str
    subject: str
    words: str = ""
    person_id: str = ""
    case_id: str = ""
    evidence: tuple[str, ...] = ()


def operate(work: Work, fact: IncidentFact) -> Refusal | None:
    """Take a report, or a decision."""
    return report(work, fact) if isinstance(fact, IncidentReported) else judge(work, fact)


def notice_breach(work: Work, case: Case, clock: str) -> None:
    """A promise was broken: propose what the table says of it."""
    _on_case(work, case, _BREACHES[clock], case.owner_id or "")


def notice_closing(work: Work, case: Case, person_id: str) -> None:
    """A case was closed while an answer was owed; the reason that was given stands beside it."""
    _on_case(work, case, "closed_unanswered", person_id)


def notice_post(work: Work, fact: PostSeen) -> None:
    """Something of ours was published elsewhere: propose it if the gate would have stopped it."""
    pack, _ = work.pack_of(fact.account_id)
    rules = lines_by(pack, "posted_around_gate")
    if not rules:
        return
    result = gate(fact.text, GateContext(channel=fact.platform, action="post"), pack)
    found = {each.category for each in result.findings if each.level == "block"}
    for rule in rules:
        if found and (not rule.categories or found.intersection(rule.categories)):
            post = Post.key_of(fact.account_id, fact.post_id)
            words = fact.text[:ABOUT_CHARS]
            propose(work, rule, "posted_around_gate", Noticed(fact.account_id, post, words))


def report(work: Work, fact: IncidentReported) -> Refusal | None:
    """Enter what a person saw; its grade is that of the rule."""
    pack, _ = work.pack_of(fact.account_id)
    lines = incident_lines(pack.incidents, pack.rules)
    rule = next((each for each in lines if each.id == fact.rule), None)
    if rule is None:
        return Refusal("not_found", "the table of incidents has no such line")
    if not fact.what.strip() or len(fact.what) > MAX_WHAT:
        return Refusal("bad_text", f"between 1 and {MAX_WHAT} characters")
    fresh = Incident(
        incident_id=token("incident", fact.op_id),
        rule=rule,
        trigger="reported",
        at=work.at,
        account_id=fact.account_id,
        case_id=fact.case_id,
        about=fact.what,
        reported_by=fact.person_id,
        grade=rule.grade,
        sanction=pack.incidents.sanction(rule.grade),
    )
    _enter(work, fresh)
    return None


def judge(work: Work, fact: IncidentJudged) -> Refusal | None:
    """Uphold or dismiss it; nobody decides on what they had in hand or reported themselves."""
    known = work.get(f"incident:{fact.incident_id}", Incident)
    if known is None:
        return Refusal("not_found", "there is no such entry, or it is in the archive")
    if (refusal := _may_decide(known, fact) or _is_whole(known, fact)) is not None:
        return refusal
    decided = {
        "status": "upheld" if fact.upheld else "dismissed",
        "grade": fact.grade,
        "sanction": fact.sanction if fact.upheld else "",
        "reason": fact.reason,
        "decided_by": fact.person_id,
        "decided_at": work.at,
    }
    work.put(known.model_copy(update=decided))
    work.decide(
        IncidentDecided(
            at=work.at,
            account_id=known.account_id,
            incident_id=known.incident_id,
            person_id=fact.person_id,
            upheld=fact.upheld,
            grade=fact.grade,
        )
    )
    return None


def _may_decide(known: Incident, fact: IncidentJudged) -> Refusal | None:
    if known.status != "proposed":
        return Refusal("already_decided", "somebody has decided on this entry")
    if fact.person_id in {known.person_id, known.reported_by}:
        return Refusal("two_person", "somebody else must decide on what you were part of")
    return None


def _is_whole(known: Incident, fact: IncidentJudged) -> Refusal | None:
    if fact.grade not in {known.rule.grade, *known.rule.alternatives}:
        return Refusal("grade_not_in_rule", "the rule knows no such grade")
    if fact.upheld and not fact.sanction.strip():
        return Refusal("needs_sanction", "say what follows; nothing is proposed for this grade")
    if not fact.upheld and not fact.reason.strip():
        return Refusal("needs_reason", "say why it is none")
    return None


def _on_case(work: Work, case: Case, trigger: Trigger, person_id: str) -> None:
    pack, _ = work.pack_of(case.account_id)
    for rule in lines_by(pack, trigger):
        if not rule.labels or set(rule.labels).intersection(case.labels):
            about = Noticed(case.account_id, case.case_id, "", person_id, case.case_id)
            propose(work, rule, trigger, about)


def propose(work: Work, rule: IncidentRule, trigger: Trigger, noticed: Noticed) -> None:
    """Enter it once: the same breach of the same matter is one entry, however often it is seen."""
    incident_id = token("incident", rule.id, noticed.subject)
    if work.get(f"incident:{incident_id}", Incident) is not None:
        return
    pack, _ = work.pack_of(noticed.account_id)
    _enter(
        work,
        Incident(
            incident_id=incident_id,
            rule=rule,
            trigger=trigger,
            at=work.at,
            account_id=noticed.account_id,
            case_id=noticed.case_id,
            about=noticed.words,
            evidence=noticed.evidence,
            person_id=noticed.person_id,
            grade=rule.grade,
            sanction=pack.incidents.sanction(rule.grade),
        ),
    )


def _enter(work: Work, fresh: Incident) -> None:
    register = work.get(IncidentRegister.KEY, IncidentRegister) or IncidentRegister()
    known, gone = register.with_first(fresh.incident_id)
    work.put(fresh, known)
    _forget(work, gone)
    work.decide(
        IncidentProposed(
            at=fresh.at,
            account_id=fresh.account_id,
            incident_id=fresh.incident_id,
            rule=fresh.rule.id,
            trigger=fresh.trigger,
            grade=fresh.grade,
            case_id=fresh.case_id,
        )
    )


def _forget(work: Work, incident_ids: Iterable[str]) -> None:
    for each in incident_ids:
        work.drop(f"incident:{each}")
