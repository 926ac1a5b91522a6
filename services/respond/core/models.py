"""Which model judges: one person proposes, another approves, any of them takes it back."""

from collections.abc import Sequence

from services.respond.core.decisions import ModelSwitched
from services.respond.core.model import MODELS_KEPT, Installed, ModelRegister, Proposal
from services.respond.core.refusal import Refusal
from services.respond.core.work import Work
from shared.contracts.operators import ModelApproved, ModelProposed, ModelRolledBack
from shared.contracts.org import ModelActivated


def activate(work: Work, fact: ModelActivated) -> None:
    """Note what a classify process has of its own; it judges unless people chose another."""
    chosen = _register(work).in_office is not None
    switch_to(work, work.organisation.model if chosen else fact.model, own=fact.model)


def propose(work: Work, fact: ModelProposed) -> Refusal | None:
    """Put a candidate up. Proposing the same bundle again replaces the proposal before."""
    if fact.model_id == work.organisation.model:
        return Refusal("already_in_office", "this model judges already")
    if not fact.note.strip():
        return Refusal("needs_reason", "say what is better about it")
    register = _register(work)
    others = [each for each in register.proposals if each.bundle != fact.bundle]
    fresh = Proposal(
        model_id=fact.model_id,
        bundle=fact.bundle,
        report=fact.report,
        note=fact.note,
        proposed_by=fact.person_id,
        proposed_at=work.at,
    )
    work.put(register.model_copy(update={"proposals": (*others[1 - MODELS_KEPT :], fresh)}))
    return None


def approve(work: Work, fact: ModelApproved) -> Refusal | None:
    """Put a candidate in office; never by the person alone who proposed it."""
    register = _register(work)
    meant = [
        each
        for each in register.proposals
        if (each.model_id, each.bundle) == (fact.model_id, fact.bundle)
    ]
    if not meant:
        return Refusal("not_found", "nobody has proposed exactly this model")
    if meant[0].proposed_by == fact.person_id:
        return Refusal("two_person", "a second person must approve what you proposed")
    left = tuple(each for each in register.proposals if each.model_id != fact.model_id)
    fresh = Installed(
        model_id=fact.model_id,
        bundle=fact.bundle,
        proposed_by=meant[0].proposed_by,
        approved_by=fact.person_id,
        since=work.at,
    )
    kept = register.model_copy(update={"proposals": left})
    _install(work, kept, (*register.installed[1 - MODELS_KEPT :], fresh))
    return None


def roll_back(work: Work, fact: ModelRolledBack) -> Refusal | None:
    """Return to the model before. Whoever names a model that is gone already changes nothing."""
    register = _register(work)
    current = register.in_office
    if current is None:
        return Refusal("nothing_before", "classify's own model judges; there is none before it")
    if current.model_id != fact.model_id:
        return Refusal("not_in_office", "another model judges by now; look again")
    if not fact.reason.strip():
        return Refusal("needs_reason", "say why it is taken back")
    _install(work, register, register.installed[:-1])
    return None


def switch_to(work: Work, model: str, *, own: str) -> None:
    """Let verdicts of `model` count from here on; those of the one before it still do."""
    house = work.organisation
    if house.own_model != own:
        work.put(house.model_copy(update={"own_model": own}))
        house = work.organisation
    if house.model != model:
        work.put(house.model_copy(update={"model": model, "previous_model": house.model}))
        work.decide(ModelSwitched(at=work.at, model=model))


def _install(work: Work, register: ModelRegister, installed: Sequence[Installed]) -> None:
    house = work.organisation
    own = house.own_model or ("" if register.installed else house.model)
    fresh = {"installed": tuple(installed), "changed_seq": work.seq}
    work.put(register.model_copy(update=fresh))
    switch_to(work, installed[-1].model_id if installed else own, own=own)


def _register(work: Work) -> ModelRegister:
    return work.get(ModelRegister.KEY, ModelRegister) or ModelRegister()
