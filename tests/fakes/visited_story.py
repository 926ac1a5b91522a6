"""A house whose complaints are answered and visited again, told to the fold step by step."""

from datetime import datetime

from services.respond.core.case import CaseClock
from shared.contracts.dues import VisitOutcome, VisitRecorded
from shared.contracts.org import Role
from shared.contracts.verdicts import Label
from shared.policy.articles import PolicyRule, Source
from shared.policy.incidents import IncidentRule, IncidentTable
from shared.policy.model import Pack
from shared.policy.switches import ReturnVisits, Route, Switches
from tests.fakes.builders import (
    a_claim,
    a_draft,
    a_person,
    a_resolution,
    a_submission,
    a_tick,
    an_approval,
    an_end,
)
from tests.fakes.core_story import Story

HOUR, DAY = 3600, 24 * 3600
STEPS = PolicyRule(
    id="complaint-steps",
    title="投诉要受理、答复、回访",
    type="workflow",
    sources=(Source(rule="H-4"),),
    kinds=("case",),
    check="closing",
    params={"labels": ["complaint"], "steps": ["accepted", "answered", "return_visit"]},
    verdict="hold",
)
ROUTES = (
    Route(label="complaint", topic="billing", queue="财务"),
    Route(label="complaint", queue="客服", return_visit=True),
)
PACK = Pack(
    name="company",
    switches=Switches(routes=ROUTES, return_visits=ReturnVisits(tries=2)),
    rules=(STEPS,),
    incidents=IncidentTable(
        rules=(
            IncidentRule(id="H-4", title="没有回访", grade=2, triggers=("return_visit_breached",)),
        )
    ),
)


def a_house(pack: Pack = PACK) -> Story:
    story = Story(pack)
    story.tell(a_person("chen", Role.OPERATOR))
    return story


def answered(story: Story, *labels: Label) -> str:
    case_id = story.complain(*labels).case_id
    answer(story, case_id)
    return case_id


def answer(story: Story, case_id: str, op: str = "op") -> None:
    story.tell(
        a_claim(case_id, op=f"{op}-claim"),
        a_draft(case_id, op=f"{op}-draft"),
        a_submission(case_id, op=f"{op}-submit"),
        an_approval(case_id, op=f"{op}-approve"),
    )
    story.tell(a_tick(), after=60)
    story.tell(an_end(story.effect.effect_id))


def visit(
    story: Story,
    outcome: VisitOutcome = "satisfied",
    *,
    when: datetime | None = None,
    note: str = "",
    case_id: str = "",
) -> str:
    op = f"visit-{story.seq}"
    story.tell(
        VisitRecorded(
            op_id=op,
            person_id="chen",
            case_id=case_id or story.case.case_id,
            how="phone",
            outcome=outcome,
            visited_at=when,
            note=note,
        )
    )
    return story.outcome(op).code


def close(story: Story, *, reason: str = "") -> str:
    op = f"close-{story.seq}"
    story.tell(a_resolution(story.case.case_id, reason=reason, op=op))
    return story.outcome(op).code


def owed(story: Story) -> CaseClock | None:
    return next((each for each in story.case.clocks if each.clock == "return_visit"), None)
