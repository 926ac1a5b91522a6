"""Waiting before the next try is a value."""

from shared.errors import TransientError
from shared.runtime.retry import Backoff


def test_it_doubles_up_to_its_limit_and_starts_anew_after_a_success() -> None:
    backoff = Backoff(first_seconds=0.5, most_seconds=3.0)
    pauses = []
    for _ in range(5):
        pauses.append(backoff.pause_seconds())
        backoff = backoff.failed()
    assert pauses == [0.0, 0.5, 1.0, 2.0, 3.0]
    assert backoff.succeeded().pause_seconds() == 0.0


def test_the_other_sides_own_word_goes_first() -> None:
    error = TransientError("busy", retry_after_seconds=42.0)
    assert Backoff().pause_seconds(error) == 42.0
    assert Backoff().failed().pause_seconds(TransientError("busy")) == 0.1
