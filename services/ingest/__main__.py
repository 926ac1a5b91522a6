"""Run the ingest service: `python -m services.ingest`."""

import asyncio
import sys

from services.ingest.app import serve
from services.ingest.settings import IngestSettings
from shared.errors import UserError


def main() -> int:
    """Run until stopped; a user's mistake is one line and exit code 2."""
    try:
        asyncio.run(serve(IngestSettings()))
    except UserError as error:
        sys.stderr.write(f"{error.line()}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
