"""Stories of replies that promise something: said, confirmed, sent, settled."""

from datetime import UTC, datetime

from services.respond.core.promise import PromiseClock
from shared.contracts.operators import PromiseSettled, ReplyApproved, Slot
from shared.policy.model import Pack
from tests.fakes.builders import a_draft, a_tick, an_approval, an_end, at
from tests.fakes.core_story import BARE, Story

WORDS = "今天15:00前答复您"
TEXT = f"您好，我们正在核实，{WORDS}。"
DEED = "您好，三个工作日内退款到账。"
DUE = datetime(2026, 5, 1, 7, 0, tzinfo=UTC)
"""15:00 of the story's first day, by clocks in China."""
HOUR = 3600.0


def approval(
    case_id: str, *words: str, op: str = "op-approve", revision: int = 1, slot: Slot = "answer"
) -> ReplyApproved:
    return an_approval(case_id, revision=revision, op=op).model_copy(
        update={"promises": words, "slot": slot}
    )


def sent(text: str = TEXT, *words: str, pack: Pack = BARE) -> Story:
    """Tell the story up to a reply that stands on the platform, its promises confirmed."""
    story = Story(pack)
    say(story, text, *(words or (WORDS,)))
    return story


def say(story: Story, text: str, *words: str, slot: Slot = "answer", name: str = "first") -> None:
    case_id = story.case.case_id if story.has("case") else story.complain().case_id
    draft = a_draft(case_id, text, op=f"draft-{name}").model_copy(update={"slot": slot})
    story.tell(draft, approval(case_id, *words, op=f"approve-{name}", slot=slot))
    assert story.outcome(f"approve-{name}").code == "ok"
    story.tell(a_tick(), after=16)
    story.tell(an_end(story.effect.effect_id))


def clock(story: Story) -> PromiseClock:
    [found] = story.case.promises
    return found


def settled(
    story: Story, *, kept: bool = True, reason: str = "", person: str = "li", op: str = "settle"
) -> str:
    story.tell(
        PromiseSettled(
            op_id=op,
            person_id=person,
            case_id=story.case.case_id,
            promise_id=clock(story).promise_id,
            kept=kept,
            reason=reason,
        )
    )
    return story.outcome(op).code


def steps(story: Story) -> list[object]:
    return [each["status"] for each in story.decided("promise.moved")]


def until(story: Story, moment: datetime) -> None:
    story.tell(a_tick(), after=(moment - at(story.seconds)).total_seconds())
