"""What weights for research learn otherwise than those that ship."""

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.special import expit

from services.classify.core.scores import DISPLEASED, MATTER
from services.classify.training.among import GATHERED, told_apart
from services.classify.training.data import Raw, Row, rows_of
from services.classify.training.fit import Head, Lesson, Recipe, fit_head
from services.classify.training.many import counting, head_of_many
from services.classify.training.matrix import Extractor
from services.classify.training.matters import known_beside
from services.classify.training.places import placed
from services.classify.training.repeats import comments
from services.classify.training.train import Rows, lesson, with_copies
from shared.contracts.verdicts import Label
from shared.runtime.text_tables import load_tables

TABLES = load_tables()
COUNT = 600
RECIPE = Recipe(strength=1.0)


def a_lesson(values: NDArray[np.float64], truth: NDArray[np.bool_]) -> Lesson:
    count = len(truth)
    each, ones = np.arange(count), np.ones(count)
    return Lesson(csr_matrix(values), truth, ones, each, ones, each, np.ones(count, np.bool_))


def every(count: int) -> NDArray[np.bool_]:
    return np.ones(count, np.bool_)


def signs(*shares: float) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return texts with signs of such shares, all alike each time."""
    random = np.random.default_rng(7)
    seen = random.random((COUNT, len(shares))) < np.array(shares)
    return seen.astype(np.float64), seen


def belief(head: Head, values: NDArray[np.float64]) -> float:
    return float(expit(head.a * (values @ head.coefficients + head.intercept) + head.b).mean())


def test_what_is_told_apart_is_the_harm_and_not_none() -> None:
    values, seen = signs(0.3, 0.5)
    harm, none = seen[:, 0], ~seen[:, 0] & seen[:, 1]
    beside = told_apart(a_lesson(values, harm), np.full(COUNT, GATHERED), none)
    assert beside is not None
    more, _ = beside(every(COUNT))
    assert more[0] > 0 > more[1]


@pytest.mark.parametrize("source", [GATHERED, "own"])
def test_too_few_gathered_rows_tell_nothing_apart(source: str) -> None:
    values, seen = signs(0.3, 0.5)
    harm = seen[:, 0] if source == "own" else np.arange(COUNT) < 20
    assert told_apart(a_lesson(values, harm), np.full(COUNT, source), ~harm) is None


def test_what_stands_beside_is_added_before_it_is_calibrated() -> None:
    values, seen = signs(0.5, 0.5)
    taught = a_lesson(values[:, :1], seen[:, 1])
    plain = fit_head(taught, np.zeros(1, np.bool_), RECIPE)
    asked: list[int] = []

    def beside(some: NDArray[np.bool_]) -> tuple[NDArray[np.float64], float]:
        asked.append(int(some.sum()))
        return np.array([2.0]), -1.0

    both = fit_head(taught, np.zeros(1, np.bool_), RECIPE, beside)
    assert both.coefficients[0] == pytest.approx(plain.coefficients[0] + 2)
    assert both.intercept == pytest.approx(plain.intercept - 1)
    assert asked[-1] == COUNT
    assert sum(asked[:-1]) == 2 * COUNT, "the rows held back are never asked"


def two_places() -> tuple[Lesson, NDArray[np.str_], NDArray[np.float64]]:
    """Return a lesson of two places, alike but for how often an attack is one there."""
    values, seen = signs(0.5, 0.5, 0.5)
    here, sign = seen[:, 0], seen[:, 1]
    often = np.where(here, 0.9, 0.3)
    truth = (np.random.default_rng(1).random(COUNT) < often) & (sign | here)
    return a_lesson(values, truth), np.where(here, "toxicn", "cold"), values


def test_belief_is_set_by_where_a_text_comes_from() -> None:
    taught, sources, values = two_places()
    blind = Recipe(strength=1e-4)
    head = fit_head(taught, np.zeros(3, np.bool_), blind)
    moved = placed(head, taught, sources)
    for name in ("toxicn", "cold"):
        here = sources == name
        off = abs(belief(head, values[here]) - taught.truth[here].mean())
        assert abs(belief(moved, values[here]) - taught.truth[here].mean()) < off
    assert (moved.a, moved.b) == (1.0, 0.0)
    assert np.array_equal(np.isnan(moved.held_out), np.isnan(head.held_out))


def test_one_place_alone_moves_nothing() -> None:
    taught, sources, _ = two_places()
    head = fit_head(taught, np.zeros(3, np.bool_), RECIPE)
    assert placed(head, taught, np.full(len(sources), "toxicn")) is head
    assert placed(head, taught, np.full(len(sources), "cold")) is head


def test_other_heads_are_learnt_as_ever() -> None:
    taught, sources, _ = two_places()
    rows = [Row("", {}, name) for name in sources.tolist()]
    named = np.zeros(3, np.bool_)
    usual = fit_head(taught, named, RECIPE)
    same = head_of_many(Label.COMPLAINT, taught, rows, named, RECIPE)
    assert np.array_equal(same.coefficients, usual.coefficients)
    alone = head_of_many(Label.SPAM, taught, rows, named, RECIPE)
    assert np.array_equal(alone.coefficients, usual.coefficients), "nothing was gathered"
    moved = head_of_many(Label.ABUSE, taught, rows, named, RECIPE)
    assert not np.array_equal(moved.coefficients, usual.coefficients)


def of(texts: Sequence[str], source: str, base: str = "") -> list[Row]:
    return [Row(each, {}, source, base=base) for each in texts]


def test_a_comment_is_one_in_all_collections_and_disguises() -> None:
    rows = [
        *of(["他们都是坏人", "今天风大"], "toxicn"),
        *of(["它门都是坏人", "👤🐶", "天气很好"], "toxicloak", "7"),
        *of(["他们都是坏人", "今天风大"], "cold"),
        *of(["！！", "？？"], "toxicn"),
    ]
    found = comments(rows, TABLES).tolist()
    assert found[0] == found[2] == found[3] == found[4]
    assert len(set(found)) == len(rows) - 3
    assert comments([], TABLES).tolist() == []


def test_bases_of_one_number_in_two_sets_are_two() -> None:
    rows = [*of(["天冷"], "toxicloak", "1"), *of(["风大"], "toxirewrite", "1")]
    assert len(set(comments(rows, TABLES).tolist())) == 2


def test_a_disguise_says_what_it_was_made_from() -> None:
    row = next(rows_of("toxicloak", Raw("1", "甲", {"offensive": 1}, {"base_id": 7})))
    assert row.base == "7"


def test_cries_for_help_are_learnt_plain_and_what_we_wrote_steps_back() -> None:
    rows = [
        Row("我不想活了", {Label.SELF_HARM: True}, "sos1k", 3.0),
        Row("真想睡一觉", {Label.SELF_HARM: False}, "own", 1.0),
        Row("今天下雨了", dict.fromkeys((Label.SELF_HARM, Label.SPAM), False), "smp2020"),
    ]
    copied = with_copies(rows, Extractor(TABLES))
    assert copied.kin.tolist() == [0, 1, 2, 0, 1], "who tells of his day hides nothing"
    matrix = Extractor(TABLES).matrix(copied.texts, np.zeros(5, np.bool_), fewest=1)
    used = np.ones(len(matrix.known), np.bool_)
    for_research = lesson(Label.SELF_HARM, copied, matrix, used, "research")
    assert for_research.weight.tolist() == [3.0, pytest.approx(0.2), 1.0]
    assert for_research.plain.all()
    shipped = lesson(Label.SELF_HARM, copied, matrix, used)
    assert shipped.weight.tolist() == [3.0, 1.0, 1.0, 9.0, 3.0]
    assert shipped.row.tolist() == [0, 1, 2, 0, 1]
    assert counting(Label.SPAM, rows[1]) == 1.0


def test_comments_that_are_one_stay_on_one_side_of_a_fold() -> None:
    rows = [
        Row("坏人", {Label.ABUSE: True}, "toxicn"),
        Row("怀人", {Label.ABUSE: True}, "toxicloak"),
    ]
    copied = Rows(rows, [each.text for each in rows], np.arange(2), comments(rows, TABLES))
    matrix = Extractor(TABLES).matrix(copied.texts, np.zeros(2, np.bool_), fewest=1)
    taught = lesson(Label.ABUSE, copied, matrix, np.ones(len(matrix.known), np.bool_), "research")
    assert taught.kin[0] == taught.kin[1]
    assert taught.row.tolist() == [0, 1]


def test_reviews_and_petitions_are_about_matters_and_days_are_not() -> None:
    bad = Row("", {Label.COMPLAINT: True}, "shopping")
    assert (known_beside(bad, MATTER), known_beside(bad, DISPLEASED)) == (True, True)
    day = next(rows_of("smp2020", Raw("1", "甲", {}, {})))
    assert (known_beside(day, MATTER), known_beside(day, DISPLEASED)) == (False, None)
    assert day.weight_of(Label.SEXUAL) < day.weight_of(Label.GAMBLING)
