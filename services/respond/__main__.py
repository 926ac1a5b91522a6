"""Run the respond service: `python -m services.respond`."""

import sys

from services.respond.app import run
from services.respond.settings import RespondSettings
from shared.runtime.entry import run_service

if __name__ == "__main__":
    sys.exit(run_service("respond", RespondSettings, run))
