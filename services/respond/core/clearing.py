"""Whether a text may go on: the rules that hold, the gate, and what it promises."""

from services.respond.core.aggregates import Case, Promised, Reply
from services.respond.core.around import around
from services.respond.core.checking import check_text, passes_for_somebody
from services.respond.core.promises import confirm
from services.respond.core.refusal import Refusal
from services.respond.core.work import Work


def in_place(case: Case, reply: Reply) -> Case:
    """Return the case with this reply in its slot."""
    others = tuple(each for each in case.replies if each.slot != reply.slot)
    return case.model_copy(update={"replies": (*others, reply)})


def gated(work: Work, case: Case, reply: Reply) -> Refusal | None:
    """Return why the gate does not let the text pass."""
    pack, pack_hash = work.pack_of(case.account_id)
    if not pack_hash:
        return Refusal("no_rules", "no rules are active for this account: nothing may leave")
    standing = in_place(case, reply)
    about = around(work, standing, work.at)
    result = check_text(standing, pack, reply.text, about, reply.slot)
    if result.passed:
        return None
    first = next(each for each in result.findings if each.level != "warn")
    return Refusal("gate_failed", first.reason)


def cleared(
    work: Work, case: Case, reply: Reply, confirmed: tuple[str, ...]
) -> tuple[Promised, ...] | Refusal:
    """Return what a text that passes promises, if all of it was confirmed."""
    if (refusal := gated(work, case, reply)) is not None:
        return refusal
    pack, _ = work.pack_of(case.account_id)
    return confirm(case, reply.text, pack, work.at, confirmed)


def may_pass(work: Work, case: Case, reply: Reply) -> bool:
    """Tell whether somebody who may say such things could approve it."""
    pack, pack_hash = work.pack_of(case.account_id)
    about = around(work, case, work.at)
    return bool(pack_hash) and passes_for_somebody(case, pack, reply.text, about, reply.slot)
