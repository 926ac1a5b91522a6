"""What a fresh leader makes of the ledger's end in the log, beside what its store holds."""

import pytest

from services.respond.core.decisions import chain
from services.respond.shell.recorder import Entries, unrecorded
from services.respond.shell.standing import Standing
from shared.contracts.facts import encode
from shared.contracts.system import DecisionsRecorded
from shared.store.port import Cursor


def entry(previous: str, upto: int, *lines: str) -> DecisionsRecorded:
    return DecisionsRecorded(
        after_seq=upto - 1, upto_seq=upto, lines=lines, chain=chain(previous, lines)
    )


FIRST = entry("", 5, "a", "b")
SECOND = entry(FIRST.chain, 7, "c")
OTHER = entry("another past", 5, "x")


def standing(
    at: DecisionsRecorded, recorded: DecisionsRecorded, *outbox: DecisionsRecorded
) -> Standing:
    made = Standing(1, Cursor("i", at.upto_seq, "", 1), chain=at.chain, recorded=recorded)
    made.outbox = [encode(each) for each in outbox]
    unrecorded(made)
    return made


@pytest.mark.parametrize(
    ("found", "diverged"),
    [
        pytest.param(standing(FIRST, FIRST), False, id="all is recorded"),
        pytest.param(standing(SECOND, FIRST, SECOND), False, id="died between commit and record"),
        pytest.param(standing(SECOND, SECOND, SECOND), False, id="died before it was told so"),
        pytest.param(standing(SECOND, OTHER, SECOND), True, id="another past is recorded"),
        pytest.param(standing(SECOND, OTHER), True, id="another past, nothing waits"),
    ],
)
def test_only_another_past_is_a_divergence(found: Standing, *, diverged: bool) -> None:
    assert Entries(found).diverged is diverged
