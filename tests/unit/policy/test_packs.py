"""Packs: loaded whole or refused with the place and the fix; CEL and wordings behind their doors."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.contracts.verdicts import Label
from shared.errors import UserError
from shared.policy.cel import CASE_VARIABLES, Condition, RuleError, Value
from shared.policy.loader import lineage, load_pack
from shared.policy.model import NO_PACK, ClockRule, Pack
from shared.policy.templates import TemplateError, check_template, fill
from shared.runtime.packs import read_packs
from shared.runtime.settings import default_policies_dir

SHIPPED = read_packs(default_policies_dir())
VALUES: dict[str, Value] = {
    "case.severity": 80,
    "case.labels": ["complaint"],
    "case.private": False,
    "case.degraded": False,
    "author.followers": -1,
}


def refused(**files: str) -> UserError:
    with pytest.raises(UserError) as raised:
        load_pack("own", {"own": {f"{name}.yaml": body.encode() for name, body in files.items()}})
    return raised.value


def test_the_shipped_packs_load_and_are_named_by_their_content() -> None:
    packs = SHIPPED
    assert set(packs) >= {"base", "company"}
    company = packs["company"]
    assert Pack.model_validate_json(company.canonical()) == company
    assert company.content_hash() != packs["base"].content_hash()
    assert [each.category for each in company.taboos] == [
        "refusal",
        "denial",
        "mockery",
        "uncertain",
    ]


def test_one_threshold_more_is_another_pack() -> None:
    changed = NO_PACK.model_copy(update={"thresholds": {Label.COMPLAINT: 500}})
    assert changed.content_hash() != NO_PACK.content_hash()


def test_a_child_replaces_values_entries_and_keeps_the_rest() -> None:
    sources = {
        "base": {
            "pack.yaml": "channels: {weibo: {limit_units: 140}}\nundo_seconds: 15\n"
            "templates:\n- {id: a, text: 一, approved_by: x}\n"
            "- {id: b, text: 二, approved_by: x}\n".encode()
        },
        "own": {
            "pack.yaml": b"inherits: base\nchannels: {wechat: {limit_units: 600}}\n",
            "replies.yaml": "templates:\n- {id: b, text: 三, approved_by: y}\n"
            "- {id: c, text: 四, approved_by: y}\n".encode(),
        },
    }
    pack = load_pack("own", sources)
    assert [(each.id, each.text) for each in pack.templates] == [
        ("a", "一"),
        ("b", "三"),
        ("c", "四"),
    ]
    assert set(pack.channels) == {"weibo", "wechat"}
    assert pack.undo_seconds == 15
    assert lineage("own", sources) == ("own", "base")


def test_a_clock_may_run_for_part_of_a_minute_and_whole_ones_keep_the_name_of_their_pack() -> None:
    def with_clock(minutes: str) -> Pack:
        clock = f"- {{acknowledge_minutes: {minutes}, first_reply_minutes: 2}}"
        return load_pack("own", {"own": {"pack.yaml": f"clocks:\n{clock}\n".encode()}})

    assert with_clock("0.5").clocks[0].acknowledge_minutes == 0.5
    assert b'"acknowledge_minutes":1,' in with_clock("1").canonical()
    for wrong in ("0", "-1", "0.001", ".nan", ".inf"):
        with pytest.raises(UserError):
            with_clock(wrong)


def test_an_empty_pack_is_one() -> None:
    assert load_pack("own", {"own": {"pack.yaml": b""}}).name == "own"


@pytest.mark.parametrize(
    ("body", "place", "said"),
    [
        ("undo_seconds: 15\nundo_secondz: 3\n", "own/pack.yaml:2", "undo_secondz"),
        ("undo_seconds: 1\nundo_seconds: 2\n", "own/pack.yaml:2", "twice"),
        ("undo_seconds: [1\n", "own/pack.yaml:2", "not YAML"),
        (
            "clocks:\n- {when: 'case.sev > 1', acknowledge_minutes: 1, first_reply_minutes: 2}\n",
            "own/pack.yaml:2",
            "case.sev",
        ),
        (
            "templates:\n- {id: a, approved_by: x, text: '{{ x.y }}'}\n",
            "own/pack.yaml:2",
            "Getattr",
        ),
        ("- 1\n", "own/pack.yaml:1", "mapping"),
        ("templates: 3\ninherits: own\n", "own", "itself"),
        ("inherits: nobody\n", "", "no pack nobody"),
    ],
)
def test_a_mistake_is_named_by_file_and_line(body: str, place: str, said: str) -> None:
    error = refused(pack=body)
    assert error.where == place
    assert said in error.what
    assert error.fix


def test_a_broken_file_is_named() -> None:
    with pytest.raises(UserError) as raised:
        load_pack("own", {"own": {"pack.yaml": b"\xff\xfe\x00\x00\xd8"}})
    assert raised.value.where.startswith("own/pack.yaml")


def test_a_list_is_not_merged_with_something_else() -> None:
    sources = {
        "base": {"pack.yaml": "templates:\n- {id: a, text: 一, approved_by: x}\n".encode()},
        "own": {"pack.yaml": b"inherits: base\ntemplates: 3\n"},
    }
    with pytest.raises(UserError, match="list"):
        load_pack("own", sources)


def test_template_ids_are_used_once() -> None:
    twice = (
        "templates:\n- {id: a, text: 一, approved_by: x}\n- {id: a, text: 二, approved_by: x}\n"
    )
    assert "twice" in refused(pack=twice).what


def test_a_directory_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot read"):
        read_packs(tmp_path / "none")


@pytest.mark.parametrize(
    ("source", "holds"),
    [
        ("true", True),
        ("case.severity >= 80 && !case.private", True),
        ("'complaint' in case.labels", True),
        ("author.followers > 10", False),
    ],
)
def test_a_condition_holds_or_not(source: str, holds: bool) -> None:  # noqa: FBT001  a table's column
    assert Condition(source).holds(VALUES) is holds


@pytest.mark.parametrize(
    "source", ["case.severity > 'x'", "case.severity", "case.", "1 +", "x" * 2001]
)
def test_a_condition_that_makes_no_sense_fails_when_loaded(source: str) -> None:
    with pytest.raises(RuleError):
        Condition(source)


def test_a_condition_that_names_its_variables_oddly_sees_them_all() -> None:
    of_kind: dict[str, Value] = {"int": 20, "bool": False, "list": []}
    values = {name: of_kind[kind] for name, kind in CASE_VARIABLES.items()}
    assert Condition("author . followers > 10").holds(values)
    with pytest.raises(RuleError, match=r"nobody says"):
        Condition("author.followers > 10").holds({})


def test_an_evaluation_that_fails_is_never_false() -> None:
    with pytest.raises(RuleError):
        Condition("case.labels[9] == 'x'").holds(VALUES)


def test_a_failing_clock_rule_gives_the_strictest_clock() -> None:
    pack = Pack(
        name="own",
        clocks=(
            ClockRule(when="case.labels[9] == ''", acknowledge_minutes=60, first_reply_minutes=90),
            ClockRule(when="true", acknowledge_minutes=5, first_reply_minutes=9),
        ),
    )
    assert pack.clocks_for(dict(VALUES)).acknowledge_minutes == 5
    none_holds = Pack(
        name="own",
        clocks=(ClockRule(when="false", acknowledge_minutes=1, first_reply_minutes=1),),
    )
    assert none_holds.clocks_for(dict(VALUES)).acknowledge_minutes == 60


@pytest.mark.parametrize(
    "source",
    [
        "{% for x in 'abc' %}x{% endfor %}",
        "{{ author_name.__class__ }}",
        "{{ lipsum() }}",
        "{% macro m() %}{% endmacro %}",
        "{{ secret }}",
        "{{ author_name",
        "{{ author_name | upper }}",
        "好" * 2001,
    ],
)
def test_a_wording_has_blanks_and_conditions_only(source: str) -> None:
    with pytest.raises(TemplateError):
        check_template(source)


def test_a_blank_without_a_value_is_an_error_and_values_are_only_text() -> None:
    with pytest.raises(TemplateError):
        fill("{{ matter }}", {})
    assert fill("您好{{ author_name }}", {"author_name": "{{ matter }}"}) == "您好{{ matter }}"
    assert fill("{% if matter == '' %}无{% endif %}", {"matter": ""}) == "无"


def test_the_night_table_says_who_may_act_alone() -> None:
    base = SHIPPED["base"]
    assert base.may_act_alone("self_harm", 1)
    assert not base.may_act_alone("delete", 1)
    assert not base.may_act_alone("self_harm", 2)


def test_the_schema_of_a_pack_can_be_exported() -> None:
    assert "clocks" in Pack.model_json_schema()["properties"]


def test_a_missing_part_is_shown_where_its_entry_begins() -> None:
    error = refused(pack="version: '1'\ntemplates:\n  - id: a\n    text: 您好\n")
    assert error.where == "own/pack.yaml:3"


def test_equal_conditions_are_one() -> None:
    assert len({Condition("true"), Condition("true"), Condition("false")}) == 2


def test_packs_may_be_told_apart_in_a_set() -> None:
    other = Pack(name="none", undo_seconds=1)
    assert len({NO_PACK, Pack(name="none"), other}) == 2


HALF_WIDTH = re.compile("[\u4e00-\u9fff][,;!?]|[,;!?][\u4e00-\u9fff]")


def words_of(value: object) -> Iterator[str]:
    """Yield every word of a pack but the patterns; `!x` among values is "not x"."""
    if isinstance(value, str):
        yield value.removeprefix("!")
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from () if key in {"patterns", "pattern", "likeness"} else words_of(each)
    elif isinstance(value, list):
        for each in value:
            yield from words_of(each)


@pytest.mark.parametrize("name", sorted(SHIPPED))
def test_shipped_words_use_full_width_punctuation(name: str) -> None:
    words = words_of(json.loads(SHIPPED[name].canonical()))
    assert [each for each in words if HALF_WIDTH.search(each)] == []


def test_equal_packs_are_told_equal_by_names_that_are_made_once() -> None:
    """A process holds the same pack several times; what is remembered of it is found by all of them."""
    made: list[str] = []

    class Counted(Pack):
        def canonical(self) -> bytes:
            made.append(self.name)
            return super().canonical()

    one, other = Counted(name="one"), Counted(name="one")
    assert all(one == other and hash(one) == hash(other) for _ in range(5))
    assert len(made) == 2
    changed = one.model_copy(update={"verdict_seconds": 61})
    assert changed != one
    assert changed.content_hash() != one.content_hash()
    assert one != "one"
