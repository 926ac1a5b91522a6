"""Two packs side by side: a case that goes to somebody else, a reply that another policy holds."""

from services.respond.core.pairs import Decided, paired
from shared.contracts.verdicts import Label
from shared.policy.model import Pack
from shared.policy.switches import Route, Switches
from tests.fakes.core_story import Story
from tests.fakes.corrections import a_correction


def _decided(queue: str, policy: str) -> Decided:
    routes = (Route(label="complaint", queue="客服"), Route(label="rumour", queue=queue))
    switches = Switches.model_validate({"routes": routes, "rumour_policy": policy})
    story = Story(Pack(name="company", switches=switches))
    story.complain()
    story.tell(a_correction(story.case, Label.RUMOUR))
    found = Decided()
    found.take(story.lines)
    return found


def test_another_queue_and_another_hold_are_told_by_the_item_that_opened_the_case() -> None:
    pairs = paired(_decided("宣传部", "clarify"), _decided("公关部", "report_up"))
    [queue] = pairs.differing["queues"]
    assert (queue.first, queue.second) == ("宣传部", "公关部")
    [held] = pairs.differing["holds"]
    assert (held.first, held.second) == ("", "report_up open, 公关部")
    assert held.item_id == queue.item_id
    assert held.item_id
