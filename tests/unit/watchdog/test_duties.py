"""What the watchdog reads out of decision lines, told by the fold itself."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from services.watchdog.core.duties import (
    GRACE,
    PAGE_DELIVERY,
    Made,
    Promise,
    Settled,
    What,
    changes,
)
from services.watchdog.shell.book import Place, PromiseBook
from shared.contracts.operators import CaseReopened, CaseResolved
from shared.contracts.system import EffectFinished, EffectStatus
from shared.policy.model import ClockRule, Pack
from tests.fakes.builders import (
    a_claim,
    a_comment,
    a_draft,
    a_start,
    a_tick,
    an_approval,
    an_end,
    at,
)
from tests.fakes.core_story import Story
from tests.fakes.wordless import nothing_to_read

QUICK = Pack(name="company", clocks=(ClockRule(acknowledge_minutes=5, first_reply_minutes=30),))
FAR = at(10 * 86_400)


@pytest.fixture
def book(tmp_path: Path) -> PromiseBook:
    return PromiseBook(tmp_path / "promises.sqlite3")


def told(book: PromiseBook, story: Story) -> dict[str, datetime]:
    """Let the book read all the story decided, and return what stands."""
    book.forget()
    book.take(changes(story.lines), Place(incarnation="x", seq=1, digest="d"))
    found, _ = book.overdue(FAR, 100)
    return {f"{each.what}:{each.detail}": each.due for each in found}


def test_an_opened_case_promises_both_clocks(book: PromiseBook) -> None:
    story = Story(QUICK)
    case = story.complain()
    assert told(book, story) == {
        f"clock:{clock.clock}": clock.due_at + GRACE for clock in case.clocks
    }


def test_a_case_of_things_without_a_word_owes_nobody_an_answer(book: PromiseBook) -> None:
    story = Story(QUICK)
    story.tell(a_comment("p1", ""), nothing_to_read("p1"))
    assert story.decided("case.opened")
    assert told(book, story) == {}


def test_a_promise_in_public_is_watched_until_it_is_broken_or_settled(book: PromiseBook) -> None:
    story = Story(QUICK)
    case_id = story.complain().case_id
    words = "两小时内答复您"
    approval = an_approval(case_id).model_copy(update={"promises": (words,)})
    story.tell(a_draft(case_id, f"您好，{words}。"), approval)
    story.tell(a_tick(), after=16)
    story.tell(an_end(story.effect.effect_id))
    [clock] = story.case.promises
    assert told(book, story) == {"clock:promise": clock.due_at + GRACE}
    story.tell(a_tick(), after=3600 * 1.75)
    assert "clock:promise" in told(book, story), "a reminder settles nothing"
    story.tell(a_tick(), after=3600)
    assert "clock:promise" not in told(book, story)


def test_a_breach_in_the_log_keeps_that_promise_and_its_page_is_owed(book: PromiseBook) -> None:
    story = Story(QUICK)
    due = story.complain().clocks[0].due_at
    story.tell(a_tick(), after=6 * 60)
    promises = told(book, story)
    assert "clock:acknowledge" not in promises
    assert promises["page:"] == due + PAGE_DELIVERY


def test_a_page_that_failed_is_due_at_once_and_one_that_arrived_is_kept(book: PromiseBook) -> None:
    story = Story(QUICK)
    story.complain()
    story.tell(a_tick(), after=6 * 60)
    page = story.effect
    ends: tuple[tuple[EffectStatus, bool], ...] = (("refused", True), ("done", False))
    for status, owed in ends:
        ended = EffectFinished(effect_id=page.effect_id, attempt=1, term=1, status=status)
        trial = Story(QUICK)
        trial.complain()
        trial.tell(a_tick(), after=6 * 60)
        trial.tell(ended)
        assert ("page:" in told(book, trial)) is owed
        if owed:
            assert told(book, trial)["page:"] == at(trial.seconds)


def test_an_approved_reply_is_owed_until_it_ends_and_then_so_are_no_clocks(
    book: PromiseBook,
) -> None:
    story = Story(QUICK)
    case_id = story.complain().case_id
    story.tell(a_claim(case_id), a_draft(case_id), an_approval(case_id))
    story.tell(a_tick(), after=16)
    effect = story.effect
    assert effect.not_after is not None
    latest = effect.not_after + GRACE
    assert told(book, story)["reply:"] == latest
    story.tell(a_start(effect.effect_id))
    assert told(book, story)["reply:"] == latest, "an attempt keeps no promise"
    story.tell(an_end(effect.effect_id))
    assert told(book, story) == {}


def test_with_nobody_on_duty_the_watchdog_is_the_one_who_tells(book: PromiseBook) -> None:
    story = Story(QUICK, duty=())
    due = story.complain().clocks[0].due_at
    story.tell(a_tick(), after=6 * 60)
    assert told(book, story)["duty:"] == due + GRACE


def test_a_resolved_case_owes_nothing_and_one_opened_again_does(book: PromiseBook) -> None:
    story = Story(QUICK)
    case_id = story.complain().case_id
    gone = CaseResolved(
        op_id="a" * 12, person_id="li", case_id=case_id, without_reply=True, reason="spam"
    )
    story.tell(gone)
    assert told(book, story) == {}
    story.tell(CaseReopened(op_id="b" * 12, person_id="li", case_id=case_id, reason="again"))
    assert told(book, story) == {
        f"clock:{clock.clock}": clock.due_at + GRACE for clock in story.case.clocks
    }


def test_a_promise_keeps_its_first_time(book: PromiseBook) -> None:
    story = Story(QUICK)
    story.complain()
    first = told(book, story)
    book.take(changes(story.lines[-3:]), Place(incarnation="x", seq=2, digest="e"))
    found, count = book.overdue(FAR, 100)
    assert count == len(found) == len(first)


def test_a_line_of_another_version_is_an_error_that_says_so() -> None:
    with pytest.raises(KeyError):
        list(changes(['{"kind":"case.opened"}']))
    with pytest.raises(ValueError, match="expected"):
        list(changes(["no json"]))
    assert list(changes(['{"kind":"model.switched"}'])) == []


def test_what_was_told_survives_a_restart(tmp_path: Path) -> None:
    first = PromiseBook(tmp_path / "b" / "promises.sqlite3")
    place = Place(incarnation="x", seq=7, digest="d")
    story = Story(QUICK)
    story.complain()
    first.take(changes(story.lines), place)
    first.close()
    second = PromiseBook(tmp_path / "b" / "promises.sqlite3")
    assert second.place == place
    assert second.open_promises() == 2
    assert second.overdue(at(0) + timedelta(days=9), 1)[1] == 2


def test_a_case_that_ends_ends_nothing_of_another(book: PromiseBook) -> None:
    mine, longer, other = (f"clock:{case_id}:promise" for case_id in ("c1", "c10", "c2"))
    cases = {mine: "c1", "held:c1": "c1", longer: "c10", other: "c2", "effect:1": "c1"}
    what: dict[str, What] = {"effect:1": "page"}
    made = [Made(Promise(key, at(0), what.get(key, "clock"), case)) for key, case in cases.items()]
    made.append(Made(Promise("effect:2", at(0), "reply", "c1")))
    ended = Settled("c1", ("clock", "held"))
    book.take([*made, ended], Place(incarnation="x", seq=1, digest="d"))
    assert {each.key for each in book.overdue(FAR, 9)[0]} == {longer, other, "effect:2"}
