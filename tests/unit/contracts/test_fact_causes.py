"""Equal causes are one fact; bytes become facts of today's version or are refused."""

import json
from datetime import UTC, datetime

import pytest

from shared.contracts.base import FactBase, stamp
from shared.contracts.facts import Fact, UndecodableError, decode, encode
from shared.contracts.items import ItemDeleted
from shared.contracts.operators import CaseNoted
from shared.contracts.org import Duty, ModelActivated, PolicyActivated, RosterSet
from shared.contracts.posts import PostDeleted
from shared.contracts.system import (
    DecisionsRecorded,
    EffectStarted,
    FactQuarantined,
    LogRestored,
    SourceReported,
)
from shared.contracts.upcast import Payload, upcast
from tests.fakes.builders import (
    a_leader,
    a_person,
    a_roster,
    a_start,
    a_tick,
    a_verdict,
    an_account,
    an_activation,
    an_end,
    an_own_post,
)

AT = datetime(2026, 5, 1, tzinfo=UTC)
POST = {"platform": "weibo", "account_id": "a", "post_id": "p1"}


def facts() -> tuple[Fact, ...]:
    """Return one fact of many kinds; two of a kind where only one part tells them apart."""
    return (
        PostDeleted.model_validate(POST),
        an_own_post(),
        an_account(),
        a_person(),
        a_roster("li"),
        RosterSet(revision="r9", duties=(Duty(person_id="li", start=AT, end=AT, contacts=()),)),
        an_activation("h1"),
        PolicyActivated(pack="company", pack_hash="h2", activated_by="li"),
        ModelActivated(model="m1", activated_by="li"),
        a_verdict("c1", model="m1"),
        a_verdict("c1", model="m2"),
        a_leader(),
        *(a_tick(n) for n in (1, 2)),
        *(a_start("e1", attempt=n) for n in (1, 2)),
        *(an_end("e1", attempt=n) for n in (1, 2)),
        *(
            SourceReported(platform="weibo", account_id="a", source=each, state="ok", since=AT)
            for each in ("comments", "mentions")
        ),
        *(LogRestored(made_at=AT, upto_seq=n, upto_time=AT) for n in (1, 2)),
        *(FactQuarantined(seq=n, where="decode", error="x") for n in (1, 2)),
        *(DecisionsRecorded(after_seq=0, upto_seq=n, lines=(), chain=str(n)) for n in (1, 2)),
        CaseNoted(op_id="o1", person_id="li", case_id="k", text="已电话联系"),
    )


def test_facts_that_differ_have_causes_that_differ() -> None:
    every = facts()
    assert len({(each.kind, *each.cause()) for each in every}) == len(every)
    assert {each.scope()[0] for each in every} == {"", "weibo"}


def test_every_fact_comes_back_from_its_bytes() -> None:
    assert [decode(encode(each)) for each in facts()] == list(facts())


def test_a_fact_without_a_cause_is_no_fact() -> None:
    with pytest.raises(NotImplementedError):
        FactBase().cause()
    assert FactBase().scope() == ("", "")


def test_a_time_has_one_spelling() -> None:
    assert stamp(datetime.fromisoformat("2026-05-01T08:00:00+08:00")) == stamp(AT)


def test_bytes_that_are_no_fact_are_refused() -> None:
    deletion = json.loads(encode(a_start("e1")))
    for data in (
        b"\xff",
        b"[]",
        b'{"kind":"item.deleted"}',
        json.dumps({**deletion, "version": 99}),
        json.dumps({**deletion, "kind": "no.such"}),
    ):
        with pytest.raises(UndecodableError):
            decode(data)


def test_an_old_payload_is_raised_one_version_a_step() -> None:
    def second(payload: Payload) -> Payload:
        return {**payload, "version": 2, "words": payload["text"].split()}

    def third(payload: Payload) -> Payload:
        return {**payload, "version": 3, "count": len(payload["words"])}

    raised = upcast(
        {"kind": "x", "version": 1, "text": "a b"}, {("x", 1): second, ("x", 2): third}
    )
    assert (raised["version"], raised["count"]) == (3, 2)


def test_unknown_keys_of_a_newer_writer_are_ignored() -> None:
    body = {"kind": "item.deleted", "version": 1, "platform": "weibo", "account_id": "a",
            "item_id": "i", "item_version": "v", "native_id": "n", "new_part": 1}  # fmt: skip
    fact = decode(json.dumps(body))
    assert isinstance(fact, ItemDeleted)
    assert isinstance(decode(encode(a_start("e1"))), EffectStarted)
