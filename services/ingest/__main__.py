"""Run the ingest service: `python -m services.ingest`."""

import sys

from services.ingest.app import serve
from services.ingest.settings import IngestSettings
from shared.runtime.entry import run_service


def main() -> int:
    """Run until stopped; return the exit code."""
    return run_service("ingest", IngestSettings, serve)


if __name__ == "__main__":
    sys.exit(main())
