"""A story in which positions and bans are set: the house, and what is asked of it."""

from services.respond.core.guidance import Guidance, content_of_position
from shared.contracts.guidance import PositionRequested, PositionWritten
from shared.contracts.org import Role
from shared.policy.model import Pack
from shared.runtime.packs import read_pack
from shared.runtime.settings import default_policies_dir
from tests.fakes.builders import a_draft, a_person, an_approval
from tests.fakes.core_story import Story
from tests.fakes.guidance import a_position, agreed

PACK = read_pack(default_policies_dir(), "company")
FITTING = "您好，涉事蛋糕已下架，检测结果出来后公布。"


def house(pack: Pack = PACK) -> Story:
    story = Story(pack)
    story.tell(a_person("wang"), a_person("zhao", Role.REVIEWER))
    return story


def holds(story: Story, op: str = "op-position", **more: object) -> PositionWritten:
    position = a_position(op, **more)  # type: ignore[arg-type]
    story.tell(position, agreed(position, content_of_position(position)))
    return position


def guidance(story: Story) -> Guidance:
    return story.state.get(Guidance.KEY, Guidance) or Guidance()


def statuses(story: Story) -> list[str]:
    return [each.status for each in guidance(story).positions]


def code(story: Story, op: str) -> str:
    return story.outcome(op).code


def waiting(story: Story) -> str:
    case_id = story.complain().case_id
    story.tell(a_draft(case_id, FITTING), an_approval(case_id))
    return case_id


def reply(story: Story) -> tuple[str, str]:
    return story.case.replies[0].status, story.case.replies[0].note


def asked(case_id: str, op: str = "op-ask", matter: str = "蛋糕") -> PositionRequested:
    return PositionRequested(op_id=op, person_id="li", case_id=case_id, matter=matter)
