"""Where reading stands: a log that grows while it is asked about has lost nothing."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

from services.ingest.shell.cursors import CursorBook
from services.ingest.shell.intake import Intake
from services.ingest.shell.spool import Spool
from shared.bus.memory_bus import MemoryBus
from shared.observability.metrics import Metrics
from tests.fakes.builders import a_comment
from tests.fakes.clock import FakeClock


class Meanwhile(MemoryBus):
    """A log to which something is added just as its end, or a record, has been looked up."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__(clock)
        self.after_reading: Callable[[], Awaitable[object]] | None = None

    async def get_value(self, key: str) -> tuple[bytes, int] | None:
        found = await super().get_value(key)
        if self.after_reading is not None:
            happens, self.after_reading = self.after_reading, None
            await happens()
        return found


async def test_a_push_that_comes_while_the_cursor_is_read_is_no_lost_tail(tmp_path: Path) -> None:
    clock = FakeClock()
    bus = Meanwhile(clock)
    spool = Spool.open(tmp_path)
    intake = Intake(bus, spool, clock, Metrics(), oldest=timedelta(days=3650))
    book = CursorBook(bus, intake, "mall")
    await intake.accept([a_comment("c1")])
    assert await book.current() is None
    await book.move("here")
    book.distrust()

    async def push() -> None:
        await intake.accept([a_comment("c2")])

    bus.after_reading = push
    assert await book.current() == "here"
    assert intake.newest_seq == 2
    spool.close()
