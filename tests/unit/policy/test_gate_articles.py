"""Rules of the shipped packs that the gate asks: each with its article, none of them twice."""

from collections.abc import Iterator

import pytest

from shared.policy.articles import PolicyRule
from shared.policy.checks.at_gate import as_input
from shared.policy.checks.book import Ready
from shared.policy.checks.evaluate import ask_rule
from shared.policy.checks.given import Given
from shared.policy.checks.outcome import Outcome
from shared.policy.gate.check import gate
from shared.policy.gate.findings import GateContext, GateFinding
from shared.policy.gate.spare import Said
from shared.policy.model import Pack
from shared.runtime.packs import read_packs
from shared.runtime.settings import default_policies_dir
from tests.unit.policy.test_gate_sets import Row, rows

PACKS = read_packs(default_policies_dir())
COMPANY = PACKS["company"]


def findings(text: str, pack: Pack = COMPANY, **told: object) -> list[GateFinding]:
    context = GateContext.model_validate({"situation": "complaint", "channel": "weibo", **told})
    return list(gate(text, context, pack).findings)


def named(text: str, pack: Pack = COMPANY, **told: object) -> set[str]:
    return {rule for each in findings(text, pack, **told) for rule in each.rules}


@pytest.mark.parametrize(
    ("text", "rule", "article"),
    [
        ("我们可以代开发票，量大从优。", "law-compliance", "SANMU-8-1"),
        ("大家周末都去堵路讨说法吧。", "prohibited-illegal-assembly", "SAWS-4.2-p5"),
        ("这里的法官收黑钱，告了也没用。", "prohibited-state-organ-credit", "INSURE-9-8"),
        ("给您算命改运，保您顺利。", "prohibited-ethnic-or-cult", "SAWS-4.2-p2"),
    ],
)
def test_what_an_article_forbids_does_not_leave(text: str, rule: str, article: str) -> None:
    (found,) = [each for each in findings(text) if rule in each.rules]
    assert found.level == "block"
    assert article in found.rules


@pytest.mark.parametrize("action", ["", "reply", "comment", "message", "post"])
def test_it_is_asked_of_comments_messages_and_posts_alike(action: str) -> None:
    assert "law-compliance" in named("我们可以代开发票。", action=action)


def test_a_repost_is_asked_too_and_what_nobody_knows_of_as_nothing() -> None:
    assert "law-compliance" in named("我们可以代开发票。", action="repost")
    assert "law-compliance" not in named("我们可以代开发票。", action="campaign")


def test_one_place_is_spoken_of_once_with_all_its_articles() -> None:
    (found,) = findings("这份文件是绝密的，我截图发您看。")
    assert found.category == "confidential"
    assert {"SANMU-8-2", "prohibited-state-security-or-secret", "SAWS-4.2-p1"} <= set(found.rules)
    (found,) = findings("给您算命改运，保您顺利。")
    assert (found.category, found.rules[0]) == ("prohibited-ethnic-or-cult", found.category)


def test_what_is_told_of_others_is_not_ours() -> None:
    assert not named("您反映有人卖冰毒一事，我们已报警。") & {"law-compliance"}
    told = named("您说的“代开发票”我们已转税务部门。", quoted="门口有人代开发票")
    assert "law-compliance" not in told


def test_what_a_customer_wrote_may_be_cited_though_an_article_forbids_it() -> None:
    text = "“算命改运”的摊位已请走。"
    assert "prohibited-ethnic-or-cult" in named(text)
    assert not named(text, quoted="门口有人算命改运，没人管")


def test_a_graver_article_stands_beside_a_milder_finding() -> None:
    levels = {each.category: each.level for each in findings("这款理财稳赚不赔，您放心买。")}
    assert levels == {"law-compliance": "block", "overpromise": "hold"}


def test_names_of_the_trade_are_known_by_the_pack_or_told() -> None:
    text = "星河酒店就是黑店，专门坑人。"
    assert "no-disparaging" not in named(text)
    assert "no-disparaging" in named(text, peers=("星河酒店",))
    rules = COMPANY.gate.model_copy(update={"peers": ("星河酒店",)})
    assert "no-disparaging" in named(text, COMPANY.model_copy(update={"gate": rules}))


def test_nothing_is_lacking_for_what_the_shipped_packs_ask_of_a_common_reply() -> None:
    context = GateContext(situation="complaint", earlier=(), recent=())
    for name, pack in PACKS.items():
        assert gate("您好，已收到，正在核实。", context, pack).unknown == (), name


def _asked(pack: Pack) -> Iterator[PolicyRule]:
    left_out = {each.rule for each in pack.disable}
    return (each for each in pack.rules if each.at_gate and each.id not in left_out)


def _says(rule: PolicyRule, pack: Pack, row: Row) -> Outcome:
    ready = Ready.alone(rule, pack)
    context = GateContext.model_validate({"situation": row.situation, "channel": row.channel})
    assert ready.check is not None
    return ask_rule(ready, ready.check, Given.of({**as_input(row.text, context), "peer_list": []}))


@pytest.mark.long
def test_a_rule_that_was_not_asked_had_nothing_to_say() -> None:
    for pack in (PACKS["retail-mall"], PACKS["finance-insurance"]):
        for row in [*rows("disasters*.txt"), *rows("clean_1*.txt")]:
            context = GateContext.model_validate(
                {"situation": row.situation, "channel": row.channel}
            )
            said = {
                each
                for found in gate(row.text, context, pack).findings
                for each in (found.category, *found.rules)
            }
            spoke = {rule.id for rule in _asked(pack) if _says_of_us(rule, pack, row)}
            assert spoke <= said, row.text


def _says_of_us(rule: PolicyRule, pack: Pack, row: Row) -> bool:
    said = Said(row.text, "")
    outcome = _says(rule, pack, row)
    ours = any(
        not said.is_reported(each.start)
        and not said.is_cited((each.start, each.end))
        and not said.is_topic((each.start, each.end))
        for each in outcome.places
    )
    return outcome.state == "hit" and "reply" in rule.kinds and ours
