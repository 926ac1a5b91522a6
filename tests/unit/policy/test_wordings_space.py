"""Every suggestion that can be made passes the gate: all wordings times all parts times all matters."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.respond.core.checking import situation_of
from services.respond.core.wordings import (
    MATTER_WEIGHS,
    STAND_IN_TIME,
    About,
    offers,
    sound_matter,
)
from shared.contracts.verdicts import Label
from shared.policy.gate.check import gate
from shared.policy.gate.findings import GateContext, GateResult
from shared.policy.gate.tone import hostility
from shared.policy.model import Pack
from shared.policy.suggesting import ReplyTemplate
from shared.policy.templates import fill
from shared.runtime.packs import read_packs
from shared.runtime.settings import default_policies_dir
from shared.text.length import units

pytestmark = [pytest.mark.space, pytest.mark.timeout(180)]
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
    """All ways in one pack; in those that inherit its parts, each opening and closing once."""
    pack = PACKS[name]
    for template in pack.templates:
        context = GateContext(situation=situation_of(template.labels), channel="weibo")
        for time in ("", STAND_IN_TIME):
            ways = list(parts(pack, template, "十二号线空调噪音", time))
            for values in ways if name == "company" else ways[:: max(1, len(ways) // 5)]:
                text = fill(template.text, values)
                assert sound(gate(text, context, pack), time), (template.id, text)
                assert units(text) <= 140, template.id


@pytest.mark.parametrize("name", sorted(PACKS))
def test_every_word_for_a_matter_may_be_said(name: str) -> None:
    pack = PACKS[name]
    assert [each for each in matters(pack) if sound_matter(each, pack) == ""] == []


COMPANY = PACKS["company"]
MATTERS = sorted(matters(COMPANY))


TROUBLES = sorted({*COMPANY.suggesting.troubles, *COMPANY.suggesting.wishes})


@given(
    labels=st.lists(st.sampled_from(Label), max_size=3, unique=True),
    words=st.tuples(st.sampled_from(MATTERS), st.sampled_from(TROUBLES)),
    time=st.sampled_from(["", "1月2日09:05", STAND_IN_TIME]),
    case=st.tuples(st.integers(0, 100), st.booleans(), st.text(max_size=4)),
)
def test_whatever_is_offered_passes_the_whole_gate(
    labels: list[Label], words: tuple[str, str], time: str, case: tuple[int, bool, str]
) -> None:
    severity, private, seed = case
    about = About(
        labels=tuple(labels),
        matter=sound_matter(f"三号楼{''.join(words)}", COMPANY),
        channel="weibo",
        severity=severity,
        private=private,
        next_answer=time,
        seed=seed,
        account_name="商场",
    )
    context = GateContext(situation=situation_of(about.labels), channel="weibo")
    for offer in offers(about, COMPANY, 5):
        assert sound(gate(offer.text, context, COMPANY), time), offer.text


def test_no_matter_weighs_more_than_is_left_for_it() -> None:
    frame = "您好，您反映的{}问题已经登记，正在请相关部门核实。谢谢您。"
    empty = hostility(frame.format("这件事情"))
    pairs = (f"{thing}{trouble}" for thing in MATTERS[::7] for trouble in TROUBLES)
    most = max(hostility(frame.format(each)) - empty for each in pairs)
    assert most <= MATTER_WEIGHS


def test_a_matter_that_may_not_be_said_is_not_said() -> None:
    said = COMPANY.suggesting.model_copy(update={"things": {"a": "大概"}})
    assert sound_matter("大概是这样", COMPANY.model_copy(update={"suggesting": said})) == ""
