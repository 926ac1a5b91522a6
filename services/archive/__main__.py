"""`python -m services.archive`: the archivist as its own process."""

import asyncio

from services.archive.app import run
from services.archive.settings import ArchiveSettings
from shared.observability.logging import configure_logging


def main() -> None:
    settings = ArchiveSettings()
    configure_logging("archive", level=settings.log_level, log_format=settings.log_format)
    asyncio.run(run(settings))


if __name__ == "__main__":
    main()
