"""What the watchdog waits for while a person must decide or answer."""

from datetime import datetime
from pathlib import Path

import pytest

from services.watchdog.core.duties import GRACE, changes
from services.watchdog.shell.book import Place, PromiseBook
from shared.contracts.verdicts import Label
from tests.fakes.builders import a_resolution, a_tick, at
from tests.fakes.core_story import Story
from tests.fakes.flows import a_hold_decision, a_question, an_information

FAR = at(30 * 86400)


@pytest.fixture
def book(tmp_path: Path) -> PromiseBook:
    return PromiseBook(tmp_path / "promises.sqlite3")


def _waits(book: PromiseBook, story: Story) -> dict[str, datetime]:
    """Let the book read all the story decided, and return what it waits for beside clocks."""
    book.forget()
    book.take(changes(story.lines), Place(incarnation="x", seq=1, digest="d"))
    found, _ = book.overdue(FAR, 100)
    return {each.detail: each.due for each in found if each.detail in {"held", "ask"}}


def test_a_decision_is_waited_for_until_somebody_decides(book: PromiseBook) -> None:
    story = Story()
    case_id = story.complain(Label.RUMOUR).case_id
    held = story.case.flow.hold
    assert held is not None
    assert held.due_at is not None
    assert _waits(book, story) == {"held": held.due_at + GRACE}
    story.tell(a_hold_decision(case_id, "stay_silent"))
    assert _waits(book, story) == {}


def test_a_decision_that_is_late_stands_in_the_log(book: PromiseBook) -> None:
    story = Story()
    story.complain(Label.RUMOUR)
    story.tell(a_tick(), after=3600)
    assert _waits(book, story) == {}


def test_an_answer_is_waited_for_through_its_reminder_until_it_comes(book: PromiseBook) -> None:
    story = Story()
    case_id = story.complain().case_id
    story.tell(a_question(case_id, minutes=60))
    [asked] = story.case.flow.asks
    story.tell(a_tick(), after=1900)
    assert _waits(book, story) == {"ask": asked.due_at + GRACE}
    story.tell(an_information(case_id, asked.ask_id))
    assert _waits(book, story) == {}


def test_a_closed_case_is_waited_for_no_more(book: PromiseBook) -> None:
    story = Story()
    case_id = story.complain().case_id
    story.tell(a_question(case_id, minutes=60), a_resolution(case_id, reason="电话说过了"))
    assert _waits(book, story) == {}
