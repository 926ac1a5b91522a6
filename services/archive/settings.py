"""What the archivist needs to know about its surroundings."""

from pathlib import Path

from pydantic import Field

from shared.runtime.settings import CommonSettings


class ArchiveSettings(CommonSettings):
    """Read once, from the environment (`ZHISHOU_*`)."""

    run_file: Path | None = Field(None, description="written once the service is ready")

    @property
    def database_file(self) -> Path:
        return self.data_dir / "archive" / "archive.sqlite3"
