"""Proposed rules look at what really comes, in stream time; nothing follows from what they say.

Each decision is compared by itself, over the state as it really is: what a different decision
would have led to later is the business of a replay.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from services.respond.core.aggregates import Case
from services.respond.core.around import around
from services.respond.core.checking import check_text
from services.respond.core.policy import PolicyRegister
from services.respond.core.shadow import Deviation, ShadowDifference, ShadowRun
from services.respond.core.work import Work
from shared.contracts.operators import Slot
from shared.policy.gate.findings import GateResult
from shared.policy.model import Pack


class Beside(NamedTuple):
    """A run, the rules in force, and those that run beside them."""

    run: ShadowRun
    live: Pack
    candidate: Pack


class Found(NamedTuple):
    """One thing decided otherwise."""

    kind: Deviation
    live: str
    shadow: str


def watch_text(work: Work, case: Case, slot: Slot, text: str, result: GateResult) -> None:
    """Compare what the gate says of a text with what it would say by the proposed rules."""
    beside = beside_of(work, case.account_id)
    if beside is None:
        return

    def look() -> list[Found]:
        about = around(work, case, work.at)
        other = check_text(case, beside.candidate, text, about, slot)
        return list(_on_text(result, other))

    found = safely(look)
    note(work, beside.run, found, ("", case.case_id))


def begin(work: Work, pack: str, pack_hash: str) -> None:
    """Start a run from nothing."""
    work.put(ShadowRun(pack=pack, pack_hash=pack_hash, since=work.at))


def beside_of(work: Work, account_id: str) -> Beside | None:
    """Return what runs beside the rules of this account, if anything does."""
    register = work.get(PolicyRegister.KEY, PolicyRegister) if work.has_shadow else None
    account = work.account(account_id)
    if register is None or account is None:
        return None
    name = account.registered.pack
    run = work.get(f"shadow:{name}", ShadowRun)
    if run is None or register.shadows.get(name) != run.pack_hash:
        return None
    return Beside(run, work.pack_of(account_id)[0], work.packs[run.pack_hash])


def safely(look: Callable[[], list[Found]]) -> list[Found] | None:
    """Look; None if that raised. What is only proposed must never harm what is live."""
    try:
        return look()
    except Exception:  # noqa: BLE001  counted, and shown to whoever proposes these rules
        return None


def note(work: Work, run: ShadowRun, found: list[Found] | None, about: tuple[str, str]) -> None:
    """Count what was looked at; `about` is item and case, the item empty for a text."""
    if found is None:
        work.put(run.model_copy(update={"failed": run.failed + 1}))
        return
    item_id, case_id = about
    told = tuple(
        ShadowDifference(at=work.at, item_id=item_id, case_id=case_id, **each._asdict())
        for each in found
    )
    work.put(run.with_found("items" if item_id else "texts", told))


def _on_text(live: GateResult, candidate: GateResult) -> Iterator[Found]:
    ours, theirs = _said(live), _said(candidate)
    if ours != theirs:
        yield Found("gate", ours, theirs)


def _said(result: GateResult) -> str:
    categories = dict.fromkeys(each.category for each in result.findings)
    return " ".join((result.level, *categories))
