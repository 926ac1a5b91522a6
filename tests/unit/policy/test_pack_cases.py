"""Every rule of the shipped packs keeps its cases, and lint finds nothing grave in them."""

from datetime import date

import pytest

from services.cli.policy_check_lines import run_cases
from services.cli.policy_coverage import covered
from services.cli.policy_lint import findings
from shared.runtime.books import Shelf
from shared.runtime.settings import default_policies_dir

pytestmark = pytest.mark.space

DAY = date(2026, 3, 2)
PACKS = default_policies_dir()
SHELF = Shelf(PACKS)


@pytest.mark.parametrize("pack", SHELF.names)
def test_every_rule_keeps_its_cases(pack: str) -> None:
    assert [failed for _, kept, failed in run_cases(SHELF, PACKS, pack, DAY) if not kept] == []


def test_lint_finds_nothing_grave_in_the_shipped_packs() -> None:
    assert [str(each) for each in findings(SHELF, PACKS, DAY) if each.grave] == []


def test_every_article_that_a_machine_checks_has_cases_that_pass() -> None:
    report = covered(SHELF, PACKS, DAY)
    assert not report.failed
    assert set(report.counts()) == {"passed", "people"}
