"""Rules come into force by two people and an exact place in the log, and go by one."""

from typing import assert_never

from services.respond.core.briefing import confirm, remember_switch
from services.respond.core.decisions import PolicySwitched
from services.respond.core.policy import (
    KEPT_IN_FORCE,
    PROPOSALS_KEPT,
    InForce,
    PackChanges,
    PackProposal,
    PolicyRegister,
)
from services.respond.core.refusal import Refusal
from services.respond.core.rerouting import reroute
from services.respond.core.shadowing import begin
from services.respond.core.stale import return_stale
from services.respond.core.work import Work
from shared.contracts.org import PolicyActivated
from shared.contracts.policy import (
    PolicyApproved,
    PolicyConfirmed,
    PolicyFact,
    PolicyProposed,
    PolicyPutInForce,
    PolicyRejected,
    PolicyRolledBack,
    PolicyShadowed,
)

_NOT_PROPOSED = Refusal("not_found", "nobody has proposed exactly these rules")
_NEEDS_REASON = Refusal("needs_reason", "say why")


def operate(work: Work, fact: PolicyFact) -> Refusal | None:
    """Do or refuse what was asked about a pack that some account uses."""
    if fact.pack not in work.organisation.packs:
        return Refusal("not_found", "no account here uses this pack")
    match fact:
        case PolicyProposed():
            return propose(work, fact)
        case PolicyShadowed():
            return shadow(work, fact)
        case PolicyApproved():
            return approve(work, fact)
        case PolicyRejected():
            return reject(work, fact)
        case PolicyPutInForce() | PolicyRolledBack() | PolicyConfirmed():
            return _about_force(work, fact)
        case _:
            assert_never(fact)


def _about_force(
    work: Work, fact: PolicyPutInForce | PolicyRolledBack | PolicyConfirmed
) -> Refusal | None:
    match fact:
        case PolicyPutInForce():
            return put_in_force(work, fact)
        case PolicyRolledBack():
            return roll_back(work, fact)
        case PolicyConfirmed():
            return know(work, fact)
        case _:
            assert_never(fact)


def follow_files(work: Work, fact: PolicyActivated) -> None:
    """Note what the files say; it holds unless people put something else in force.

    Only where people have changed rules before are others told what a new file changes: a log
    that is older than this knows no confirmations, and must still be folded as it was.
    """
    register = register_of(work)
    if register.configured.get(fact.pack) != fact.pack_hash:
        configured = {**register.configured, fact.pack: fact.pack_hash}
        work.put(register.model_copy(update={"configured": configured}))
    standing = work.organisation.packs.get(fact.pack)
    if register.in_force(fact.pack) is not None or standing == fact.pack_hash:
        return
    if standing is not None and work.get(f"changes:{fact.pack}", PackChanges) is not None:
        _change_over(work, fact.pack, fact.pack_hash)
    else:
        _switch(work, fact.pack, fact.pack_hash)
        reroute(work, fact.pack, work.packs[fact.pack_hash])


def propose(work: Work, fact: PolicyProposed) -> Refusal | None:
    """Put a body up. Proposing the same one again replaces the proposal before."""
    if fact.pack_hash == work.organisation.packs[fact.pack]:
        return Refusal("already_in_force", "these rules hold already")
    if fact.base_hash != work.organisation.packs[fact.pack]:
        return _moved_on()
    if not fact.note.strip():
        return Refusal("needs_reason", "say what they are for")
    register = register_of(work)
    others = _without(register, fact.pack, fact.pack_hash)
    if len(others) >= PROPOSALS_KEPT:
        return Refusal("too_many", "too many proposals wait; decide on one first")
    fresh = PackProposal(
        pack=fact.pack,
        pack_hash=fact.pack_hash,
        base_hash=fact.base_hash,
        note=fact.note,
        proposed_by=fact.person_id,
        proposed_at=work.at,
    )
    work.put(register.model_copy(update={"proposals": (*others, fresh)}))
    return None


def shadow(work: Work, fact: PolicyShadowed) -> Refusal | None:
    """Start or stop letting a proposed body judge beside the one in force."""
    register = register_of(work)
    if register.proposal(fact.pack, fact.pack_hash) is None:
        return _NOT_PROPOSED
    if fact.running:
        begin(work, fact.pack, fact.pack_hash)
    work.put(_shadowing(register, fact.pack, fact.pack_hash if fact.running else ""))
    return None


def approve(work: Work, fact: PolicyApproved) -> Refusal | None:
    """Approve a proposal; never by the person alone who made it."""
    register = register_of(work)
    meant = register.proposal(fact.pack, fact.pack_hash)
    if meant is None:
        return _NOT_PROPOSED
    if meant.proposed_by == fact.person_id:
        return Refusal("two_person", "a second person must approve what you proposed")
    if meant.base_hash != work.organisation.packs[fact.pack]:
        return _moved_on()
    approved = meant.model_copy(update={"approved_by": fact.person_id, "approved_at": work.at})
    if fact.activate:
        _install(work, register, approved, fact.person_id)
        return None
    others = _without(register, fact.pack, fact.pack_hash)
    work.put(register.model_copy(update={"proposals": (*others, approved)}))
    return None


