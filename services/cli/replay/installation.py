"""A data directory as a recording: its segments and its log as one, or what is sealed alone."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from services.cli.embedded.data_dir import in_use
from services.cli.record import address, record
from services.cli.whole_log import segments_of


@contextmanager
def replayable(path: Path, *, warn: Callable[[str], None]) -> Iterator[Path]:
    """Yield what the engine reads: the file itself, or for a data directory all it holds.

    Raises UserError.
    """
    segments = segments_of(path)
    running = path.is_dir() and in_use(path)
    if not running and not segments.directory.is_dir():
        yield path
    elif not running:
        warn(f"nothing runs in {path}: replaying what is sealed there, not the newest facts")
        yield segments.directory
    else:
        with tempfile.TemporaryDirectory(prefix="zhishou-replay-") as scratch:
            file = Path(scratch) / "whole.jsonl"
            record(file, address(None, path, None), segments=segments)
            yield file
