"""What the archivist needs to know about its surroundings."""

from datetime import timedelta
from pathlib import Path

from pydantic import Field

from services.archive.core.purging import Policy
from shared.runtime.settings import CommonSettings

MIB = 1024**2


class ArchiveSettings(CommonSettings):
    """Read once, from the environment (`ZHISHOU_*`)."""

    run_file: Path | None = Field(None, description="written once the service is ready")
    segment_facts: int = Field(
        50_000,
        ge=100,
        description="so many places of the log, or as many kB, are sealed as one segment",
    )
    keep_days: float = Field(
        0.0, ge=0, description="sealed facts older than this may leave the log; 0: none do"
    )
    keep_facts: int = Field(
        0,
        ge=0,
        description="sealed facts before the newest so many places may leave the log; 0: none do",
    )
    log_limit_mb: float = Field(
        0.0,
        ge=0,
        description="what the log may hold, set as its own limit; 0: the limit stays as it is",
    )
    log_share: float = Field(
        0.8, gt=0, le=1, description="above this share of the limit sealed facts leave the log"
    )

    @property
    def policy(self) -> Policy:
        """Return what may leave the log."""
        return Policy(
            keep_days=self.keep_days,
            keep_facts=self.keep_facts,
            limit_bytes=round(self.log_limit_mb * MIB),
            share=self.log_share,
            oldest_item=timedelta(hours=self.oldest_item_hours),
        )

    @property
    def segments_dir(self) -> Path:
        return self.data_dir / "archive" / "segments"

    @property
    def database_file(self) -> Path:
        return self.data_dir / "archive" / "archive.sqlite3"
