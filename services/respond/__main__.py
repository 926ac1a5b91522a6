"""`python -m services.respond`: the console and a candidate for leadership as one process."""

import asyncio

from services.respond.app import run
from services.respond.settings import RespondSettings
from shared.observability.logging import configure_logging


def main() -> None:
    settings = RespondSettings()
    configure_logging("respond", level=settings.log_level, log_format=settings.log_format)
    asyncio.run(run(settings))


if __name__ == "__main__":
    main()
