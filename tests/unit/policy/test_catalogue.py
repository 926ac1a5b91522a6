"""The catalogue of rules: every example it brings is answered as it says, and none is copied."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from shared.policy.checks.evaluate import answer, evaluate
from shared.policy.checks.given import Given
from shared.runtime.books import ALL, Shelf
from shared.runtime.settings import default_policies_dir

pytestmark = pytest.mark.space

ROOT = Path(__file__).resolve().parents[3]
CATALOGUE = ROOT.parent / "shared" / "policy" / "seed_rules.yaml"
DAY = date(2026, 3, 2)
SHELF = Shelf(default_policies_dir())
LONGEST_COPY = 8
ARTICLES = 517
BY_PEOPLE = 37
"""Articles that the catalogue itself calls not automatable."""


def catalogue() -> list[Mapping[str, Any]]:
    """Return the catalogue that lies beside the repository."""
    if not CATALOGUE.is_file():
        pytest.skip("the catalogue of rules does not lie beside this repository (shared/policy)")
    rows: list[Mapping[str, Any]] = yaml.load(
        CATALOGUE.read_text(encoding="utf-8"),
        Loader=yaml.CSafeLoader,
    )
    return rows


def examples() -> Iterator[tuple[str, Mapping[str, Any], Mapping[str, Any]]]:
    """Yield article, input and expectation."""
    for row in catalogue():
        if row["example"]:
            for each in (row["example"], *row["example"].get("also", [])):
                yield row["id"], each["input"], each["expect"]


def said_of(pack: str, article: str, told: Mapping[str, Any]) -> Mapping[str, Any]:
    book = SHELF.book(pack, variants=False)
    given = Given.of(told)
    return answer(evaluate(book.only(article) if article else book, given, DAY), given)


def wrong(expected: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
    found = {}
    for key, value in expected.items():
        shown = said.get(key)
        if key == "missing":
            value = value if isinstance(value, list) else [value]  # noqa: PLW2901
            shown = [each for each in shown or () if each in value]
        if key != "note" and shown != value:
            found[key] = (value, said.get(key))
    return found


def test_every_example_of_the_catalogue_is_answered_by_its_rule_as_it_says() -> None:
    failed = [
        (article, told, differs)
        for article, told, expected in examples()
        if (differs := wrong(expected, said_of(ALL, article, told)))
    ]
    assert failed == []


def test_a_whole_pack_gives_the_verdict_of_its_example_but_where_two_articles_differ() -> None:
    homes = SHELF.homes()
    other = {
        article
        for article, told, expected in examples()
        if said_of(homes[article], "", told)["verdict"] != expected["verdict"]
    }
    # the same words or the same change are an incident of one grade for one article and forbidden
    # by another: the stronger verdict wins, the entry of the rule keeps its own
    assert other <= {"HB13-T3-02", "HB13-T2-06"}


def test_every_article_has_a_rule_and_what_people_judge_says_why() -> None:
    ids = {row["id"] for row in catalogue()}
    ready = {one.rule: each for each in SHELF.book(ALL).rules for one in each.rule.sources}
    assert set(ready) == ids
    assert len(ids) == ARTICLES
    people = {article for article, each in ready.items() if each.check is None}
    assert people == {
        row["id"] for row in catalogue() if row["check"]["kinds"] == ["not_automatable"]
    }
    assert len(people) == BY_PEOPLE


def test_no_example_text_stands_in_code_words_or_cases() -> None:
    texts = {
        value
        for _, told, _ in examples()
        for value in told.values()
        if isinstance(value, str) and len(value) > LONGEST_COPY and re.search("[一-鿿]", value)
    }
    names = set(SHELF.book(ALL).only("GXNU").rules[0].rule.params) | official_names()
    files = [*ROOT.glob("shared/**/*.py"), *ROOT.glob("services/**/*.py")]
    files += [each for each in default_policies_dir().rglob("*") if each.is_file()]
    copied = [
        (file.name, text)
        for file in files
        for body in (file.read_text(encoding="utf-8"),)
        for text in texts - names
        if text in body
    ]
    assert copied == []


def official_names() -> set[str]:
    """Return names that a rule itself prescribes: data of the rule, not words of an example."""
    return {str(row["params"]["template"]) for row in catalogue() if "template" in row["params"]}
