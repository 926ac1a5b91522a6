"""`zhishou chaos` on real servers: ten kills between named steps, and every promise kept."""

import json
import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from services.cli.app import build
from services.cli.chaos import report

pytestmark = [pytest.mark.servers, pytest.mark.timeout(240)]
SHAPE = {
    "seed", "kills", "items", "lost_items", "duplicate_replies", "lost_replies", "lost_pages",
    "duplicate_pages", "unrecorded_breaches", "silent_faults",
}  # fmt: skip
SEED = 7


def chaos(*words: str) -> dict[str, object]:
    """Run the command in this process, so that its own lines are measured; return its figures."""
    environment = dict(os.environ)  # noqa: TID251 - the children need our PATH
    done = CliRunner().invoke(build(), ["chaos", "--json", *words], obj=environment)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    found: dict[str, object] = json.loads(done.stdout)
    assert done.exit_code == (1 if found["broken"] else 0)
    return found


def test_ten_kills_break_no_promise_and_anybody_can_count_again(tmp_path: Path) -> None:
    kept = tmp_path / "evidence"
    found = chaos("--kills", "10", "--seed", str(SEED), "--emit-journal", str(kept))
    assert found["broken"] == []
    assert {name: found[name] for name in report.PROMISES} == dict.fromkeys(report.PROMISES, 0)
    assert set(found) >= SHAPE
    assert (found["kills"], found["stops"], found["seed"]) == (10, 2, SEED)
    assert int(str(found["replies"])) > 0
    assert int(str(found["pages"])) > 0
    assert found["replays"] is True
    assert chaos("--recount", str(kept)) == found
    assert_a_page_that_is_missing_shows(kept)


def assert_a_page_that_is_missing_shows(kept: Path) -> None:
    """Take one page out of what the receiver got: the count says so, to people and by its code."""
    pages = kept / "pages.jsonl"
    first, *others = pages.read_text(encoding="utf-8").splitlines()
    page_id = json.loads(first)["page_id"]
    left = [line for line in others if json.loads(line)["page_id"] != page_id]
    pages.write_text("\n".join(left) + "\n", encoding="utf-8")
    done = CliRunner().invoke(build(), ["chaos", "--recount", str(kept)], obj={})
    assert done.exit_code == 1
    assert f"BROKEN lost_pages: page {page_id} never came" in done.stdout
