"""Items: every version once, in whatever order, and none lost."""

from services.respond.core.aggregates import KEEP, Post
from services.respond.core.fold import fold, low_seq
from services.respond.core.state import State
from shared.contracts.facts import Stored
from shared.contracts.items import ItemKind
from shared.contracts.org import ModelActivated
from shared.contracts.verdicts import Label
from shared.policy.model import Pack
from tests.fakes.builders import (
    a_claim,
    a_comment,
    a_deletion,
    a_draft,
    a_tick,
    a_verdict,
    an_approval,
    an_edit,
    an_own_post,
    at,
    stored,
)
from tests.fakes.core_story import Story


def test_praise_opens_no_case_and_leaves_nothing_behind() -> None:
    story = Story()
    story.tell(a_comment(text="真好吃"), a_verdict("c1", Label.PRAISE))
    assert story.has("case") == len(list(story.state.waiting)) == 0
    assert story.organisation.items_classified == 1
    assert story.decided("item.judged")[0]["decided"] == ["praise"]


def test_a_complaint_opens_a_case() -> None:
    case = Story().complain()
    assert case.labels == (Label.COMPLAINT,)
    assert case.number == 1
    assert case.items[0].model == "m1"


def test_a_doubtful_verdict_is_for_people_unless_the_pack_says_otherwise() -> None:
    asking, silent = Story(), Story(Pack(name="company", abstain_opens_case=False))
    for story in (asking, silent):
        story.tell(a_comment(), a_verdict("c1", abstained=True))
    assert (asking.has("case"), silent.has("case")) == (1, 0)


def test_the_packs_own_threshold_decides() -> None:
    strict = Story(Pack(name="company", thresholds={Label.COMPLAINT: 950}))
    loose = Story(Pack(name="company", thresholds={Label.COMPLAINT: 100}))
    strict.tell(a_comment(), a_verdict("c1", Label.COMPLAINT, Label.PRAISE, probability=0.9))
    loose.tell(a_comment(), a_verdict("c1", Label.COMPLAINT, probability=0.1))
    assert (strict.has("case"), loose.has("case")) == (0, 1)
    assert strict.decided("item.judged")[0]["decided"] == ["praise"]


def test_the_same_version_twice_is_one_item() -> None:
    story = Story()
    story.tell(a_comment(), a_comment(), a_verdict("c1", Label.COMPLAINT), a_comment())
    assert story.organisation.items_received == 1
    assert story.case.item_count == 1


def test_a_second_verdict_or_one_on_another_version_changes_nothing() -> None:
    story = Story()
    story.complain()
    before = story.case
    result = story.tell(a_verdict("c1", Label.RUMOUR), a_verdict("c1", Label.HATE, version="x"))
    assert result.lines == []
    assert story.case == before
    assert story.tell(a_verdict("unheard", Label.RUMOUR)).lines == []


def test_an_old_verdict_after_an_edit_is_not_believed() -> None:
    story = Story()
    story.tell(a_comment(), an_edit(), a_verdict("c1", Label.COMPLAINT))
    assert story.has("case") == 0
    story.tell(a_verdict("c1", Label.COMPLAINT, version="v2"))
    assert story.case.items[0].text.endswith("已退款")
    assert story.case.items[0].edits == 1


def test_a_received_newer_version_counts_as_an_edit() -> None:
    story = Story()
    story.tell(a_comment(), a_comment(text="新的", version="v2"))
    [pending] = story.state.waiting
    assert (pending.fact.text, pending.edits) == ("新的", 1)


def test_an_edit_and_its_verdict_may_come_before_the_item() -> None:
    story = Story()
    story.tell(
        an_edit(), a_verdict("c1", Label.COMPLAINT, version="v2"), a_verdict("c1", version="v2")
    )
    assert story.has("early") == 1
    story.tell(a_comment())
    assert story.has("early") == 0
    assert story.case.items[0].item_version == "v2"


def test_a_deletion_may_come_before_the_item() -> None:
    story = Story()
    story.tell(a_deletion(), a_deletion(), a_comment(), a_verdict("c1", Label.COMPLAINT))
    assert story.has("case") == 0
    assert story.organisation.items_deleted == 1


def test_what_came_early_is_forgotten_after_a_day() -> None:
    story = Story()
    story.tell(an_edit())
    story.tell(a_tick(), after=90_000)
    assert story.has("early") == 0


def test_a_person_at_risk_is_a_case_even_when_the_text_is_gone() -> None:
    story = Story()
    story.tell(a_comment(), a_deletion(), a_verdict("c1", Label.SELF_HARM))
    assert story.case.items[0].deleted


def test_a_deleted_item_stays_in_its_case_as_evidence() -> None:
    story = Story()
    story.complain()
    story.tell(a_deletion())
    assert story.case.items[0].deleted
    assert story.case.items[0].text
    assert story.decided("item.changed")[0]["case_id"] == story.case.case_id


