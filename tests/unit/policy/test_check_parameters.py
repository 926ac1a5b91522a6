"""The parameters of a check are read from a form and written into it, whatever check it is."""

import pytest

from shared.policy.articles import PolicyRule
from shared.policy.checks.parameters import (
    UnreadableError,
    parameters,
    read_all,
    read_told,
    write_told,
)
from shared.policy.checks.registry import CHECKS, check_of
from shared.policy.checks.usual import USUAL
from shared.runtime.books import Shelf
from shared.runtime.settings import default_policies_dir


def test_every_shipped_rule_comes_back_from_its_form_as_it_was() -> None:
    shelf = Shelf(default_policies_dir())
    for name in shelf.names:
        pack = shelf.pack(name)
        for rule in (each for each in pack.rules if each.check):
            form = filled(rule)
            params, wrong = read_all(rule.check, form.__getitem__)
            again = rule.model_copy(update={"params": params})
            assert wrong == ()
            assert check_of(again, pack.switches) == check_of(rule, pack.switches), rule.id


def filled(rule: PolicyRule) -> dict[str, str]:
    return {
        each.name: each.write(rule.params[each.name]) if each.name in rule.params else each.default
        for each in parameters(rule.check)
    }


def test_every_check_has_fields_and_a_usual_kind() -> None:
    assert set(USUAL) == set(CHECKS)
    assert all(USUAL.values())
    shapes = {each.shape for check in CHECKS for each in parameters(check)}
    assert shapes == {"flag", "choice", "number", "word", "words", "lines", "pairs", "table"}


def test_a_field_knows_its_limits_its_choices_and_its_default() -> None:
    month = next(each for each in parameters("yearly") if each.name == "month")
    assert (month.shape, month.required, month.least, month.most) == ("number", True, 1, 12)
    unit = next(each for each in parameters("elapsed") if each.name == "unit")
    assert (unit.choices, unit.default) == (("minutes", "hours", "days"), "minutes")
    lexicon = next(each for each in parameters("politics") if each.name == "lexicon")
    assert (lexicon.shape, lexicon.words) == ("words", True)


def written(**form: str) -> tuple[dict[str, object], tuple[str, ...]]:
    check = form.pop("check")
    return read_all(check, lambda name: form.get(name, ""))


def test_lines_pairs_and_tables_are_read() -> None:
    params, wrong = written(check="window", windows="08:00 = 12:00\n14:00＝22:00")
    assert (params, wrong) == ({"windows": [["08:00", "12:00"], ["14:00", "22:00"]]}, ())
    params, _ = written(check="counts", exactly="president = 1\nvice_president = 2")
    assert params == {"exactly": {"president": 1, "vice_president": 2}}
    params, _ = written(check="barred", fields="topic", values="时政\n3\n是")
    assert params == {"fields": ["topic"], "values": ["时政", 3, True]}
    params, _ = written(check="words", labels="own = a、b", hint="1")
    assert (params["labels"], params["hint"]) == ({"own": ["a", "b"]}, True)


def test_what_is_needed_and_empty_is_named_unless_it_may_be_nothing() -> None:
    assert written(check="window") == ({}, ("windows",))
    assert written(check="gap") == ({"least_min": None}, ())


@pytest.mark.parametrize(
    ("form", "name"),
    [
        ({"check": "bulk", "most": "many"}, "most"),
        ({"check": "window", "windows": "08:00"}, "windows"),
        ({"check": "routed", "routing": "= x"}, "routing"),
    ],
)
def test_what_nobody_can_read_is_named(form: dict[str, str], name: str) -> None:
    assert written(**form)[1] == (name,)


def test_a_switch_of_the_pack_may_stand_for_any_value() -> None:
    assert written(check="gap", least_min="switch:min_gap_min")[0] == {
        "least_min": "switch:min_gap_min"
    }


@pytest.mark.parametrize(
    ("shape", "said", "told"),
    [
        ("word", " 早 ", "早"),
        ("count", "12", 12),
        ("count", "1.5", 1.5),
        ("flag", "否", False),
        ("list", "张三、李四", ["张三", "李四"]),
        ("table", "a = 1\nb = 是", {"a": 1, "b": True}),
        ("any", "3", 3),
        ("any", "某人", "某人"),
        ("list", "无", None),
    ],
)
def test_a_field_of_an_example_is_told_and_written_again(
    shape: str, said: str, told: object
) -> None:
    assert read_told(shape, said) == told
    assert read_told(shape, write_told(told)) == told


def test_a_number_in_words_is_no_number() -> None:
    with pytest.raises(UnreadableError):
        read_told("count", "几个")
    assert write_told([]) == "无"
    assert write_told({"a": [1]}) == "a = [1]"
