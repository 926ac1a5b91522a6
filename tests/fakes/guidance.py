"""What people say may be said, as facts: positions, bans, entries of the knowledge base."""

from datetime import timedelta

from shared.contracts.facts import Fact
from shared.contracts.guidance import (
    BanSet,
    EntryApproved,
    EntryWritten,
    PositionApproved,
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
