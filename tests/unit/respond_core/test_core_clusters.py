"""Near-identical items: found as they come, served by one decision, forgotten after a day."""

import json
from collections.abc import Sequence
from datetime import timedelta

from services.respond.core.aggregates import Cluster
from services.respond.core.cluster import micros
from services.respond.core.state import State
from services.respond.core.work import Work
from shared.contracts.facts import Fact
from shared.contracts.ids import token
from shared.contracts.items import ItemReceived
from shared.contracts.operators import CaseClaimed, CaseResolved, LabelsCorrected
from shared.contracts.verdicts import Label, Verdict
from tests.fakes.builders import START, a_comment, a_tick, classified
from tests.fakes.core_story import Story
from tests.fakes.flows import a_hold_decision

TEXT = "你们二楼的蛋糕发霉了还在卖,大家都别去了"
SIGNATURE = tuple(range(16))


def a_signed(
    item: ItemReceived, *labels: Label, signature: Sequence[int] = SIGNATURE
) -> tuple[Fact, Fact]:
    verdict = Verdict.of(dict.fromkeys(labels, 0.9), decided=labels, model="m1")
    signed = verdict._replace(
        exact=token("text", item.text),
        signature="".join(f"{value:08x}" for value in signature),
    )
    return item, classified(item.item_id, item.item_version, signed)


def flood(story: Story, count: int, *, label: Label = Label.COMPLAINT, text: str = TEXT) -> None:
    """Let so many people write the same, one every two seconds."""
    for number in range(count):
        item = a_comment(f"f{number}", text, author=f"flood{number}", followers=100)
        for fact in a_signed(item, label):
            story.tell(fact)


def clusters(story: Story) -> list[Cluster]:
    return [each for each in story.state.under("cluster") if isinstance(each, Cluster)]


def test_the_same_words_from_many_are_one_cluster_and_its_cases_know_it() -> None:
    story = Story()
    flood(story, 3)
    [cluster] = clusters(story)
    assert (cluster.count, cluster.reach, len(cluster.cases)) == (3, 300, 3)
    assert [each["kind"] for each in story.decided("cluster.formed")] == ["cluster.formed"]
    assert story.case.cluster_id == cluster.cluster_id
    assert ("spread", 3) in {(part.kind, part.points) for part in story.case.weight}


def test_who_repeats_it_in_the_same_thread_stays_one_case() -> None:
    story = Story()
    for name in ("r1", "r2"):
        for fact in a_signed(a_comment(name, TEXT), Label.COMPLAINT):
            story.tell(fact)
    [cluster] = clusters(story)
    assert (cluster.count, len(cluster.cases), story.has("case")) == (2, 1, 1)


def test_nearly_the_same_words_join_and_others_found_their_own() -> None:
    story = Story()
    near = (*range(12), 90, 91, 92, 93)
    far = (0, 1, 2, 3, *range(50, 62))
    for number, values in enumerate((SIGNATURE, near, far)):
        item = a_comment(f"n{number}", f"{TEXT}第{number}个", author=f"n{number}")
        for fact in a_signed(item, Label.COMPLAINT, signature=values):
            story.tell(fact)
    assert sorted(each.count for each in clusters(story)) == [1, 2]


def test_words_that_everybody_uses_make_no_cluster() -> None:
    story = Story()
    flood(story, 2, text="退钱!")
    assert clusters(story) == []
    assert story.case.cluster_id == ""


def test_many_people_within_minutes_look_coordinated_once() -> None:
    story = Story()
    flood(story, 7)
    [told] = story.decided("cluster.coordinated")
    assert (told["authors"], told["count"]) == (5, 5)
    assert "coordinated" in {part.kind for part in story.case.weight}


def test_the_same_words_again_and_again_from_few_are_not_arranged() -> None:
    story = Story()
    for number in range(6):
        item = a_comment(f"w{number}", TEXT, author=f"w{number % 2}")
        for fact in a_signed(item, Label.COMPLAINT):
            story.tell(fact)
    assert [each.count for each in clusters(story)] == [6]
    assert story.decided("cluster.coordinated") == []


def test_harm_that_is_no_case_is_watched_for_copies_too() -> None:
    story = Story()
    flood(story, 2, label=Label.SPAM)
    [cluster] = clusters(story)
    assert (cluster.count, cluster.cases) == (2, ())
    assert story.has("case") == 0


def test_one_decision_serves_all_that_are_alike_and_leaves_what_it_may_not_touch() -> None:
    story = Story()
    flood(story, 4)
    cases = [str(each) for each in clusters(story)[0].cases]
    other = CaseClaimed(op_id="o" * 8, person_id="li", case_id=cases[3])
    closed = CaseResolved(
        op_id="q" * 8, person_id="li", case_id=cases[3], without_reply=True, reason="已解决"
    )
    story.tell(other, closed)
    story.tell(CaseClaimed(op_id="a" * 8, person_id="li", case_id=cases[0], alike=True))
    owners = [story.state.get(f"case:{each}", type(story.case)) for each in cases]
    assert [each.status for each in owners if each] == ["claimed"] * 3 + ["resolved"]
    first = owners[0]
    assert first is not None
    item = first.items[0]
    story.tell(
        LabelsCorrected(
            op_id="b" * 8,
            person_id="li",
            case_id=cases[0],
            item_id=item.item_id,
            item_version=item.item_version,
            labels=(Label.FRAUD,),
            alike=True,
        )
    )
    again = [story.state.get(f"case:{each}", type(story.case)) for each in cases]
    assert [each.labels for each in again if each] == [(Label.FRAUD,)] * 3 + [(Label.COMPLAINT,)]
    learnt = story.decided("item.corrected")
    assert [each["case_id"] for each in learnt] == cases[:3]
    own = [each.items[-1].item_id for each in again if each]
    assert [each["item_id"] for each in learnt] == own[:3], "each case's own item is a row"
    done = CaseResolved(
        op_id="c" * 8, person_id="li", case_id=cases[0], alike=True, without_reply=True
    )
    story.tell(done)
    assert story.outcome("c" * 8).code == "needs_reason"
    story.tell(done.model_copy(update={"op_id": "d" * 8, "reason": "统一发布说明"}))
    gone = [story.state.get(f"case:{each}", type(story.case)) for each in cases]
    assert {each.status for each in gone if each} == {"resolved"}


