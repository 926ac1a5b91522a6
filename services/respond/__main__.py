"""Run the respond service: `python -m services.respond`."""

import sys

from services.respond.app import run
from services.respond.settings import RespondSettings
from shared.runtime.entry import run_service


def main() -> int:
    """Run until stopped; return the exit code."""
    return run_service("respond", RespondSettings, run)


if __name__ == "__main__":
    sys.exit(main())
