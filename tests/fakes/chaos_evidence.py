"""The evidence of a small honest run: one complaint answered, one left alone, one message, one kill."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from services.cli.chaos.evidence import Evidence, Row
from shared.contracts.facts import Fact, Stored
from shared.contracts.items import (
    Author,
    ItemClassified,
    ItemKind,
    ItemReceived,
    Thread,
)
from shared.contracts.system import EffectFinished, EffectStarted
from shared.contracts.verdicts import Label, Verdict
from tests.fakes.builders import classified

START = datetime(2026, 11, 2, 3, 0, tzinfo=UTC)
ANSWER = "您好，您反映的第1号事情我们已经记录，第1次安排工程部现场核实。"


def at(seconds: float) -> str:
    return (START + timedelta(seconds=seconds)).isoformat()


def an_item(number: int, kind: ItemKind = ItemKind.COMMENT, text: str = "") -> ItemReceived:
    return ItemReceived(
        platform="weibo",
        account_id="mall",
        item_id=f"item{number}",
        item_version="v1",
        item_kind=kind,
        native_id=str(number),
        author=Author(author_id=f"9{number}"),
        thread=Thread(),
        text=text or f"第{number}次来反映",
        published_at=START,
        source="poll",
    )


def a_verdict(item: ItemReceived) -> ItemClassified:
    verdict = Verdict.of({Label.COMPLAINT: 0.9}, decided=(Label.COMPLAINT,), model="m")
    return classified(item.item_id, item.item_version, verdict)


def decision(kind: str, seconds: float, **fields: object) -> Row:
    return {"kind": kind, "at": at(seconds), **fields}


def operation(number: int, wish: str, target: str, **fields: object) -> Row:
    return {
        "op_id": f"op{number}", "person": "admin", "wish": wish, "target": target, "text": "",
        "items": [], "outcome": "accepted", "code": "ok", **fields,
    }  # fmt: skip


def a_write(text: str = ANSWER, **fields: object) -> Row:
    return {
        "endpoint": "2/comments/reply", "params": {"cid": "1", "id": "5", "comment": text},
        "effect": "comment 77", "fault": "", "time": at(4), **fields,
    }  # fmt: skip


def a_page(key: str = "e2", **fields: object) -> Row:
    return {"page_id": "p1", "key": key, "genuine": True, "late": False, "at": at(13), **fields}


def a_kill(**fields: object) -> Row:
    return {
        "how": "kill", "step": "respond: folded, not committed", "reached": True,
        "victim": "respond", "struck_at": at(5), "over_at": at(5.1), **fields,
    }  # fmt: skip


def honest() -> Evidence:
    """Return evidence in which nothing was broken. Clocks: 10 s to acknowledge, 20 s to answer."""
    answered, alone = an_item(1), an_item(2)
    message = an_item(3, ItemKind.MESSAGE, "私信")
    facts: list[tuple[float, Fact]] = [
        (1, answered), (1, a_verdict(answered)),
        (2, alone), (2, a_verdict(alone)),
        (2, message), (2, a_verdict(message)),
        (4, EffectStarted(effect_id="e1", attempt=1, term=1, body=ANSWER, target="1",
                          pack_hash="h", core_version="1")),
        (5, EffectFinished(effect_id="e1", attempt=1, term=1, status="done")),
    ]  # fmt: skip
    return Evidence(
        run={
            "seed": 7, "stream": "", "log_ended": at(60), "took": {"seconds": 60.0, "seconds_per_kill": 2.0},
            "times": {"acknowledge": 10.0, "first_reply": 20.0},
        },
        stored=[
            Stored(seq=seq, time=START + timedelta(seconds=seconds), fact=fact)
            for seq, (seconds, fact) in enumerate(facts, start=1)
        ],
        decisions=_decisions(),
        items=[
            {"id": 1, "kind": "comment", "author": 91, "text": answered.text},
            {"id": 2, "kind": "comment", "author": 92, "text": alone.text},
            {"id": 33, "kind": "message", "author": 93, "text": "私信"},
        ],
        operations=[
            operation(0, "claim", "c1"),
            operation(1, "approve", "c1", text=ANSWER),
        ],
        calls=[a_write()],
        pages=[a_page()],
        faults=[a_kill()],
        signs=[{"at": at(5.2), "who": "respond", "what": "said service.started", "detail": ""}],
        stream=[{"text": alone.text, "role": "leave"}],
    )  # fmt: skip


def _decisions() -> Sequence[Row]:
    def opened(case: str, item: str, seconds: float) -> Row:
        return decision(
            "case.opened", seconds, case_id=case, item_id=item,
            acknowledge_due=at(seconds + 10), first_reply_due=at(seconds + 20),
        )  # fmt: skip

    return [
        decision("item.judged", 1, item_id="item1", case_id="c1"), opened("c1", "item1", 1),
        decision("item.judged", 2, item_id="item2", case_id="c2"), opened("c2", "item2", 2),
        decision("item.judged", 2, item_id="item3", case_id=""),
        decision("clock.met", 3, case_id="c1", clock="acknowledge"),
        decision("operation.decided", 3, op_id="op1", operation="operator.approved",
                 accepted=True, case_id="c1"),
        decision("effect.decided", 4, effect_id="e1", effect_kind="send_reply", body=ANSWER,
                 case_id="c1"),
        decision("effect.moved", 4, effect_id="e1", status="started", case_id="c1"),
        decision("effect.moved", 5, effect_id="e1", status="done", case_id="c1"),
        decision("clock.met", 5, case_id="c1", clock="first_reply"),
        decision("clock.breached", 12, case_id="c2", clock="acknowledge"),
        decision("page.raised", 12, case_id="c2", page_id="p1", channel="webhook"),
        decision("effect.decided", 12, effect_id="e2", effect_kind="page", body="", case_id="c2"),
        decision("effect.moved", 13, effect_id="e2", status="done", case_id="c2"),
        decision("case.resolved", 15, case_id="c2"),
    ]  # fmt: skip


def without_decisions(evidence: Evidence, **fields: object) -> Evidence:
    """Return the evidence without the decisions that have all these fields."""
    kept = [each for each in evidence.decisions if not _has(each, fields)]
    assert len(kept) < len(evidence.decisions)
    return replace(evidence, decisions=kept)


def without_facts(evidence: Evidence, kind: str, place: int = 0) -> Evidence:
    """Return the evidence without the fact of this kind at this place among its like."""
    found = [each for each in evidence.stored if each.fact.kind == kind]
    gone = found[place]
    return replace(evidence, stored=[each for each in evidence.stored if each is not gone])


def _has(row: Mapping[str, Any], fields: Mapping[str, object]) -> bool:
    return all(row.get(name) == value for name, value in fields.items())
