"""The knowledge base in the fold: two people, a source, a time, and a search that cites."""

from datetime import timedelta

import pytest

from services.respond.core.aggregates import Case, Entry, Shelf
from services.respond.core.knowledge import (
    BOOKS_MOST,
    EXPIRED_KEPT,
    PROPOSED_MOST,
    Book,
    content_of_entry,
)
from services.respond.core.state import Changes
from shared.contracts.guidance import EntryExpired
from shared.contracts.ids import token
from shared.contracts.operators import CaseReopened
from shared.contracts.org import Role
from shared.contracts.verdicts import Label
from shared.policy.model import Pack, Taboo
from shared.runtime.packs import read_pack
from shared.runtime.settings import default_policies_dir
from tests.fakes.builders import (
    START,
    a_comment,
    a_draft,
    a_person,
    a_resolution,
    a_tick,
    a_verdict,
    an_approval,
    an_end,
    at,
)
from tests.fakes.core_story import Story
from tests.fakes.guidance import a_ban, an_accepted, an_entry

PACK = read_pack(default_policies_dir(), "company")


def house(pack: Pack = PACK) -> Story:
    story = Story(pack)
    story.tell(a_person("wang"), a_person("zhao", Role.OPERATOR))
    return story


def shelved(story: Story, **more: object) -> Entry:
    entry = an_entry(**more)  # type: ignore[arg-type]
    story.tell(entry, an_accepted(entry, content_of_entry(entry)))
    return known(story, entry.entry_id)


def known(story: Story, entry_id: str) -> Entry:
    found = story.state.get(f"entry:{entry_id}", Entry)
    assert found is not None
    return found


def shelf(story: Story) -> Shelf:
    return story.state.get(Shelf.KEY, Shelf) or Shelf()


def asks(story: Story, text: str, *labels: Label, name: str = "q1") -> Case:
    story.tell(a_comment(name, text, author=name), a_verdict(name, *(labels or (Label.QUESTION,))))
    return story.shown(case_of(story, name))


def case_of(story: Story, name: str) -> Case:
    return next(
        each
        for each in story.state.under("case")
        if isinstance(each, Case) and each.items[0].native_id == name
    )


def test_an_approved_answer_stands_first_and_cites_its_entry() -> None:
    story = house()
    assert shelved(story).approved_by == "wang"
    case = asks(story, "请问停车费多少钱一小时")
    first = case.suggestions[0]
    assert (first.source, first.cites) == ("knowledge", "parking")
    assert "停车前两小时免费" in first.text
    assert [each.source for each in case.suggestions[1:]] == ["wording", "wording"]


def test_what_is_about_something_else_finds_nothing() -> None:
    story = house()
    shelved(story)
    for number, text in enumerate(["停车场好大", "一小时到不了", "电梯坏了"]):
        case = asks(story, text, name=f"x{number}")
        assert {each.source for each in case.suggestions} == {"wording"}


def test_an_answer_too_long_for_its_frame_is_offered_alone() -> None:
    story = house()
    shelved(story, answer="停车前两小时免费。" * 15)
    assert asks(story, "停车费怎么收多少钱").suggestions[0].text == "停车前两小时免费。" * 15
    shelved(story, op="op-long", answer="停车前两小时免费。" * 16)
    assert story.outcome("op-long-ok").code == "gate_failed"


def test_an_entry_for_other_labels_or_channels_is_not_offered() -> None:
    story = house()
    shelved(story, labels=(Label.COMPLAINT,))
    assert asks(story, "停车费怎么收多少钱").suggestions[0].source == "wording"
    shelved(story, op="op-2", channels=("wechat",))
    assert asks(story, "停车费怎么收多少钱", name="q2").suggestions[0].source == "wording"


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"answer": " "}, "bad_text"),
        ({"question": "长" * 501}, "bad_text"),
        ({"source": ""}, "needs_source"),
        ({"valid_until": START}, "bad_time"),
    ],
)
def test_an_entry_that_cannot_stand_is_refused(more: dict[str, object], code: str) -> None:
    story = house()
    story.tell(an_entry(**more))  # type: ignore[arg-type]
    assert story.outcome("op-entry").code == code


def test_only_a_second_person_approves_and_only_these_words() -> None:
    story = house()
    entry = an_entry()
    story.tell(entry)
    for op, person, content, code in (
        ("a", "li", content_of_entry(entry), "two_person"),
        ("b", "wang", "other", "not_found"),
        ("c", "zhao", content_of_entry(entry), "not_allowed"),
    ):
        asked = an_accepted(entry, content, person=person).model_copy(update={"op_id": op})
        story.tell(asked)
        assert story.outcome(op).code == code
    assert shelf(story).books == ()
    assert shelf(story).proposed == ("parking",)


def test_an_answer_the_gate_would_stop_is_not_put_on_the_shelf() -> None:
    taboo = Taboo(category="t", level="block", reason="推脱", phrases=("免费",))
    story = house(Pack(name="company", taboos=(taboo,)))
    shelved(story)
    assert story.outcome("op-entry-ok").code == "gate_failed"


def test_a_better_wording_replaces_the_one_before_once_it_is_approved() -> None:
    story = house()
    shelved(story)
    better = an_entry("op-better", answer="停车前三小时免费。")
    story.tell(better)
    assert "两小时" in shelf(story).books[0].answer
    story.tell(an_accepted(better, content_of_entry(better)))
    assert [each.answer for each in shelf(story).books] == ["停车前三小时免费。"]
    assert known(story, "parking").newest.written.op_id == "op-better"


