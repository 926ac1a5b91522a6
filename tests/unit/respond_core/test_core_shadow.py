"""Proposed rules look at what really comes; they count what they would decide, and decide nothing."""

from datetime import timedelta

from services.respond.core.shadow import SHOWN_KEPT, ShadowRun
from shared.contracts.verdicts import Label
from shared.policy.cel import Value
from shared.policy.model import ClockRule, Pack, Taboo
from shared.policy.suggesting import ReplyTemplate
from shared.policy.weighing import SeverityRule
from tests.fakes.builders import (
    a_claim,
    a_comment,
    a_draft,
    a_verdict,
    an_account,
    an_edit,
)
from tests.fakes.core_story import BARE, Story
from tests.fakes.rules_story import STRICT, a_house, approve, propose, reject, shadow


def beside(rules: Pack, live: Pack = BARE) -> Story:
    """Tell of a house in which proposed rules run beside those in force."""
    story = a_house(pack=live)
    propose(story, rules)
    assert shadow(story, rules) == "ok"
    return story


def the_run(story: Story) -> ShadowRun:
    found = story.state.get("shadow:company", ShadowRun)
    assert found is not None
    return found


def found(story: Story) -> list[tuple[str, str, str]]:
    return [(each.kind, each.live, each.shadow) for each in the_run(story).newest]


def test_equal_decisions_are_counted_and_not_listed() -> None:
    story = beside(Pack(name="company", undo_seconds=30))
    story.complain()
    story.tell(a_comment("c2", author="u2"), a_verdict("c2", Label.PRAISE))
    run = the_run(story)
    assert (run.items, run.texts, run.failed, run.counts, run.newest) == (2, 0, 0, {}, ())


def test_what_would_open_no_case_is_told() -> None:
    story = beside(Pack(name="company", case_labels=(Label.PRAISE,)))
    case_id = story.complain().case_id
    assert found(story) == [("case", "opens", "")]
    assert the_run(story).newest[0].case_id == case_id


def test_what_would_open_one_is_told_though_nobody_gets_it() -> None:
    story = beside(Pack(name="company", case_labels=(Label.PRAISE,)))
    story.tell(a_comment(), a_verdict("c1", Label.PRAISE))
    assert story.has("case") == 0
    assert found(story) == [("case", "", "opens")]


def test_labels_severity_and_clocks_are_told_apart() -> None:
    rules = Pack(
        name="company",
        thresholds={Label.RUMOUR: 600},
        severity=(SeverityRule(id="s", when="true", points=7),),
        clocks=(ClockRule(acknowledge_minutes=5, first_reply_minutes=30),),
    )
    story = beside(rules)
    story.tell(a_comment(), a_verdict("c1", Label.COMPLAINT, Label.RUMOUR, probability=0.5))
    assert found(story) == [
        ("labels", "complaint, rumour", "complaint"),
        ("severity", "45", "52"),
        ("clocks", "60, 1440", "5, 30"),
    ]


def test_a_further_word_in_an_open_case_joins_it_by_any_rules() -> None:
    story = beside(Pack(name="company", case_labels=(Label.PRAISE,)))
    story.complain()
    story.tell(a_comment("c2"), a_verdict("c2", Label.COMPLAINT))
    assert [kind for kind, _, _ in found(story)] == ["case"]
    assert the_run(story).items == 2


def test_texts_are_checked_by_both_gates_at_every_revision() -> None:
    story = beside(STRICT)
    case_id = story.complain().case_id
    story.tell(a_claim(case_id), a_draft(case_id))
    assert found(story) == [("gate", "pass", "block delay")]
    story.tell(a_draft(case_id, "您好,已登记。", base=1, op="again"))
    run = the_run(story)
    assert (run.texts, run.counts) == (2, {"gate": 1})
    assert story.case.replies[0].findings == ()


