"""Run the ingest service: `python -m services.ingest`."""

import sys

from services.ingest.app import serve
from services.ingest.settings import IngestSettings
from shared.runtime.entry import run_service

if __name__ == "__main__":
    sys.exit(run_service("ingest", IngestSettings, serve))
