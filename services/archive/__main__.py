"""Run the archive service: `python -m services.archive`."""

import sys

from services.archive.app import run
from services.archive.settings import ArchiveSettings
from shared.runtime.entry import run_service

if __name__ == "__main__":
    sys.exit(run_service("archive", ArchiveSettings, run))