def test_nothing_of_it_changes_a_decision() -> None:
    rules = Pack(
        name="company",
        case_labels=(),
        taboos=(Taboo(category="all", level="block", reason="x", phrases=("您好",)),),
    )
    watched, alone = beside(rules), a_house()
    for story in (watched, alone):
        case_id = story.complain().case_id
        story.tell(a_claim(case_id), a_draft(case_id), an_edit())
    kinds = ("case.opened", "item.judged", "item.changed")
    for kind in kinds:
        ours, theirs = watched.decided(kind), alone.decided(kind)
        assert [{**each, "at": 0, **NO_TIMES} for each in ours] == [
            {**each, "at": 0, **NO_TIMES} for each in theirs
        ]
    assert the_run(watched).counts["case"] == 1


NO_TIMES = {"acknowledge_due": 0, "first_reply_due": 0}


class Broken(Pack):
    """Rules that raise where they are asked."""

    def clocks_for(self, values: dict[str, Value]) -> ClockRule:
        raise ZeroDivisionError(values)


def test_proposed_rules_that_raise_are_counted_and_harm_nobody() -> None:
    story = beside(STRICT)
    story.packs[STRICT.content_hash()] = Broken(name="company")
    story.complain()
    run = the_run(story)
    assert (run.failed, run.items) == (1, 0)
    assert story.case.status == "open"


def test_accounts_with_other_rules_are_not_looked_at() -> None:
    story = beside(STRICT)
    story.tell(an_account(pack="hotel"))
    story.complain()
    assert the_run(story).items == 0


def test_a_run_ends_with_its_proposal_and_what_it_found_stays() -> None:
    story = beside(Pack(name="company", case_labels=()))
    story.complain()
    reject(story, Pack(name="company", case_labels=()))
    story.tell(a_comment("c2", author="u2"), a_verdict("c2", Label.COMPLAINT))
    assert (the_run(story).items, the_run(story).counts) == (1, {"case": 1})
    later = beside(STRICT)
    case_id = later.complain().case_id
    approve(later)
    later.tell(a_claim(case_id), a_draft(case_id))
    assert the_run(later).texts == 0


def test_a_new_run_begins_with_nothing() -> None:
    rules = Pack(name="company", case_labels=())
    story = beside(rules)
    story.complain()
    shadow(story, rules, running=False)
    shadow(story, rules)
    assert the_run(story).items == 0
    assert the_run(story).since > story.case.opened_at + timedelta()


def test_what_is_listed_is_bounded_and_what_is_counted_is_not() -> None:
    story = beside(Pack(name="company", case_labels=()))
    for number in range(SHOWN_KEPT + 5):
        name = f"n{number}"
        story.tell(a_comment(name, author=name), a_verdict(name, Label.COMPLAINT))
    run = the_run(story)
    assert (len(run.newest), run.counts) == (SHOWN_KEPT, {"case": SHOWN_KEPT + 5})


def wording(template_id: str, text: str) -> ReplyTemplate:
    return ReplyTemplate(id=template_id, text=text, labels=(Label.COMPLAINT,), approved_by="lin")


def test_what_would_be_offered_otherwise_is_told_when_a_case_opens_and_not_again() -> None:
    ours = Pack(name="company", templates=(wording("old", "您好，已转相关部门核实。"),))
    theirs = Pack(name="company", templates=(wording("new", "您好，我们正在核实此事。"),))
    story = beside(theirs, live=ours)
    story.complain()
    assert found(story) == [("suggestions", "old", "new")]
    story.tell(a_comment("c2"), a_verdict("c2", Label.COMPLAINT))
    assert found(story) == [("suggestions", "old", "new")]


def test_equal_offers_are_not_listed() -> None:
    ours = Pack(name="company", templates=(wording("same", "您好，已转相关部门核实。"),))
    story = beside(ours.model_copy(update={"undo_seconds": 30}), live=ours)
    story.complain()
    assert found(story) == []
