"""What people say may be said, as facts: positions, bans, entries of the knowledge base."""

from datetime import timedelta

from services.respond.core.aggregates import Entry, Guidance
from services.respond.core.state import State
from shared.contracts.facts import Fact
from shared.contracts.guidance import (
    BanSet,
    EntryApproved,
    EntryExpired,
    EntryWritten,
    PositionApproved,
    PositionEnded,
    PositionRequested,
    PositionWritten,
)
from tests.fakes.builders import START

POSITION = "蛋糕"


def a_position(op: str = "op-position", *, person: str = "li", **more: object) -> PositionWritten:
    """Return a position on cakes that holds for a day."""
    known: dict[str, object] = {
        "op_id": op,
        "person_id": person,
        "position_id": POSITION,
        "matter": "蛋糕",
        "text": "您好，涉事蛋糕已全部下架，检测结果出来后公布。",
        "must_say": ("下架",),
        "must_not_say": ("个别门店",),
        "valid_until": START + timedelta(days=1),
    }
    return PositionWritten.model_validate(known | more)


def agreed(position: PositionWritten, content: str, *, person: str = "wang") -> PositionApproved:
    return PositionApproved(
        op_id=f"{position.op_id}-ok",
        person_id=person,
        position_id=position.position_id,
        content=content,
    )


def a_ban(text: str, op: str = "op-ban", hours: float = 5) -> Fact:
    until = START + timedelta(hours=hours)
    return BanSet(op_id=op, person_id="li", text=text, until=until)


def an_entry(op: str = "op-entry", *, person: str = "li", **more: object) -> EntryWritten:
    """Return an entry on what parking costs."""
    known: dict[str, object] = {
        "op_id": op,
        "person_id": person,
        "entry_id": "parking",
        "matter": "停车费",
        "question": "停车费怎么收，多少钱一小时",
        "answer": "停车前两小时免费，之后每小时五元。",
        "source": "停车管理办法第三条",
    }
    return EntryWritten.model_validate(known | more)


def an_accepted(entry: EntryWritten, content: str, *, person: str = "wang") -> EntryApproved:
    return EntryApproved(
        op_id=f"{entry.op_id}-ok", person_id=person, entry_id=entry.entry_id, content=content
    )


def guided_facts(state: State, case_id: str, person: str, op: str) -> tuple[Fact, ...]:
    """Return what a person may say of what may be said, as things stand."""
    said = state.get(Guidance.KEY, Guidance) or Guidance()
    proposed = [each for each in said.positions if each.status == "proposed"]
    entry = state.get("entry:parking", Entry)
    waiting = entry.proposed.content if entry and entry.proposed else "none"
    content = proposed[-1].content if proposed else "none"
    hours = timedelta(hours=2)
    return (
        a_position(op, person=person, must_say=(), valid_until=START + hours),
        PositionApproved(op_id=op, person_id=person, position_id=POSITION, content=content),
        PositionEnded(op_id=op, person_id=person, position_id=POSITION, reason="过时"),
        PositionRequested(op_id=op, person_id=person, case_id=case_id, matter="蛋糕"),
        BanSet(op_id=op, person_id=person, text="核实", until=START + hours),
        an_entry(op, person=person, matter="蛋糕", question="蛋糕发霉怎么办"),
        EntryApproved(op_id=op, person_id=person, entry_id="parking", content=waiting),
        EntryExpired(op_id=op, person_id=person, entry_id="parking", reason="过时"),
    )
