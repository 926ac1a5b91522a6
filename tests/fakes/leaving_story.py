"""The story of one reply, up to where it leaves, and short words for how it stands."""

from shared.policy.model import Pack, Taboo
from tests.fakes.builders import a_claim, a_draft, a_tick, an_approval
from tests.fakes.core_story import Story

RULES = Pack(
    name="company",
    taboos=(Taboo(category="refusal", level="block", reason="推脱", phrases=("不知道",)),),
)


def leaving() -> Story:
    """Tell the story up to the reply that is decided and waits for the executor."""
    story = Story()
    case_id = story.complain().case_id
    story.tell(a_claim(case_id), a_draft(case_id), an_approval(case_id))
    story.tell(a_tick(), after=16)
    return story


def reply_status(story: Story) -> str:
    return story.case.replies[0].status


def effect_status(story: Story) -> str:
    return story.effect.status


def codes(story: Story, *ops: str) -> list[str]:
    return [story.outcome(op).code for op in ops]
