"""Where the console's own files are and how it presents itself."""

from datetime import timedelta
from pathlib import Path

from pydantic import Field

from shared.contracts.base import Frozen
from shared.runtime.settings import default_assets_dir


class ConsoleSettings(Frozen):
    """Built by respond's app from its own settings."""

    assets_dir: Path = Field(
        default_factory=default_assets_dir, description="directory that holds htmx.min.js"
    )
    public_url: str = Field(
        default="", description="address people use, when a proxy stands in front"
    )
    timezone: str = Field(default="Asia/Shanghai", description="zone in which times are shown")
    demo: bool = Field(default=False, description="show the band that says nothing here is real")
    session_idle: timedelta = timedelta(hours=12)
    session_longest: timedelta = timedelta(days=7)
    body_limit: int = Field(default=128 * 1024, description="largest request body, bytes")
    frames_per_second: float = Field(default=5.0, description="live updates, coalesced to this")
