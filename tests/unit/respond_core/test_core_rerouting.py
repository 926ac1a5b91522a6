"""Rules that take effect move the open cases they lead elsewhere, at once, and name them."""

from services.respond.core.policy import MOVED_KEPT, PackChanges, Switch
from services.respond.core.rerouting import would_move
from shared.contracts.verdicts import Label
from shared.policy.model import Pack
from shared.policy.switches import Route, Switches
from tests.fakes.builders import a_comment, a_resolution, a_verdict
from tests.fakes.core_story import Story
from tests.fakes.rules_story import a_house, approve, propose, take_back

HERE = Pack(name="company", switches=Switches(routes=(Route(label="complaint", queue="客服"),)))
THERE = Pack(
    name="company",
    switches=Switches(
        routes=(Route(label="complaint", queue="售后", reply_opinion_from="法务"),),
    ),
)
HELD = Pack(
    name="company",
    switches=Switches(
        routes=(Route(label="complaint", queue="客服", action="hold_and_escalate"),),
    ),
)


def _activate(story: Story, pack: Pack) -> None:
    assert propose(story, pack) == "ok"
    assert approve(story, pack) == "ok"


def _told(story: Story) -> Switch:
    found = story.state.get("changes:company", PackChanges)
    assert found is not None
    return found.switches[-1]


def test_an_open_case_goes_where_the_new_rules_lead_it_the_moment_they_hold() -> None:
    story = a_house(pack=HERE)
    story.complain()
    _activate(story, THERE)
    assert (story.case.flow.queue, story.case.flow.opinion_from) == ("售后", "法务")
    assert [each.kind for each in story.case.flow.open_asks] == ["opinion"]
    [routed] = story.decided("case.routed")
    assert routed["queue"] == "售后"


def test_what_changed_for_you_names_the_cases_that_moved() -> None:
    story = a_house(pack=HERE)
    case = story.complain()
    _activate(story, THERE)
    [moved] = _told(story).moved
    assert (moved.case_id, moved.number) == (case.case_id, case.number)
    assert (moved.from_queue, moved.to_queue, moved.held) == ("客服", "售后", False)


def test_taking_rules_back_takes_the_cases_back() -> None:
    story = a_house(pack=HERE)
    story.complain()
    _activate(story, THERE)
    assert take_back(story, THERE, HERE) == "ok"
    assert story.case.flow.queue == "客服"
    assert story.case.flow.open_asks == ()


def test_a_stricter_policy_begins_its_hold_and_tells_who_decides() -> None:
    story = a_house(pack=HERE)
    story.complain()
    _activate(story, HELD)
    hold = story.case.flow.hold
    assert hold is not None
    assert hold.status == "open"
    assert story.page.reasons == ("held",)
    assert [each.held for each in _told(story).moved] == [True]
    assert list(would_move([story.case], HELD)) == []


def test_a_closed_case_stays_where_it_is() -> None:
    story = a_house(pack=HERE)
    case_id = story.complain().case_id
    story.tell(a_resolution(case_id, reason="电话说过了"))
    _activate(story, THERE)
    assert story.case.flow.queue == "客服"
    assert _told(story).moved == ()
    assert list(would_move([story.case], THERE)) == []


def test_files_that_take_effect_move_cases_as_well() -> None:
    story = Story(HERE)
    story.complain()
    story.adopt(THERE)
    assert story.case.flow.queue == "售后"


def test_of_many_cases_so_many_are_named_and_the_rest_counted() -> None:
    story = a_house(pack=HERE)
    for number in range(MOVED_KEPT + 2):
        native = f"n{number}"
        story.tell(
            a_comment(native, "东西坏了", author=f"a{number}"),
            a_verdict(native, Label.COMPLAINT),
        )
    _activate(story, THERE)
    assert (len(_told(story).moved), _told(story).more_moved) == (MOVED_KEPT, 2)
