"""Some things only some roles may say: the gate asks who answers for the text, to the last moment."""

from shared.contracts.org import Role
from shared.policy.gate.section import Family, GateRules
from shared.policy.model import Pack
from tests.fakes.builders import a_draft, a_person, a_submission, a_tick, an_approval
from tests.fakes.core_story import Story

RULES = Pack(
    name="company",
    gate=GateRules(
        families={
            "compensation": Family(
                level="hold", reason="赔偿承诺", wordings=("我们赔偿您",), lifted_by="role"
            )
        },
        roles={"compensation": ("lead",)},
    ),
)
TEXT = "我们赔偿您的损失"


def told(writer: Role, approver: Role) -> Story:
    story = Story(RULES)
    case_id = story.complain().case_id
    story.tell(a_person("wang", writer), a_person("zhao", approver))
    story.tell(
        a_draft(case_id, TEXT, person="wang"), an_approval(case_id, person="zhao", op="approve")
    )
    return story


def test_money_is_promised_by_who_may_and_leaves() -> None:
    story = told(Role.OPERATOR, Role.LEAD)
    assert story.case.replies[0].findings[0].level == "hold"
    assert story.outcome("approve").accepted
    assert story.case.replies[0].role == "lead"
    story.tell(a_tick(), after=16)
    assert story.effect.body == TEXT


def test_nobody_else_promises_money() -> None:
    story = told(Role.LEAD, Role.REVIEWER)
    assert story.case.replies[0].findings[0].level == "warn"
    assert story.outcome("approve").code == "gate_failed"
    assert story.outcome("approve").reason == "赔偿承诺"


def test_a_person_of_several_roles_answers_by_the_highest() -> None:
    story = Story(RULES)
    case_id = story.complain().case_id
    story.tell(a_person("li", Role.OPERATOR, Role.LEAD, Role.VIEWER))
    story.tell(a_draft(case_id, TEXT), a_submission(case_id))
    assert story.outcome("op-submit").accepted
