"""Whole sets of texts of our own: disasters are all blocked, natural replies pass, promises read."""

from collections.abc import Iterator
from datetime import datetime
from itertools import combinations
from pathlib import Path
from typing import NamedTuple, get_args

import pytest

from shared.policy.gate.check import gate
from shared.policy.gate.fatigue import pieces
from shared.policy.gate.findings import GateContext, GateResult
from shared.policy.gate.levels import Situation
from shared.policy.gate.promises import promises
from shared.runtime.packs import read_pack, read_packs
from shared.runtime.settings import default_policies_dir

pytestmark = [pytest.mark.space, pytest.mark.timeout(180)]
SETS = Path(__file__).parents[2] / "data" / "gate"
PACK = read_pack(default_policies_dir(), "company")


class Row(NamedTuple):
    """A text and where it is to appear."""

    text: str
    situation: str
    channel: str

    def checked(self) -> GateResult:
        """Return what the gate says; whoever is at risk is told the line of the pack beside it."""
        context = GateContext.model_validate(
            {"situation": self.situation, "channel": self.channel}
        )
        line = f" {PACK.help_line}" if self.situation == "self_harm" else ""
        return gate(self.text + line, context, PACK)


def rows(pattern: str) -> Iterator[Row]:
    for file in sorted(SETS.glob(pattern)):
        situation = channel = ""
        for line in file.read_text(encoding="utf-8").splitlines():
            if line.startswith("@"):
                *_, situation, channel = line[1:].split()
            else:
                yield Row(line, situation, channel)


def test_every_disaster_and_paraphrase_is_blocked() -> None:
    disasters = list(rows("disasters*.txt"))
    assert len(disasters) >= 60
    assert [row.text for row in disasters if row.checked().level != "block"] == []


def test_of_irony_nobody_learnt_from_a_third_is_held_and_half_is_asked_about() -> None:
    """No row of this set was seen while wordings were written or weights learnt: what is missed is real."""
    ironic = [row.checked() for row in rows("irony_unseen.txt")]
    held = sum(not each.passed for each in ironic)
    asked = sum(bool(each.findings) for each in ironic)
    assert (held >= len(ironic) / 3, asked >= len(ironic) / 2) == (True, True), (held, asked)


def test_at_most_two_in_a_hundred_natural_replies_are_held() -> None:
    for clean in ([*rows("clean_*.txt"), *rows("fresh_*.txt")], *_by_length()):
        held = [row.text for row in clean if not row.checked().passed]
        assert len(held) <= len(clean) * 0.02, held


def _by_length() -> Iterator[list[Row]]:
    """Yield the replies short, middling and long: none of them pays for the others."""
    every = [*rows("clean_*.txt"), *rows("fresh_*.txt")]
    for shortest, longest in ((0, 8), (8, 16), (16, 40), (40, 1000)):
        yield [row for row in every if shortest <= len(row.text) < longest]


def test_the_natural_replies_are_many_and_no_two_are_made_alike() -> None:
    clean = [*rows("clean_*.txt"), *rows("fresh_*.txt")]
    assert len(clean) >= 1000
    assert {row.situation for row in clean} == set(get_args(Situation))
    cut = [(row.text, _fives(row.text)) for row in clean]
    alike = [
        (one, other)
        for (one, first), (other, second) in combinations(cut, 2)
        if len(first & second) > 0.6 * min(len(first), len(second))
    ]
    assert alike == []


def _fives(text: str) -> frozenset[str]:
    return frozenset(text[at : at + 5] for at in range(len(text) - 4)) or pieces(text)


def _promised() -> Iterator[tuple[str, str]]:
    for file in sorted(SETS.glob("promises*.txt")):
        for line in file.read_text(encoding="utf-8").splitlines():
            if not line.startswith("#"):
                said, text = line.split(" | ", 1)
                yield said, text


def _is_read(said: str, text: str) -> bool:
    found = promises(text, datetime.fromisoformat("2026-03-11T10:00:00+08:00"), PACK.gate.calendar)
    if said == "-":
        return not found
    amount, unit, deadline = said.split()
    return any(
        each.unit == unit
        and (unit == "date" or each.amount == float(amount))
        and each.deadline == datetime.fromisoformat(deadline + "+08:00")
        for each in found
    )


def test_of_three_hundred_promises_at_least_95_percent_are_read_with_their_deadline() -> None:
    written = list(_promised())
    wrong = [each for each in written if not _is_read(*each)]
    assert len(written) >= 300
    assert len(wrong) <= len(written) * 0.05, wrong


@pytest.mark.parametrize("file", sorted(SETS.glob("*.txt")), ids=lambda each: each.name)
def test_no_set_is_empty(file: Path) -> None:
    assert file.read_text(encoding="utf-8").strip()


@pytest.mark.parametrize(
    "text",
    [
        "您反映的垃圾问题我们已安排清运。",
        "您说的垃圾清理已有专人负责，核对完就答复您。",
        "垃圾投诉请拨打环卫所的电话。",
        "您说的东西已经找到，请到服务台领取。",
        "您画的猪真可爱，谢谢您的来稿。",
    ],
)
def test_what_an_office_deals_with_daily_is_no_insult(text: str) -> None:
    packs = read_packs(default_policies_dir())
    for name in ("company", "government", "finance-insurance"):
        result = gate(text, GateContext(situation="complaint", channel="weibo"), packs[name])
        assert result.level in {"pass", "warn"}, name
