"""Where a case goes: by the first route that fits, to a named queue, and elsewhere when it changes."""

from shared.contracts.operators import LabelsCorrected
from shared.contracts.verdicts import Label
from shared.policy.model import Pack
from shared.policy.switches import Route, Switches
from tests.fakes.builders import a_comment, a_resolution, a_verdict
from tests.fakes.core_story import Story
from tests.fakes.corrections import a_correction

ROUTES = Pack(
    name="company",
    switches=Switches(
        routes=(
            Route(label="rumour", queue="宣传部", action="refute_case"),
            Route(label="complaint", queue="客服"),
            Route(label="question", queue="业务司局", reply_opinion_from="业务司局"),
        ),
        default_queue="值班台",
    ),
)


def _corrected(story: Story, *labels: Label) -> LabelsCorrected:
    return a_correction(story.case, *labels)


def test_a_case_opens_in_the_queue_its_route_names() -> None:
    story = Story(ROUTES)
    flow = story.complain().flow
    assert (flow.queue, flow.action, flow.opinion_from) == ("客服", "", "")
    [opened] = story.decided("case.opened")
    assert opened["queue"] == "客服"
    assert story.decided("case.routed") == []


def test_what_has_no_route_goes_to_the_default_queue_and_never_nowhere() -> None:
    story = Story(ROUTES)
    assert story.complain(Label.BOOKING).flow.queue == "值班台"
    assert Story().complain(Label.BOOKING).flow.queue


def test_a_person_who_corrects_the_labels_moves_the_case() -> None:
    story = Story(ROUTES)
    story.complain()
    story.tell(_corrected(story, Label.QUESTION))
    assert story.case.flow.queue == "业务司局"
    assert story.case.flow.opinion_from == "业务司局"
    [routed] = story.decided("case.routed")
    assert (routed["queue"], routed["case_id"]) == ("业务司局", story.case.case_id)
    assert [each.detail for each in story.case.history if each.what == "routed"] == ["业务司局"]


def test_a_closed_case_is_corrected_without_waking_anybody() -> None:
    story = Story(ROUTES)
    case_id = story.complain().case_id
    story.tell(a_resolution(case_id, reason="电话说过了"))
    story.tell(_corrected(story, Label.RUMOUR))
    assert story.case.flow.queue == "宣传部"
    assert story.case.flow.hold is None
    assert story.has("page") == 0


def test_a_further_word_that_brings_a_graver_label_moves_the_case() -> None:
    story = Story(ROUTES)
    story.complain()
    story.tell(a_comment("c2", "听说要停业"), a_verdict("c2", Label.RUMOUR))
    assert (story.case.flow.queue, story.case.flow.action) == ("宣传部", "refute_case")
    story.tell(a_comment("c3", "到底怎么样"), a_verdict("c3", Label.COMPLAINT))
    assert len(story.decided("case.routed")) == 1
