"""Laws of all checks: they never break, they never pass over what was not told, and order is nothing."""

from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from typing import Any

import pytest

from services.cli.policy_check_lines import read_rule_cases
from shared.policy.checks.book import RuleBook
from shared.policy.checks.evaluate import answer, evaluate
from shared.policy.checks.given import Given
from shared.policy.checks.outcome import STRENGTH
from shared.runtime.books import Shelf
from shared.runtime.settings import default_policies_dir

pytestmark = pytest.mark.space

DAY = date(2026, 3, 2)
PACKS = default_policies_dir()
SHELF = Shelf(PACKS)
ODD: tuple[object, ...] = (
    None,
    "",
    [],
    {},
    "x",
    "2026-03-02",
    "2026-03-02T10:00:00+08:00",
    0,
    7,
    -1.5,
    True,
    False,
    ["x"],
    [None],
    [{"role": "x"}],
    [{"by": "u1", "status": "pending"}],
    {"a": 1},
    [1, 2, 3],
)


def cases() -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for name in SHELF.names:
        for case in read_rule_cases(PACKS, name):
            yield name, case.rule, case.input


def said(pack: str, told: Mapping[str, Any], rule: str = "") -> Mapping[str, Any]:
    given = Given.of(told)
    return answer(evaluate(asked(pack, rule), given, DAY), given)


@cache
def asked(pack: str, rule: str) -> RuleBook:
    """Return the book of a pack, or what it says on one rule: each is asked thousands of times."""
    book = SHELF.book(pack, variants=False)
    return book.only(rule) if rule else book


@pytest.mark.parametrize("pack", SHELF.names)
def test_no_value_of_any_field_breaks_a_check(pack: str) -> None:
    broken = []
    for home, rule, told in cases():
        if home != pack:
            continue
        for field in set(told) - {"kind"}:
            for value in ODD:
                changed = {**told, field: value}
                answered = said(pack, changed, rule)
                broken += [(rule, changed)] if answered.get("reason") == "check_failed" else []
    assert broken == []


def test_a_field_that_is_not_told_never_makes_a_rule_stronger_than_one_told_to_be_nothing() -> (
    None
):
    """What is missing is unknown: it may take a verdict away, and then the rule says what it lacks."""
    silent = []
    for pack, rule, told in cases():
        whole = said(pack, told, rule)
        if whole["verdict"] == "pass":
            continue
        for field in set(told) - {"kind"}:
            less = said(pack, {key: each for key, each in told.items() if key != field}, rule)
            weaker = STRENGTH.index(less["verdict"]) < STRENGTH.index(whole["verdict"])
            unsaid = not less["not_told"] and less["rules"]
            if weaker and unsaid and less["verdict"] == "pass":
                silent.append((rule, field))
    assert silent == []


def test_the_order_of_fields_and_what_is_not_known_change_nothing() -> None:
    for pack, rule, told in cases():
        turned = {"colour_of_the_sky": "blue", **dict(reversed(list(told.items())))}
        changed = dict(said(pack, turned, rule))
        assert changed.pop("extra")
        assert changed == {k: v for k, v in said(pack, told, rule).items() if k != "extra"}


def test_the_answer_of_a_whole_pack_is_as_strong_as_its_strongest_rule() -> None:
    for pack, _, told in cases():
        whole = said(pack, told)
        strongest = max((each["verdict"] for each in whole["rules"]), key=STRENGTH.index)
        assert whole["verdict"] == strongest
