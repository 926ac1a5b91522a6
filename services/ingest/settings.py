"""Where ingest finds its things; see docs/ingest.md."""

from pathlib import Path

from pydantic import Field

from shared.runtime.settings import CommonSettings


class IngestSettings(CommonSettings):
    """The settings of the ingest service, read from ZHISHOU_* variables."""

    run_file: Path | None = Field(
        None, description="file to write {pid, http} to once the service is ready"
    )
    drain_seconds: float = Field(
        1.0, gt=0, description="pause between two tries to bring the spool into the log"
    )
