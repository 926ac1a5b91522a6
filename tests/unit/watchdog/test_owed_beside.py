"""What the watchdog reads of promises that begin after their case, or are owed to nobody any more."""

from datetime import datetime
from pathlib import Path

import pytest

from services.watchdog.core.duties import GRACE, changes
from services.watchdog.shell.book import Place, PromiseBook
from shared.contracts.verdicts import Label
from tests.fakes.builders import a_comment, a_tick, a_verdict, at
from tests.fakes.core_story import Story
from tests.fakes.visited_story import DAY, a_house, answered, owed, visit
from tests.unit.respond_core import test_core_staff as of_staff

FAR = at(30 * DAY)


@pytest.fixture
def book(tmp_path: Path) -> PromiseBook:
    return PromiseBook(tmp_path / "promises.sqlite3")


def clocks(book: PromiseBook, story: Story) -> dict[str, datetime]:
    """Let the book read all the story decided, and return which clocks it waits for."""
    book.forget()
    book.take(changes(story.lines), Place(incarnation="x", seq=1, digest="d"))
    found, _ = book.overdue(FAR, 100)
    return {each.detail: each.due for each in found if each.what == "clock"}


def test_a_return_visit_is_promised_once_the_answer_left(book: PromiseBook) -> None:
    story = a_house()
    answered(story)
    clock = owed(story)
    assert clock is not None
    assert clocks(book, story) == {"return_visit": clock.due_at + GRACE}
    visit(story)
    assert clocks(book, story) == {}


def test_a_late_visit_stands_in_the_log_and_is_waited_for_no_more(book: PromiseBook) -> None:
    story = a_house()
    answered(story)
    story.tell(a_tick(), after=4 * DAY)
    assert clocks(book, story) == {}


def test_who_was_not_satisfied_is_owed_an_answer_and_no_visit_yet(book: PromiseBook) -> None:
    story = a_house()
    answered(story)
    visit(story, "unsatisfied")
    assert set(clocks(book, story)) == {"acknowledge", "first_reply"}


def test_where_nobody_may_be_answered_no_answer_is_waited_for(book: PromiseBook) -> None:
    story = Story(of_staff.PACK)
    story.tell(a_comment(text=of_staff.BROKEN, author="u7"), a_verdict("c1", Label.QUESTION))
    assert set(clocks(book, story)) == {"acknowledge"}
