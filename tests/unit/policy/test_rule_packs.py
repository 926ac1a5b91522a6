"""Rules in packs: inherited, changed with a reason, tried when loaded, in force for a time."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from shared.errors import UserError
from shared.policy.checks.book import RuleBook
from shared.policy.checks.check import Ask, Check
from shared.policy.checks.evaluate import answer, evaluate
from shared.policy.checks.given import Given
from shared.policy.checks.outcome import hit, miss, strongest
from shared.policy.loader import lineage, load_pack
from shared.policy.model import NO_PACK

DAY = date(2026, 3, 2)
HEAD = "id: a, title: 甲, kinds: [post], owner: 某"
BAN = f"{HEAD}, type: prohibition, check: words, params: {{labels: {{x: [bad]}}}}, verdict: block"
PARENT = f"lexicons: [{{id: bad, phrases: [坏话]}}]\nrules:\n- {{{BAN}}}\n"


def sources(child: str, parent: str = PARENT) -> dict[str, dict[str, bytes]]:
    return {"base": {"pack.yaml": parent.encode()}, "own": {"pack.yaml": child.encode()}}


def refused(child: str, parent: str = PARENT) -> UserError:
    with pytest.raises(UserError) as raised:
        load_pack("own", sources(child, parent))
    return raised.value


def said(child: str, parent: str = PARENT, **told: object) -> Mapping[str, Any]:
    files = sources(child, parent)
    packs = {name: load_pack(name, files) for name in files}
    book = RuleBook.of(lineage("own", files), packs)
    given = Given.of({"kind": "post", **told})
    return answer(evaluate(book, given, DAY), given)


@pytest.mark.parametrize(
    ("child", "what"),
    [
        ("inherits: base\nrules:\n- {id: a, verdict: flag}\n", "without a reason"),
        ("inherits: base\nrules:\n- {id: a, effective_until: 2020-01-01}\n", "effective_until"),
        ("inherits: base\nrules:\n- {id: a, type: limit}\n", "type"),
        ("inherits: base\ndisable:\n- {rule: b, reason: 不需要了}\n", "disables b"),
        ("inherits: base\ndisable:\n- {reason: 不需要了}\n", "disables nothing"),
        ("inherits: base\ndisable:\n- {rule: a, reason: 无}\n", "at least 4"),
        ("inherits: base\nrules:\n- {id: a, check: nonsense, because: 试一试}\n", "no check"),
        ("inherits: base\nrules:\n- {id: a, params: {least: x}, because: 试}\n", "Field required"),
    ],
)
def test_a_prohibition_is_not_dropped_in_silence(child: str, what: str) -> None:
    error = refused(child)
    assert what in error.what
    assert (error.where or "").startswith("own/pack.yaml:3")
    assert error.fix


def test_a_prohibition_is_changed_or_disabled_with_a_reason() -> None:
    loud = "inherits: base\nrules:\n- {id: a, verdict: flag, because: 先提醒一个月}\n"
    assert said(loud, text="坏话")["verdict"] == "flag"
    off = "inherits: base\ndisable:\n- {rule: a, reason: 这里另有规定}\n"
    assert said(off, text="坏话") == {**said(off), "verdict": "pass"}
    same = "inherits: base\nrules:\n- {id: a, verdict: block, owner: 乙}\n"
    assert said(same, text="坏话")["verdict"] == "block"


def test_a_rule_that_forbids_nothing_is_changed_without_ado() -> None:
    parent = PARENT.replace("prohibition", "limit")
    assert (
        said("inherits: base\nrules:\n- {id: a, verdict: flag}\n", parent, text="坏话")["verdict"]
        == "flag"
    )


def test_words_of_a_child_are_added_to_those_of_its_parent() -> None:
    child = "inherits: base\nlexicons:\n- {id: bad, title: 乙, phrases: [烂话]}\n"
    assert said(child, text="坏话")["verdict"] == said(child, text="烂话")["verdict"] == "block"


TABOO = "taboos:\n- {category: x, level: block, reason: 不, phrases: [坏话, 烂话]}\n"


@pytest.mark.parametrize(
    ("entry", "what"),
    [
        ("level: block, phrases: [坏话]", "drops 烂话"),
        ("level: warn, phrases: [坏话, 烂话]", "weaker"),
    ],
)
def test_a_taboo_family_keeps_its_phrases_and_its_level(entry: str, what: str) -> None:
    child = f"inherits: base\ntaboos:\n- {{category: x, reason: 不, {entry}}}\n"
    assert what in refused(child, TABOO).what


def test_a_taboo_family_may_grow_and_a_new_one_is_the_childs_own() -> None:
    grown = "- {category: x, level: block, reason: 不, phrases: [坏话, 烂话, 丑话]}\n"
    new = "- {category: y, level: odd, reason: 不, phrases: []}\n"
    child = f"inherits: base\ntaboos:\n{grown}"
    assert len(load_pack("own", sources(child, TABOO)).taboos[0].phrases) == 3
    assert "taboos.1.level" in refused(child + new, TABOO).what


@pytest.mark.parametrize(
    ("rule", "what"),
    [
        ("id: b, title: 乙, type: limit", "by_people"),
        ("id: b, title: 乙, type: limit, check: told", "no kinds"),
        ("id: b, title: 乙, type: limit, check: told, kinds: [post], when: input.nose", "when"),
        ("id: b, title: 乙, type: limit, check: told, kinds: [post], when: 1 + 1", "when"),
        ("id: B!, title: 乙, type: limit, check: told, kinds: [post]", "pattern"),
        ("id: a, title: 乙, type: limit, check: told, kinds: [post]", "twice"),
        (
            "id: b, title: 乙, type: limit, kinds: [post], check: gap, params: {least_min: 'switch:x'}",
            "no switch x",
        ),
        (
            "id: b, title: 乙, type: limit, kinds: [post], check: wordy, params: {filler: none}",
            "no words none",
        ),
    ],
)
def test_a_rule_that_cannot_be_asked_is_refused_with_its_line(rule: str, what: str) -> None:
    error = refused(PARENT + f"- {{{rule}}}\n")
    assert what in error.what
    assert (error.where or "").startswith("own/pack.yaml:4")


def test_a_pattern_nobody_can_read_is_refused() -> None:
    assert "pattern" in refused("lexicons:\n- {id: bad, patterns: ['(']}\n").what


def test_lists_of_several_files_go_together_and_values_may_not() -> None:
    files = {
        "one.yaml": PARENT.encode(),
        "two.yaml": f"rules:\n- {{{BAN.replace('id: a', 'id: b')}}}".encode(),
    }
    assert [each.id for each in load_pack("own", {"own": files}).rules] == ["a", "b"]
    twice = {"one.yaml": b"undo_seconds: 1\n", "two.yaml": b"undo_seconds: 2\n"}
    with pytest.raises(UserError) as raised:
        load_pack("own", {"own": twice})
    assert "two files" in raised.value.what


@pytest.mark.parametrize(
    ("dates", "verdict"),
    [
        ("effective_from: 2026-03-02, effective_until: 2026-03-02", "block"),
        ("effective_from: 2026-03-03", "pass"),
        ("effective_until: 2026-03-01", "pass"),
    ],
)
def test_a_rule_holds_between_its_dates(dates: str, verdict: str) -> None:
    assert (
        said(f"inherits: base\nrules:\n- {{id: a, {dates}, because: 试行}}\n", text="坏话")[
            "verdict"
        ]
        == verdict
    )


def test_a_condition_says_where_a_rule_is_meant() -> None:
    child = "inherits: base\nrules:\n- {id: a, when: \"input.channel == 'weibo' && input.kind == 'post'\", because: 只管微博}\n"
    assert said(child, text="坏话", channel="weibo")["verdict"] == "block"
    assert said(child, text="坏话", channel="wechat")["verdict"] == "pass"


def test_what_only_people_judge_is_never_asked_of_a_machine() -> None:
    parent = (
        "rules:\n- {id: c, title: 丙, type: obligation, kinds: [post], by_people: 审美由人判断}\n"
    )
    assert said("inherits: base\n", parent, text="坏话")["rules"] == []


class Broken(Check):
    """A check with a fault."""

    name = "broken"

    def run(self, ask: Ask) -> Any:  # noqa: ANN401
        raise KeyError(ask)


def test_a_check_that_breaks_holds() -> None:
    files = sources("inherits: base\n")
    packs = {name: load_pack(name, files) for name in files}
    book = RuleBook.of(lineage("own", files), packs)
    ready = book.rules[0]
    broken = type(ready)(ready.rule, Broken(), ready.pack, "own", 0, {})
    given = Given.of({"kind": "post", "text": "好话"})
    body = answer(evaluate(RuleBook("own", (broken,)), given, DAY), given)
    assert (body["verdict"], body["reason"]) == ("hold", "check_failed")
    with pytest.raises(NotImplementedError):
        Check().run(Ask(given, "flag", NO_PACK))


def test_the_nearest_pack_owns_a_rule_in_a_union_and_verdicts_add_up_to_the_strongest() -> None:
    files = sources("inherits: base\nrules:\n- {id: a, verdict: flag, because: 先提醒}\n")
    packs = {name: load_pack(name, files) for name in files}
    books = [RuleBook.of(lineage(name, files), packs) for name in ("own", "base")]
    assert [each.rule.verdict for each in RuleBook.union("all", books).rules] == ["block"]
    assert RuleBook.union("all", reversed(books)).rules[0].home == "base"
    assert strongest((hit("flag"), hit("hold"), miss())) == "hold"
    assert strongest(()) == "pass"


def test_an_input_of_no_known_kind_is_taken_as_it_is() -> None:
    given = Given.of({"kind": "poem", "text_gen": {"char": "安", "count": 2}})
    assert (given.word("text"), given.placeholder) == ("安安", True)
    assert Given.of({"kind": "post", "text_gen": {"char": "安"}}).word("text") == ""
    assert Given.of({"kind": "post", "images": "a.jpg"}).unreadable == ("images",)