def test_an_edit_calls_back_what_was_approved_for_the_old_words() -> None:
    story = Story()
    case = story.complain()
    story.tell(a_claim(case.case_id), a_draft(case.case_id), an_approval(case.case_id))
    story.tell(an_edit())
    reply = story.case.replies[0]
    assert (reply.status, reply.note) == ("returned", "item_edited")
    story.tell(a_tick(), after=60)
    assert story.has("effect") == 0
    story.tell(a_verdict("c1", Label.RUMOUR, version="v2"))
    assert story.case.labels == (Label.COMPLAINT, Label.RUMOUR)


def test_an_item_that_was_nothing_is_judged_again_when_it_changes() -> None:
    story = Story()
    story.tell(a_comment(), a_verdict("c1", Label.PRAISE), a_deletion("never"))
    story.tell(an_edit(author="u1"), a_verdict("c1", Label.COMPLAINT, version="v2"))
    assert story.case.items[0].author.author_id == "u1"
    other = Story()
    other.tell(a_comment(), a_verdict("c1", Label.PRAISE), an_edit())
    other.tell(a_verdict("c1", Label.COMPLAINT, version="v2"))
    assert other.case.degraded == ("origin_unknown",)
    assert other.tell(a_deletion()).lines


def test_a_deletion_of_what_was_nothing_is_told_and_forgotten() -> None:
    story = Story()
    story.tell(a_comment(), a_verdict("c1", Label.PRAISE), a_deletion())
    assert story.has("early") == 0


def test_no_verdict_in_time_is_a_case_and_says_so() -> None:
    story = Story()
    story.tell(a_comment())
    story.tell(a_tick(), after=61)
    assert story.case.degraded == ("unclassified",)
    assert story.decided("case.opened")[0]["at"] == "2026-05-01T01:01:05Z"
    story.tell(a_verdict("c1", Label.COMPLAINT, degraded=("no_lexicon",)))
    assert story.case.labels == (Label.COMPLAINT,)
    assert story.case.degraded == ("no_lexicon",)


def test_a_degraded_verdict_is_counted() -> None:
    story = Story()
    story.tell(a_comment(), a_verdict("c1", Label.PRAISE, degraded=("no_model",)))
    assert story.organisation.items_degraded == 1


def test_only_the_active_model_and_the_one_before_it_count() -> None:
    story = Story()
    story.tell(ModelActivated(model="m1", activated_by="x"))
    assert story.tell(ModelActivated(model="m1", activated_by="y")).lines == []
    story.tell(ModelActivated(model="m2", activated_by="x"))
    story.tell(a_comment(), a_verdict("c1", Label.COMPLAINT, model="m0"))
    assert story.has("case") == 0
    story.tell(a_verdict("c1", Label.COMPLAINT, model="m1"))
    assert story.has("case") == 1


def test_one_persons_messages_are_one_matter() -> None:
    story = Story()
    for name in ("d1", "d2"):
        story.tell(a_comment(name, kind=ItemKind.MESSAGE, post=None))
        story.tell(a_verdict(name, Label.QUESTION, kind="message"))
    assert story.case.item_count == 2


def test_own_posts_are_counted_once() -> None:
    story = Story()
    story.tell(an_own_post(), an_own_post(), an_own_post("p2", "elsewhere"))
    story.tell(an_own_post("p3").model_copy(update={"ours": True}))
    assert story.organisation.own_posts == 2


def test_the_newest_own_posts_are_kept_to_judge_answers_by() -> None:
    story = Story()
    for number in range(KEEP + 2):
        story.tell(an_own_post(f"p{number}"))
    kept = {each.key for each in story.state.under("post")}
    assert len(kept) == KEEP
    assert Post.key_of("weibo-mall", "p1") not in kept
    newest = story.state.get(Post.key_of("weibo-mall", f"p{KEEP + 1}"), Post)
    assert newest is not None
    assert newest.text == "早安"


def test_the_log_is_read_again_from_the_oldest_waiting_item() -> None:
    state = State()
    fold(state, stored(a_comment("a"), a_comment("b"), a_verdict("a", Label.PRAISE)), {})
    assert low_seq(state, 3) == 2
    fold(state, [Stored(seq=4, time=at(9), fact=a_verdict("b", Label.PRAISE))], {})
    assert low_seq(state, 4) == 5


def test_an_edit_delivered_twice_is_one_edit_of_that_item_alone() -> None:
    story = Story()
    story.complain()
    story.tell(a_comment("c2"), a_verdict("c2", Label.COMPLAINT), an_edit(), an_edit())
    assert [item.edits for item in story.case.items] == [1, 0]
    assert story.organisation.items_edited == 1
