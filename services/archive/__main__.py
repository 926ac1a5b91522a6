"""Run the archive service: `python -m services.archive`."""

import sys

from services.archive.app import run
from services.archive.settings import ArchiveSettings
from shared.runtime.entry import run_service


def main() -> int:
    """Run until stopped; return the exit code."""
    return run_service("archive", ArchiveSettings, run)


if __name__ == "__main__":
    sys.exit(main())
