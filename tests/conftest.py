"""Settings of the whole suite: how hard the property tests try, and logs left as they were."""

import logging
from collections.abc import Iterator

import pytest
import structlog
from hypothesis import settings

settings.register_profile("usual", deadline=None)
settings.register_profile("nightly", deadline=None, max_examples=1_000)
settings.load_profile("usual")


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    """A command run inside the test process sets up its own logging; the next test has none."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()
