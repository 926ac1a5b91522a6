"""Every suggestion that can be made passes the gate: all wordings times all parts times all matters."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.respond.core.checking import situation_of
from services.respond.core.wordings import STAND_IN_TIME, sound_matter
from shared.policy.gate.check import gate
from shared.policy.gate.findings import GateContext, GateResult
from shared.policy.model import Pack
from shared.policy.suggesting import ReplyTemplate
from shared.policy.templates import fill
from shared.runtime.packs import read_packs
from shared.runtime.settings import default_policies_dir
from shared.text.length import units

PACKS = read_packs(default_policies_dir())


def parts(pack: Pack, template: ReplyTemplate, matter: str, time: str) -> Iterator[dict[str, str]]:
    """Yield the values of every way in which a wording can be filled."""
    said = pack.suggesting
    for opening in said.openings.get(template.tone, ("",)):
        for closing in said.closings.get(template.tone, ("",)):
            yield {
                "opening": opening,
                "closing": closing,
                "matter": matter,
                "next_answer": time,
                "checked_by": said.checked_by,
                "organisation": pack.organisation,
                "account_name": pack.organisation,
                "service_line": pack.service_line,
                "help_line": pack.help_line,
                "author_name": "",
            }


def sound(result: GateResult, time: str) -> bool:
    """Nothing is found, but that a time is promised where one is: the editor asks to confirm it."""
    found = {each.category for each in result.findings}
    return result.passed and found <= ({"promise"} if time else set())


def matters(pack: Pack) -> list[str]:
    """Return every word of the pack, alone and with what stands beside it."""
    said = pack.suggesting
    things = [
        word
        for group in (said.things, said.places)
        for ws in group.values()
        for word in ws.split()
    ]
    return [*things, *said.troubles, *said.wishes]


@pytest.mark.parametrize("name", sorted(PACKS))
def test_every_wording_passes_however_it_is_opened_closed_and_timed(name: str) -> None:
    pack = PACKS[name]
    for template in pack.templates:
        context = GateContext(situation=situation_of(template.labels), channel="weibo")
        for time in ("", STAND_IN_TIME):
            for values in parts(pack, template, "十二号线空调噪音", time):
                text = fill(template.text, values)
                assert sound(gate(text, context, pack), time), (template.id, text)
                assert units(text) <= 140, template.id


@pytest.mark.parametrize("name", sorted(PACKS))
def test_every_word_for_a_matter_may_be_said(name: str) -> None:
    pack = PACKS[name]
    assert [each for each in matters(pack) if sound_matter(each, pack) == ""] == []


COMPANY = PACKS["company"]
MATTERS = sorted(matters(COMPANY))


@given(st.data())
def test_no_product_of_wording_parts_and_matter_is_stopped(data: st.DataObject) -> None:
    template = data.draw(st.sampled_from(COMPANY.templates))
    first, second = data.draw(st.sampled_from(MATTERS)), data.draw(st.sampled_from(MATTERS))
    matter = sound_matter(f"三号楼{first}{second}", COMPANY)
    time = data.draw(st.sampled_from(["", "1月2日09:05", STAND_IN_TIME]))
    values = data.draw(st.sampled_from(list(parts(COMPANY, template, matter, time))))
    context = GateContext(situation=situation_of(template.labels), channel="weibo")
    text = fill(template.text, values)
    assert sound(gate(text, context, COMPANY), time), text


def test_a_matter_that_may_not_be_said_is_not_said() -> None:
    said = COMPANY.suggesting.model_copy(update={"things": {"a": "大概"}})
    assert sound_matter("大概是这样", COMPANY.model_copy(update={"suggesting": said})) == ""
