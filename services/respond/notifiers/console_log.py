"""A pager for one machine: the page is a line in the log, where whoever runs it sees it."""

from collections.abc import Callable

from services.respond.ports import Notice

Say = Callable[[Notice, str], None]


class ConsoleLogPager:
    """Writes each page once, by its key; a process started anew may write one more time."""

    def __init__(self, say: Say) -> None:
        self._say = say
        self._said: dict[str, None] = {}

    async def page(self, address_ref: str, notice: Notice, *, key: str) -> str:
        """Write the line; the same key is the same page."""
        if key not in self._said:
            self._said[key] = None
            while len(self._said) > KEPT_KEYS:
                del self._said[next(iter(self._said))]
            self._say(notice, address_ref)
        return "written to the log"


KEPT_KEYS = 10_000