def test_an_entry_ends_at_its_time_or_by_a_person_with_a_reason() -> None:
    story = house()
    shelved(story, valid_until=START + timedelta(hours=1))
    story.tell(a_tick(), after=3600)
    assert shelf(story).books == ()
    assert known(story, "parking").expired_reason == "expired"
    shelved(story, op="op-again")
    for op, entry_id, reason, code in (
        ("x", "parking", " ", "needs_reason"),
        ("y", "nothing", "r", "not_found"),
        ("z", "parking", "改价了", "ok"),
        ("w", "parking", "改价了", "not_found"),
    ):
        story.tell(EntryExpired(op_id=op, person_id="li", entry_id=entry_id, reason=reason))
        assert story.outcome(op).code == code
    assert known(story, "parking").expired_by == "li"


def test_what_is_over_before_it_is_approved_is_not_approved() -> None:
    story = house()
    entry = an_entry(valid_until=START + timedelta(hours=1))
    story.tell(entry)
    story.tell(an_accepted(entry, content_of_entry(entry)), after=4000)
    assert story.outcome("op-entry-ok").code == "bad_time"


def test_proposals_and_expired_entries_are_bounded() -> None:
    story = house()
    for number in range(PROPOSED_MOST + 1):
        story.tell(an_entry(f"op{number}", entry_id=f"e{number}"), after=0.01)
    assert story.outcome(f"op{PROPOSED_MOST}").code == "too_many"
    for number in range(EXPIRED_KEPT + 1):
        gone = EntryExpired(op_id=f"x{number}", person_id="li", entry_id=f"e{number}", reason="r")
        story.tell(gone, after=0.01)
    assert len(shelf(story).expired) == EXPIRED_KEPT
    assert story.state.get("entry:e0", Entry) is None


def closed(text: str, answer: str) -> Story:
    story = house()
    case = asks(story, text)
    story.tell(a_draft(case.case_id, answer), an_approval(case.case_id))
    story.tell(a_tick(), after=16)
    story.tell(an_end(story.effect.effect_id))
    story.tell(a_resolution(case.case_id))
    return story


def test_a_closed_case_offers_its_answer_under_its_matter_without_anybody_s_words() -> None:
    answer = "您好，停车费每小时五元。"
    story = closed("停车费怎么收，我叫小李", answer)
    entry = known(story, token("entry", "停车费", answer))
    said = entry.newest.written
    assert (said.matter, said.question, said.answer) == ("停车费", "停车费", answer)
    assert (said.source, entry.case_id) == ("#1", story.case.case_id)
    assert "小李" not in entry.model_dump_json()


def test_what_a_closed_case_offered_is_offered_on_cases_opened_before_until_it_ends() -> None:
    answer = "您好，停车费每小时五元。"
    story = closed("停车费怎么收", answer)
    waiting = asks(story, "停车费多少钱一小时", name="q2")
    assert "knowledge" not in {each.source for each in waiting.suggestions}
    entry = known(story, token("entry", "停车费", answer))
    until = at(story.seconds) + timedelta(hours=1)
    curated = an_entry("op-curated", entry_id=entry.entry_id, answer=answer, valid_until=until)
    story.tell(curated, an_accepted(curated, content_of_entry(curated)))
    first = story.shown(case_of(story, "q2")).suggestions[0]
    assert (first.source, first.cites) == ("knowledge", entry.entry_id)
    story.tell(a_tick(), after=3700)
    later = story.shown(case_of(story, "q2"))
    assert "knowledge" not in {each.source for each in later.suggestions}


def test_a_case_whose_matter_nobody_knows_or_that_offered_it_before_offers_nothing() -> None:
    assert shelf(closed("在吗在吗", "您好，请说。")).proposed == ()
    story = house()
    case = asks(story, "停车费怎么收")
    story.tell(a_resolution(case.case_id, reason="电话说过了"))
    assert shelf(story).proposed == ()
    story = closed("停车费怎么收", "您好，停车费每小时五元。")
    again = CaseReopened(op_id="again", person_id="li", case_id=story.case.case_id, reason="r")
    story.tell(again, a_resolution(story.case.case_id, reason="说过了", op="op-second"))
    assert len(shelf(story).proposed) == 1


def test_a_shelf_holds_no_more_than_it_can() -> None:
    story = house()
    full = Shelf(
        books=tuple(
            Book(entry_id=f"e{number}", matter="甲乙", asked="甲乙", answer="丙")
            for number in range(BOOKS_MOST)
        )
    )
    story.state.apply(Changes({full.key: full}), START)
    shelved(story)
    assert story.outcome("op-entry-ok").code == "too_many"


def test_an_answer_that_is_banned_today_is_not_offered_and_an_empty_shelf_finds_nothing() -> None:
    story = house()
    shelved(story)
    story.tell(a_ban("免费"))
    assert asks(story, "停车费怎么收多少钱").suggestions[0].source == "wording"
    story.tell(EntryExpired(op_id="out", person_id="li", entry_id="parking", reason="r"))
    assert asks(story, "停车费怎么收多少钱", name="q2").suggestions[0].source == "wording"
