"""Invariant 18 at its full size: a hundred thousand items into one case, on real servers."""

from pathlib import Path

import pytest

from tests.lasting.flood import WARM_UP, flood
from tests.lasting.house import a_lasting_house

pytestmark = [pytest.mark.servers, pytest.mark.timeout(1_800)]
PARTS, PART = 20, 5_000
DEARER = 1.5


async def test_invariant_18_a_hundred_thousand_items_cost_at_the_end_what_they_cost_at_the_start(
    tmp_path: Path,
) -> None:
    async with a_lasting_house(tmp_path / "data") as lasting:
        found = await flood(lasting, PARTS, PART)
    print(found)  # noqa: T201  the note quotes it
    assert found.items == WARM_UP + PARTS * PART
    assert found.largest <= 1.1 * found.smallest
    assert found.last <= DEARER * found.first
