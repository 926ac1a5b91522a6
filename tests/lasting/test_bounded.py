"""Invariant 18 on real servers: a case of thousands of items is as small and as cheap as one of hundreds."""

from pathlib import Path

import pytest

from services.respond.core.case import KEEP
from tests.lasting.flood import WARM_UP, flood
from tests.lasting.house import a_lasting_house

pytestmark = [pytest.mark.servers, pytest.mark.timeout(180)]
PARTS, PART = 9, 512
DEARER = 1.5


async def test_invariant_18_a_case_stays_as_small_and_as_cheap_however_much_joins_it(
    tmp_path: Path,
) -> None:
    async with a_lasting_house(tmp_path / "data") as lasting:
        found = await flood(lasting, PARTS, PART)
    assert found.items == WARM_UP + PARTS * PART
    assert found.kept == KEEP
    assert found.history <= KEEP
    assert found.largest <= 1.1 * found.smallest
    assert found.last <= DEARER * found.first