def test_one_decision_on_a_rumour_serves_all_that_say_the_same() -> None:
    story = Story()
    flood(story, 3, label=Label.RUMOUR)
    story.tell(a_hold_decision(story.case.case_id, "stay_silent", alike=True))
    cases = [each for each in story.state.under("case") if isinstance(each, type(story.case))]
    assert [each.flow.hold.status for each in cases if each.flow.hold] == ["silent"] * 3


def test_alike_is_nothing_where_nothing_is_alike() -> None:
    story = Story()
    case_id = story.complain().case_id
    story.tell(CaseClaimed(op_id="a" * 8, person_id="li", case_id=case_id, alike=True))
    assert story.outcome("a" * 8).accepted


def test_a_case_whose_item_left_the_cluster_is_not_corrected_with_it() -> None:
    story = Story()
    flood(story, 2)
    [cluster] = clusters(story)
    first, second = cluster.cases
    kept = story.state.get(f"case:{first}", type(story.case))
    assert kept is not None
    item = kept.items[0]
    story.state._aggregates[cluster.key] = cluster.model_copy(update={"items": (item.item_id,)})
    story.tell(
        LabelsCorrected(
            op_id="b" * 8,
            person_id="li",
            case_id=first,
            item_id=item.item_id,
            item_version=item.item_version,
            labels=(Label.OTHER,),
            alike=True,
        )
    )
    left = story.state.get(f"case:{second}", type(story.case))
    assert left is not None
    assert left.labels == (Label.COMPLAINT,)


def test_a_day_after_its_newest_item_a_cluster_is_forgotten_with_all_that_led_to_it() -> None:
    story = Story()
    flood(story, 2)
    [cluster] = clusters(story)
    assert len(cluster.landmarks) == 5
    assert all(story.state.places.at(each) for each in cluster.landmarks)
    story.tell(a_tick(), after=23 * 3600)
    assert story.has("cluster") == 1
    story.tell(a_tick(), after=2 * 3600)
    assert story.has("cluster") == 0
    assert not any(story.state.places.at(each) for each in cluster.landmarks)


def test_a_place_that_two_clusters_share_leads_to_the_newer_for_as_long_as_it_stands() -> None:
    story = Story()
    item = a_comment("x0", TEXT, author="x0")
    for fact in a_signed(item, Label.COMPLAINT):
        story.tell(fact)
    far = (0, 1, 2, 3, *range(50, 62))
    late = a_comment("x1", TEXT + "真的", author="x1")
    for place, fact in enumerate(a_signed(late, Label.COMPLAINT, signature=far)):
        story.tell(fact, after=3600 if place == 0 else 1)
    older, newer = clusters(story)
    [shared] = set(older.landmarks) & set(newer.landmarks)
    assert [each.key for each in story.state.places.at(shared)] == [older.key, newer.key]
    work = Work(story.state, story.packs, START)
    assert work.find(shared, Cluster) == newer
    work.drop(newer.key)
    assert work.find(shared, Cluster) == older
    work.drop(older.key)
    assert work.find(shared, Cluster) is None
    newest = Cluster.model_validate({**dict(newer), "cluster_id": "newest"})
    work.put(newest)
    assert work.find(shared, Cluster) == newest
    story.tell(a_tick(), after=23.5 * 3600)
    assert [each.key for each in story.state.places.at(shared)] == [newer.key]
    story.tell(a_tick(), after=3600)
    assert story.state.places.at(shared) == ()


def test_a_state_that_was_restored_leads_to_the_same_clusters() -> None:
    story = Story()
    for number, values in enumerate((SIGNATURE, (0, 1, 2, 3, *range(50, 62)))):
        item = a_comment(f"x{number}", f"{TEXT}{number}", author=f"x{number}")
        for fact in a_signed(item, Label.COMPLAINT, signature=values):
            story.tell(fact)
    held = [each for kind in ("cluster", "case") for each in story.state.under(kind)]
    places = {place for each in held for place in each.landmarks}
    restored = State().restore(iter(reversed(held)), b"", story.state.now)
    assert len(places) == 11, "two threads; two whole texts; seven bands, for one is shared"
    for place in places:
        assert restored.places.at(place) == story.state.places.at(place)


def test_a_cluster_of_very_many_stays_small() -> None:
    story = Story()
    flood(story, 230)
    [cluster] = clusters(story)
    assert cluster.count == 230
    assert {len(cluster.recent_at), len(cluster.recent_by)} == {200}
    assert {len(cluster.items), len(cluster.cases)} == {200}


def test_a_cluster_that_was_stored_with_times_spelt_out_is_read_as_it_was() -> None:
    story = Story()
    flood(story, 3)
    [cluster] = clusters(story)
    came = [*cluster.recent_at]
    older = json.loads(cluster.model_dump_json(exclude={"recent_at", "recent_by"}))
    times = [(START + timedelta(microseconds=each - micros(START))).isoformat() for each in came]
    older["recent"] = [*zip(times, cluster.recent_by, strict=True)]
    assert Cluster.model_validate_json(json.dumps(older)) == cluster
    assert Cluster.model_validate_json(cluster.model_dump_json()) == cluster
