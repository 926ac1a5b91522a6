"""What held when is told again from the record: who, from when until when, and what rested on it."""

from pathlib import Path
from typing import Any

from services.archive.core.held import Held, told_again
from services.archive.shell.held import held
from shared.bus.memory_bus import MemoryBus
from shared.bus.port import outgoing
from shared.contracts.guidance import BanSet, PositionApproved, PositionEnded, PositionWritten
from shared.contracts.system import DecisionsRecorded, EffectFinished
from tests.fakes.clock import FakeClock
from tests.unit.archive.test_archivist import archiving

Line = dict[str, Any]


def asked(op: str, person: str, **body: str) -> dict[str, Line]:
    return {op: {"op_id": op, "person_id": person, **body}}


def decided(op: str) -> Line:
    return {"kind": "operation.decided", "op_id": op, "accepted": True}


def moved(
    status: str, at: str, content: str = "", what: str = "position", name: str = "cake"
) -> Line:
    body = {"kind": "guidance.moved", "what": what, "name": name, "status": status}
    return {**body, "content": content, "at": at}


ASKED = {
    **asked("w1", "wang", position_id="cake", matter="蛋糕", text="已下架", valid_until="t9"),
    **asked("a1", "li", position_id="cake", content="c1"),
    **asked("w2", "wang", position_id="cake", matter="蛋糕", text="已公布", valid_until="t9"),
    **asked("a2", "li", position_id="cake", content="c2"),
    **asked("e2", "li", position_id="cake", reason="事毕"),
    **asked("b1", "li", text="召回", until="t8"),
    **asked("l1", "zhou", ban_id="ban1", reason="已公布"),
}
FIRST = (
    decided("w1"),
    moved("proposed", "t1", "c1"),
    decided("a1"),
    moved("in_force", "t2", "c1"),
)


def tell(*lines: Line, ends: dict[str, str] | None = None) -> list[Held]:
    return list(told_again(ASKED, lines, ends or {}))


def test_a_position_has_its_writer_its_approver_and_its_time() -> None:
    (one,) = tell(*FIRST)
    assert (one.matter, one.text, one.written_by, one.written_at) == (
        "蛋糕",
        "已下架",
        "wang",
        "t1",
    )
    assert (one.approved_by, one.approved_at, one.held_from) == ("li", "t2", "t2")
    assert (one.held_until, one.valid_until) == ("", "t9")


def test_replies_that_left_while_it_held_stand_with_it() -> None:
    left = {
        "kind": "effect.decided", "effect_id": "e1", "case_id": "k1", "at": "t3", "body": "下架了",
        "positions": ["c1"],
    }  # fmt: skip
    other = {**left, "effect_id": "e9", "positions": ["c9"]}
    (one,) = tell(*FIRST, left, other, {**left, "effect_id": "e2"}, ends={"e1": "done"})
    assert [(each.case_id, each.status) for each in one.replies] == [
        ("k1", "done"),
        ("k1", "started"),
    ]


def test_a_fresh_wording_ends_the_older_and_a_person_ends_the_fresh_one() -> None:
    second = (decided("w2"), moved("proposed", "t4", "c2"), decided("a2"))
    ended = (decided("e2"), moved("ended", "t6"))
    older, fresh = tell(*FIRST, *second, moved("in_force", "t5", "c2"), *ended)
    assert (older.held_until, older.ended_reason, older.ended_by) == ("t5", "replaced", "li")
    assert (fresh.held_from, fresh.held_until) == ("t5", "t6")
    assert (fresh.ended_by, fresh.ended_reason) == ("li", "事毕")


def test_one_that_begins_later_is_approved_before_it_holds_and_runs_out_by_itself() -> None:
    (one,) = tell(
        decided("w1"),
        moved("proposed", "t1", "c1"),
        decided("a1"),
        moved("approved", "t2", "c1"),
        moved("in_force", "t3"),
        moved("ended", "t9"),
    )
    assert (one.approved_at, one.held_from, one.held_until) == ("t2", "t3", "t9")
    assert (one.ended_by, one.ended_reason) == ("", "expired")


def test_a_ban_is_told_with_who_lifted_it() -> None:
    (ban,) = tell(
        decided("b1"),
        moved("set", "t1", what="ban", name="ban1"),
        decided("l1"),
        moved("lifted", "t2", what="ban", name="ban1"),
        moved("asked", "t3", what="request", name="k1"),
    )
    assert (ban.text, ban.held_from, ban.held_until) == ("召回", "t1", "t2")
    assert (ban.ended_by, ban.ended_reason) == ("zhou", "已公布")


LINES = (
    '{"accepted":true,"at":"2026-03-02T09:00:00Z","kind":"operation.decided","op_id":"w1","operation":"operator.position_written"}',
    '{"at":"2026-03-02T09:00:00Z","content":"c1","kind":"guidance.moved","name":"cake","status":"proposed","what":"position"}',
    '{"accepted":true,"at":"2026-03-02T09:01:00Z","kind":"operation.decided","op_id":"a1","operation":"operator.position_approved"}',
    '{"at":"2026-03-02T09:01:00Z","content":"c1","kind":"guidance.moved","name":"cake","status":"in_force","what":"position"}',
    '{"at":"2026-03-02T09:02:00Z","body":"您好，已下架","case_id":"k1","effect_id":"e1","kind":"effect.decided","positions":["c1"]}',
    '{"accepted":false,"at":"2026-03-02T09:03:00Z","kind":"operation.decided","op_id":"x1","operation":"operator.position_ended"}',
    '{"accepted":true,"at":"2026-03-02T09:04:00Z","kind":"operation.decided","op_id":"b1","operation":"operator.ban_set"}',
    '{"at":"2026-03-02T09:04:00Z","content":"","kind":"guidance.moved","name":"ban1","status":"set","what":"ban"}',
)


async def test_the_archive_is_asked_by_words(tmp_path: Path) -> None:
    clock = FakeClock()
    bus = MemoryBus(clock)
    until = clock.now()
    facts = (
        PositionWritten(
            op_id="w1", person_id="wang", position_id="cake", matter="蛋糕", text="已下架",
            valid_until=until,
        ),
        PositionApproved(op_id="a1", person_id="li", position_id="cake", content="c1"),
        PositionEnded(op_id="x1", person_id="guan", position_id="cake", reason="误"),
        BanSet(op_id="b1", person_id="li", text="召回", until=until),
        EffectFinished(effect_id="e1", attempt=1, term=1, status="done"),
        DecisionsRecorded(after_seq=0, upto_seq=5, lines=LINES, chain="x"),
    )  # fmt: skip
    await bus.publish([outgoing(each) for each in facts])
    file = tmp_path / "archive.sqlite3"
    async with archiving(bus, clock, file):
        pass
    (one,) = held(file, "position", "下架")
    assert (one.written_by, one.approved_by, one.held_until) == ("wang", "li", "")
    assert [(each.case_id, each.status) for each in one.replies] == [("k1", "done")]
    assert held(file, "position", "门店") == []
    assert [each.text for each in held(file, "ban")] == ["召回"]
