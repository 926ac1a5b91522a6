"""What we said in a run of facts, looked at by the gate of the rules that are tried."""

from collections.abc import Iterator, Sequence

from services.respond.core.aggregates import Case
from services.respond.core.around import around
from services.respond.core.checking import check_text
from services.respond.core.state import State
from shared.contracts.base import Frozen
from shared.contracts.facts import Told
from shared.contracts.operators import ReplyDrafted
from shared.contracts.posts import PostSeen
from shared.policy.gate.check import gate
from shared.policy.gate.findings import GateContext, GateResult
from shared.policy.model import Pack


class OutgoingText(Frozen):
    """A text of ours, where it comes from, and what the gate says of it."""

    source: str
    text: str
    level: str
    reasons: tuple[str, ...] = ()


def outgoing(state: State, batch: Sequence[Told], pack: Pack) -> Iterator[OutgoingText]:
    """Yield the texts of this batch: replies as they stand in their case, posts by themselves."""
    for each in batch:
        match each.fact:
            case ReplyDrafted(case_id=case_id, text=text, op_id=op_id, slot=slot):
                case = state.get(f"case:{case_id}", Case)
                if case is None:
                    result = gate(text, GateContext(), pack)
                else:
                    about = around(state, case, each.time)
                    result = check_text(case, pack, text, about, slot)
                yield _said(f"reply {op_id}", text, result)
            case PostSeen(text=text, post_id=post_id, platform=platform):
                context = GateContext(channel=platform, action="post")
                yield _said(f"post {post_id}", text, gate(text, context, pack))
            case _:
                pass


def _said(source: str, text: str, result: GateResult) -> OutgoingText:
    reasons = tuple(dict.fromkeys(each.reason for each in result.findings))
    return OutgoingText(source=source, text=text, level=result.level, reasons=reasons)