def reject(work: Work, fact: PolicyRejected) -> Refusal | None:
    """Turn a proposal down, approved or not."""
    register = register_of(work)
    if register.proposal(fact.pack, fact.pack_hash) is None:
        return _NOT_PROPOSED
    if not fact.reason.strip():
        return _NEEDS_REASON
    work.put(_closed(register, fact.pack, fact.pack_hash))
    return None


def put_in_force(work: Work, fact: PolicyPutInForce) -> Refusal | None:
    """Let approved rules hold from here on."""
    register = register_of(work)
    meant = register.proposal(fact.pack, fact.pack_hash)
    if meant is None:
        return _NOT_PROPOSED
    if not meant.approved_by:
        return Refusal("not_approved", "a second person has not approved these rules yet")
    if meant.base_hash != work.organisation.packs[fact.pack]:
        return _moved_on()
    _install(work, register, meant, fact.person_id)
    return None


def roll_back(work: Work, fact: PolicyRolledBack) -> Refusal | None:
    """Return to the rules before. Whoever names rules that are gone already changes nothing."""
    register = register_of(work)
    current = register.in_force(fact.pack)
    if current is None:
        return Refusal("nothing_before", "the files' own rules hold; there are none before them")
    if (current.pack_hash, register.before(fact.pack)) != (fact.pack_hash, fact.to_hash):
        return Refusal("not_in_force", "other rules hold by now; look again")
    if not fact.reason.strip():
        return _NEEDS_REASON
    left = {**register.installed, fact.pack: register.installed[fact.pack][:-1]}
    work.put(register.model_copy(update={"installed": left}))
    _change_over(work, fact.pack, fact.to_hash)
    return None


def know(work: Work, fact: PolicyConfirmed) -> Refusal | None:
    """Note that a person has read what the rules in force changed for them."""
    if fact.pack_hash != work.organisation.packs[fact.pack]:
        return Refusal("not_in_force", "the rules changed again; read what holds now")
    confirm(work, fact.person_id, {fact.pack: fact.pack_hash})
    return None


def register_of(work: Work) -> PolicyRegister:
    return work.get(PolicyRegister.KEY, PolicyRegister) or PolicyRegister()


def _install(work: Work, register: PolicyRegister, meant: PackProposal, by: str) -> None:
    fresh = InForce(
        pack_hash=meant.pack_hash,
        proposed_by=meant.proposed_by,
        approved_by=meant.approved_by,
        activated_by=by,
        note=meant.note,
        since=work.at,
        seq=work.seq,
    )
    older = register.installed.get(meant.pack, ())
    kept = _closed(register, meant.pack, meant.pack_hash).model_copy(
        update={
            "installed": {**register.installed, meant.pack: (*older[1 - KEPT_IN_FORCE :], fresh)},
            # A house that is older than this register has its files' rules in force, unnoted.
            "configured": {
                meant.pack: work.organisation.packs[meant.pack],
                **register.configured,
            },
        }
    )
    work.put(kept)
    _change_over(work, meant.pack, meant.pack_hash)


def _change_over(work: Work, name: str, to_hash: str) -> None:
    """Switch, move what its routes move, keep what changed for people, return texts that fail now."""
    from_hash = work.organisation.packs[name]
    old, new = work.packs[from_hash], work.packs[to_hash]
    _switch(work, name, to_hash)
    moved = reroute(work, name, new)
    remember_switch(work, name, (old, from_hash), (new, to_hash), moved)
    return_stale(work, name, new)


def _switch(work: Work, name: str, to_hash: str) -> None:
    house = work.organisation
    work.put(house.model_copy(update={"packs": {**house.packs, name: to_hash}}))
    work.decide(PolicySwitched(at=work.at, pack=name, pack_hash=to_hash))


def _without(register: PolicyRegister, pack: str, pack_hash: str) -> tuple[PackProposal, ...]:
    meant = register.proposal(pack, pack_hash)
    return tuple(each for each in register.proposals if each is not meant)


def _closed(register: PolicyRegister, pack: str, pack_hash: str) -> PolicyRegister:
    """Return the register without this proposal, and without its shadow."""
    left = register.model_copy(update={"proposals": _without(register, pack, pack_hash)})
    return _shadowing(left, pack, "") if register.shadows.get(pack) == pack_hash else left


def _shadowing(register: PolicyRegister, pack: str, pack_hash: str) -> PolicyRegister:
    others = {name: each for name, each in register.shadows.items() if name != pack}
    shadows = {**others, pack: pack_hash} if pack_hash else others
    return register.model_copy(update={"shadows": shadows})


def _moved_on() -> Refusal:
    return Refusal("base_changed", "the rules changed since this was written; propose it anew")
