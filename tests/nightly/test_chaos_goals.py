"""`zhishou chaos --kills 50 --seed 7` on real servers, and a seed nobody chose."""

import json
import os
from datetime import UTC, datetime

import pytest
from typer.testing import CliRunner

from services.cli.app import build

pytestmark = [pytest.mark.servers, pytest.mark.timeout(900)]
KILLS = 50
SECONDS_A_KILL = 4.0
ZERO = (
    "lost_items", "lost_replies", "duplicate_replies", "lost_pages", "unrecorded_breaches",
    "silent_faults",
)  # fmt: skip
TODAY = datetime.now(UTC).toordinal()  # noqa: TID251  another seed each night, named in the output


@pytest.mark.parametrize("seed", [7, TODAY])
def test_fifty_kills_break_no_promise(seed: int) -> None:
    words = ["chaos", "--json", "--kills", str(KILLS), "--seed", str(seed)]
    environment = dict(os.environ)  # noqa: TID251 - the children need our PATH
    done = CliRunner().invoke(build(), words, obj=environment)
    found = json.loads(done.stdout)
    print(f"seed {seed}: {found}")  # noqa: T201  the note quotes it
    assert found["broken"] == []
    assert {name: found[name] for name in ZERO} == dict.fromkeys(ZERO, 0)
    assert found["kills"] == KILLS
    assert found["seconds"] <= SECONDS_A_KILL * KILLS
