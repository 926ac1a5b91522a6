"""Where the console's own files are and how it presents itself."""

from pathlib import Path

from pydantic import Field

from services.respond.console.addresses import Networks
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
    trusted_proxies: Networks = Field(
        default=(), description="networks of proxies that say whom they were asked by"
    )
    demo: bool = Field(default=False, description="show the band that says nothing here is real")
