"""Texts that have not left and would not pass other rules: listed beforehand, returned afterwards."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, Literal

from services.respond.core.aggregates import AutoReceipt, Case, Reply
from services.respond.core.around import NOTHING_AROUND, Around, around
from services.respond.core.checking import check_text
from services.respond.core.guidance import Guidance
from services.respond.core.knowledge import Book
from services.respond.core.plan import Plan
from services.respond.core.plans import failing
from services.respond.core.replies import come_back
from services.respond.core.work import Work
from shared.contracts.base import Frozen
from shared.contracts.operators import Slot
from shared.policy.gate.check import gate
from shared.policy.gate.findings import GateContext, GateFinding
from shared.policy.model import Pack
from shared.policy.templates import fill

_WRITTEN: Final = frozenset({"drafted", "returned"})
_ON_ITS_WAY: Final = frozenset({"submitted", "approved", "waiting"})
CHANGED: Final = "policy_changed"
_CHANNEL: Final = "weibo"
_SAMPLES: Final = {
    "author_name": "顾客",
    "organisation": "本单位",
    "account_name": "本单位",
    "service_line": "请私信本账号",
    "help_line": "求助热线",
    "matter": "您反映的事情",
    "opening": "您好，",
    "closing": "",
    "checked_by": "负责同事",
    "next_answer": "今天 18:00",
}
"""What stands in for the blanks of a template that no case has filled yet."""


class StaleText(Frozen):
    """An unsent text that the gate would not let pass under a pack, and what it would say."""

    case_id: str
    number: int
    slot: Slot
    status: str
    author_id: str
    text: str
    findings: tuple[GateFinding, ...]


def stale_texts(
    cases: Iterable[Case], pack: Pack, about: Around = NOTHING_AROUND
) -> Iterator[StaleText]:
    """Yield the unsent texts of these cases that would fail under `pack`."""
    for case in cases:
        for reply, findings in _failing(case, pack, about):
            yield StaleText(
                case_id=case.case_id,
                number=case.number,
                slot=reply.slot,
                status=reply.status,
                author_id=reply.author_id,
                text=reply.text,
                findings=findings,
            )


class StaleWording(Frozen):
    """An approved wording that the gate would not let pass: of the pack itself or kept beside it."""

    kind: Literal["template", "entry", "receipt", "plan"]
    name: str
    text: str
    findings: tuple[GateFinding, ...]


def stale_templates(pack: Pack) -> Iterator[StaleWording]:
    """Yield the wordings that would fail as they are offered, on each channel they are meant for."""
    values = _SAMPLES | {
        "organisation": pack.organisation or _SAMPLES["organisation"],
        "service_line": pack.service_line or _SAMPLES["service_line"],
        "help_line": pack.help_line or _SAMPLES["help_line"],
    }
    for each in pack.templates:
        text = fill(each.text, values)
        for channel in each.channels or tuple(pack.channels) or (_CHANNEL,):
            context = GateContext(situation=each.situation, channel=channel)
            if findings := _objections(text, context, pack):
                yield StaleWording(kind="template", name=each.id, text=text, findings=findings)
                break


def stale_entries(books: Iterable[Book], pack: Pack) -> Iterator[StaleWording]:
    """Yield the answers of the knowledge base that would fail as they stand."""
    for each in books:
        context = GateContext(channel=each.channels[0] if each.channels else _CHANNEL)
        if findings := _objections(each.answer, context, pack):
            yield StaleWording(
                kind="entry", name=each.entry_id, text=each.answer, findings=findings
            )


def stale_receipts(receipts: Iterable[AutoReceipt], pack: Pack) -> Iterator[StaleWording]:
    """Yield the automatic receipts, on or proposed, that would fail."""
    for each in receipts:
        for wording in filter(None, (each.active, each.proposed)):
            if findings := _objections(wording.text, GateContext(), pack):
                yield StaleWording(
                    kind="receipt", name=each.account_id, text=wording.text, findings=findings
                )


def stale_plans(
    plans: Iterable[Plan], platforms: Mapping[str, str], pack: Pack, guidance: Guidance
) -> Iterator[StaleWording]:
    """Yield the texts planned for these accounts (id -> platform) that would fail."""
    for plan, findings in failing(plans, platforms, pack, guidance):
        yield StaleWording(kind="plan", name=plan.account_id, text=plan.text, findings=findings)


def _objections(text: str, context: GateContext, pack: Pack) -> tuple[GateFinding, ...]:
    """Return what the gate finds, if that keeps the text here."""
    result = gate(text, context, pack)
    return () if result.passed else result.findings


def return_stale(work: Work, name: str, new: Pack) -> None:
    """Give every text that fails now back to its owner.

    In the order of the cases' age: a state that was loaded holds them in any order.
    """
    cases = [each for each in work.under("case") if isinstance(each, Case)]
    for case in sorted(cases, key=lambda each: (each.opened_at, each.case_id)):
        account = work.account(case.account_id)
        if account is None or account.registered.pack != name or case.status == "resolved":
            continue
        fresh = case
        for reply, findings in _failing(case, new, around(work, case, work.at)):
            fresh = _returned(work, fresh, reply.model_copy(update={"findings": findings}))
        if fresh is not case:
            work.put(fresh)


def _failing(
    case: Case, pack: Pack, about: Around
) -> Iterator[tuple[Reply, tuple[GateFinding, ...]]]:
    for reply in case.replies:
        if reply.status in _WRITTEN | _ON_ITS_WAY:
            result = check_text(case, pack, reply.text, about, reply.slot)
            if not result.passed:
                yield reply, result.findings


def _returned(work: Work, case: Case, reply: Reply) -> Case:
    if reply.status in _ON_ITS_WAY:
        return come_back(work, case, reply, CHANGED)
    others = tuple(each for each in case.replies if each.slot != reply.slot)
    return case.model_copy(update={"replies": (*others, reply)})
