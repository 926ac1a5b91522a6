"""Run the watchdog: `python -m services.watchdog`."""

import sys

from services.watchdog.app import run
from services.watchdog.settings import WatchdogSettings
from shared.runtime.entry import run_service


def main() -> int:
    """Run until stopped; return the exit code."""
    return run_service("watchdog", WatchdogSettings, run)


if __name__ == "__main__":
    sys.exit(main())
