"""A pager that remembers whom it told, and fails on request."""

from collections import deque

from services.respond.ports import Notice


class FakePager:
    """The same key is the same page, as with a receiver that deduplicates."""

    def __init__(self) -> None:
        self.failures: deque[Exception] = deque()
        self.pages: dict[str, tuple[str, Notice]] = {}
        self.calls = 0

    async def page(self, address_ref: str, notice: Notice, *, key: str) -> str:
        self.calls += 1
        if self.failures:
            raise self.failures.popleft()
        self.pages[key] = (address_ref, notice)
        return "taken"
