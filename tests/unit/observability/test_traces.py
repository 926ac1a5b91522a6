"""A trace is derived from what causes it: one item, one trace, whoever asks and however often."""

import re

from shared.bus.port import outgoing
from shared.contracts.ids import token
from shared.contracts.items import ItemClassified
from shared.contracts.operators import OutgoingPaused
from shared.observability.traces import links, trace_id, trace_of, traceparent
from tests.fakes.builders import (
    a_claim,
    a_comment,
    a_deletion,
    a_tick,
    a_verdict,
    an_edit,
    the_item,
)

W3C = re.compile(r"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-01")
CASE = token("case", "k")


def test_an_items_facts_and_its_own_verdict_share_the_trace_that_holds_its_id() -> None:
    item = the_item()
    facts = (a_comment(), an_edit(), a_deletion(), a_verdict("c1"))
    assert {trace_of(each) for each in facts} == {f"000000{item}"}
    assert {outgoing(each).trace for each in facts} == {trace_id(item)}


def test_a_batch_of_verdicts_is_a_trace_of_its_own_linked_to_its_items() -> None:
    one, two = a_verdict("c1"), a_verdict("c2")
    verdicts = [*one.verdicts, *two.verdicts]
    batch = ItemClassified.of([(each.item_id, each.item_version) for each in verdicts], verdicts)
    assert trace_of(batch) == ""
    assert list(links(batch)) == [trace_id(the_item("c1")), trace_id(the_item("c2"))]


def test_what_people_do_with_a_case_has_the_trace_of_the_case() -> None:
    assert trace_of(a_claim(CASE)) == trace_id(CASE)
    assert trace_of(OutgoingPaused(op_id="o", person_id="li", paused=True, reason="x")) == ""


def test_the_header_is_the_w3cs_and_names_the_message_as_its_span() -> None:
    for fact in (a_comment(), a_claim(CASE), a_tick()):
        message = outgoing(fact)
        header = traceparent(message.trace, message.message_id)
        assert W3C.fullmatch(header)
        assert header == traceparent(message.trace, message.message_id)
        assert header.split("-")[2] == message.message_id[-16:]


def test_an_id_that_is_no_token_has_a_trace_too() -> None:
    for odd in ("item-1", "", "F" * 26, "f" * 27):
        assert re.fullmatch("0{6}[0-9a-f]{26}", trace_id(odd))
    assert trace_id("item-1") != trace_id("item-2")
