"""Claims: opened and judged by people, recognised in what comes later, never judged by us."""

from services.respond.core.aggregates import Case, Claim
from services.respond.core.claim import REMEMBERED
from shared.contracts.facts import Fact
from shared.contracts.operators import ClaimJudged, ClaimOpened
from shared.contracts.verdicts import Label
from tests.fakes.builders import a_comment, a_tick
from tests.fakes.core_story import Story
from tests.unit.respond_core.test_core_clusters import SIGNATURE, TEXT, a_signed, flood

NEAR = (*range(12), 90, 91, 92, 93)


def opening(story: Story, op: str = "o" * 8, matter: str = "网传蛋糕发霉") -> Fact:
    return ClaimOpened(op_id=op, person_id="li", case_id=story.case.case_id, matter=matter)


def judging(story: Story, op: str, evidence: str = "门店已自查，附照片") -> Fact:
    case_id = story.case.case_id
    return ClaimJudged(
        op_id=op, person_id="li", case_id=case_id, status="checking", evidence=evidence
    )


def claims(story: Story) -> list[Claim]:
    return [each for each in story.state.under("claim") if isinstance(each, Claim)]


def say(story: Story, name: str, values: tuple[int, ...] = SIGNATURE, text: str = TEXT) -> None:
    for fact in a_signed(a_comment(name, text, author=name), Label.RUMOUR, signature=values):
        story.tell(fact)


def test_what_says_the_same_is_linked_also_when_its_cluster_is_long_forgotten() -> None:
    story = Story()
    flood(story, 2, label=Label.RUMOUR)
    story.tell(opening(story))
    [claim] = claims(story)
    assert (claim.items, claim.status) == (1, "unverified")
    assert {each.claim_id for each in story.state.under("case")} == {claim.claim_id}  # type: ignore[attr-defined]
    say(story, "again")
    assert story.case.claim_id == claim.claim_id
    story.tell(a_tick(), after=2 * 86_400)
    assert story.has("cluster") == 0
    say(story, "later", NEAR, TEXT + "吧")
    assert story.case.claim_id == claim.claim_id
    assert [each["claim_id"] for each in story.decided("claim.linked")] == [claim.claim_id] * 2
    say(story, "other", tuple(range(50, 66)), "明天全市停水三天快去囤水")
    assert story.case.claim_id == ""


def test_a_case_keeps_the_claim_it_was_about_first() -> None:
    story = Story()
    say(story, "c1")
    first = story.case.case_id
    story.tell(opening(story))
    [claim] = claims(story)
    other = "明天全市停水三天快去囤水", tuple(range(50, 66))
    item = a_comment("c2", other[0], author="c1")
    for fact in a_signed(item, Label.RUMOUR, signature=other[1]):
        story.tell(fact)
    say(story, "c3", other[1], other[0])
    story.tell(opening(story, "p" * 8, "网传停水"))
    kept = story.state.get(f"case:{first}", Case)
    assert kept is not None
    assert kept.claim_id == claim.claim_id
    assert story.case.claim_id not in {"", claim.claim_id}


def test_only_a_person_says_what_is_known_and_only_with_evidence() -> None:
    story = Story()
    say(story, "c1")
    story.tell(judging(story, "1" * 8))
    assert story.outcome("1" * 8).code == "not_found"
    story.tell(opening(story), opening(story, "2" * 8))
    assert story.outcome("2" * 8).code == "has_claim"
    story.tell(judging(story, "3" * 8, " "), judging(story, "4" * 8))
    assert [story.outcome(op * 8).code for op in "34"] == ["bad_text", "ok"]
    [claim] = claims(story)
    assert (claim.status, claim.evidence[0].text) == ("checking", "门店已自查，附照片")
    assert [each["status"] for each in story.decided("claim.recorded")] == [
        "unverified",
        "checking",
    ]


def test_a_claim_from_a_text_too_short_to_recognise_stays_with_its_case() -> None:
    story = Story()
    say(story, "c1", text="假货")
    story.tell(opening(story, "1" * 8, " "), opening(story))
    assert story.outcome("1" * 8).code == "bad_text"
    [claim] = claims(story)
    assert claim.variants == ()
    assert story.case.claim_id == claim.claim_id


def test_a_claim_nobody_spoke_of_for_a_year_is_forgotten() -> None:
    story = Story()
    say(story, "c1")
    story.tell(opening(story))
    assert story.has("variant") == 5
    story.tell(a_tick(), after=REMEMBERED.total_seconds() + 1)
    assert (story.has("claim"), story.has("variant")) == (0, 0)
    say(story, "c2")
    assert story.case.claim_id == ""
